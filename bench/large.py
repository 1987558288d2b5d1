"""A workspace of many people, all that a release holds; and one day of news to add to it."""

from __future__ import annotations

import csv
import os
import shutil
from pathlib import Path

from bench import planning, tree
from tangga.engine.catalogue import relation
from tangga.engine.connection import connect, quoted
from tangga.engine.current import last_complete

PEOPLE = ("dtks", "regsosek", "p3ke")
SOURCES = (*PEOPLE, *(name for name in planning.SOURCES if name != "dtsen"))
"""About 2.07 records of people each, and what plan and release rest on: deciles, support, payments,
events, visits and the rest."""
EVENTS, CORRECTIONS = 10_000, 10_000
MAKE = (
    "import sys; from tangga.synthetic import generate; "
    "generate(int(sys.argv[1]), int(sys.argv[2]), sys.argv[3], sources=sys.argv[4].split(','))"
)
FIXES = """\
kind = "corrections"
files = ["data/koreksi*.csv"]
as_of = 2026-01-31
trust = 90
id = "id"

[columns]
correction_id = "id"
person_id = "person_id"
field = "field"
value = "value"
accepted_at = "accepted_at"
"""
HEADING = ("id", "person_id", "field", "value", "accepted_at")


def invent(folder: Path, people: int, seed: int) -> tree.Cost | None:
    """Write the people, once; what that cost, None where they were there."""
    if (folder / "later").exists():
        return None
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    command = [tree.python("")[0], "-c", MAKE, str(people), str(seed), str(folder)]
    cost = tree.run([*command, ",".join(SOURCES)], log=folder.with_suffix(".txt"))
    _hold_back(folder, min(EVENTS, people // 100))
    return cost


def _hold_back(folder: Path, events: int) -> None:
    """Put the last events aside (the file is in order of day), and declare corrections."""
    file = folder / "data" / "peristiwa.csv"
    descriptor = folder / "sources" / "peristiwa.toml"
    text = descriptor.read_text(encoding="utf-8")
    descriptor.write_text(text.replace("data/peristiwa.csv", "data/peristiwa*.csv"), "utf-8")
    (folder / "sources" / "koreksi.toml").write_text(FIXES, encoding="utf-8")
    (folder / "data" / "koreksi-0.csv").write_text(",".join(HEADING) + "\n", encoding="utf-8")
    heading, *rows = file.read_text(encoding="utf-8").splitlines(keepends=True)
    file.write_text("".join([heading, *rows[:-events]]), encoding="utf-8")
    aside = folder / ".later"
    aside.mkdir()
    (aside / "peristiwa-later.csv").write_text("".join([heading, *rows[-events:]]), "utf-8")
    aside.rename(folder / "later")


def workspace(folder: Path, target: Path) -> Path:
    """A fresh workspace over the same files, by hard links, without what is held back."""
    shutil.rmtree(target, ignore_errors=True)
    for file in sorted(f for f in folder.rglob("*") if f.is_file()):
        name = file.relative_to(folder)
        if name.parts[0] in ("later", "survey") or name.name.startswith("truth"):
            continue
        copy = target / name
        copy.parent.mkdir(parents=True, exist_ok=True)
        os.link(file, copy)
    return target


def add_day(folder: Path, target: Path) -> dict[str, int]:
    """Put a day's events and corrections beside the files of a finished register; rows of each."""
    later = folder / "later" / "peristiwa-later.csv"
    os.link(later, target / "data" / later.name)
    rows = _corrections(target, min(CORRECTIONS, max(1, _lines(later))))
    return {"events": _lines(later), "corrections": rows}


def _lines(file: Path) -> int:
    with file.open("rb") as rows:
        return sum(1 for _ in rows) - 1


def _corrections(target: Path, wanted: int) -> int:
    """Other names for so many persons of the register, as the service would send them back."""
    persons = relation(last_complete(target), "persons")
    file = target / "data" / "koreksi-1.csv"
    with connect() as con, file.open("w", encoding="utf-8", newline="") as out:
        found = con.execute(
            f"SELECT person_id, name FROM ({persons}) WHERE name IS NOT NULL "
            f"ORDER BY md5(person_id) LIMIT {wanted}"
        ).fetchall()
        writer = csv.writer(out, lineterminator="\n")
        writer.writerow(HEADING)
        for number, (person, name) in enumerate(found):
            writer.writerow((f"K{number}", person, "name", f"{name} BARU", "2026-01-30T08:00:00"))
    return len(found)


def rows_of_people(folder: Path) -> int:
    """Records in the three sources of people."""
    with connect() as con:
        counts = (
            con.execute(
                f"SELECT count(*) FROM read_csv('{quoted(folder / 'data' / name)}.csv', "
                "all_varchar = true, header = true)"
            ).fetchall()[0][0]
            for name in PEOPLE
        )
        return sum(int(n) for n in counts)
