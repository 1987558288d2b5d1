"""A small run written by hand: the tables that linking and training read, and their truth."""

from __future__ import annotations

import datetime
import random
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

FIRST = [
    "SITI",
    "SRI",
    "MUHAMAD",
    "AHMAD",
    "DEWI",
    "BUDI",
    "RINA",
    "JOKO",
    "AGUS",
    "NUR",
    "WATI",
    "EKO",
    "ANI",
    "RUDI",
    "LINA",
    "HADI",
]
LAST = [
    "SUSANTO",
    "WIDODO",
    "LESTARI",
    "PRATAMA",
    "HIDAYAT",
    "RAHMAN",
    "SARI",
    "UTAMI",
    "SAPUTRA",
    "HALIM",
    "NINGSIH",
]
VILLAGES = [f"1811{district:02d}20{village:02d}" for district in (1, 2, 3) for village in range(20)]
DESCRIPTOR = """kind  = "people"
files = ["{name}.csv"]
as_of = 2024-01-01
trust = 10
id    = "id"

[columns]
nik  = "nik"
name = "name"
"""


def write_run(folder: Path, *, people: int = 3000, seed: int = 1, pack: str = "indonesia") -> Path:
    """A workspace with one complete run that holds `standardise` only; `truth.csv` beside it."""
    chance = random.Random(seed)
    persons = [_person(chance, n) for n in range(people)]
    rows = [r for n, p in enumerate(persons) for r in _records(chance, n, p)]
    _workspace(folder, pack, [r["source"] for r in rows])
    stage = folder / "runs" / "00001" / "standardise"
    _table(stage / "records", rows)
    names = sorted({r["name"] for r in rows})
    _table(stage / "names", [{"name": n, "name_clean": n, "skeleton": n} for n in names])
    (folder / "runs" / "CURRENT").write_text("00001\n")
    with (folder / "truth.csv").open("w") as file:
        file.write("source,source_id,entity_id,family_id,flags\n")
        for row in rows:
            file.write(f"{row['source']},{row['source_id']},{row['source_id'][:-1]},,\n")
    return folder


def _workspace(folder: Path, pack: str, sources: list[str]) -> None:
    (folder / "sources").mkdir(parents=True)
    (folder / "tangga.toml").write_text(f'name = "T"\npack = "{pack}"\nas_of = 2024-01-01\n')
    for name in set(sources):
        (folder / f"{name}.csv").write_text("id,nik,name\n")
        (folder / "sources" / f"{name}.toml").write_text(DESCRIPTOR.format(name=name))


def _person(chance: random.Random, n: int) -> dict:
    born = datetime.date(1940, 1, 1) + datetime.timedelta(days=chance.randrange(29000))
    sex = chance.choice(("male", "female"))
    day = born.day + (40 if sex == "female" else 0)
    village = chance.choice(VILLAGES)
    nik = f"{village[:6]}{day:02d}{born.month:02d}{born.year % 100:02d}{n % 9999 + 1:04d}"
    name = f"{chance.choice(FIRST)} {chance.choice(LAST)} {chance.choice(LAST)}"
    return {"nik": nik, "kk": f"9{n // 4:015d}", "name": name, "sex": sex, "birth_date": born,
            "birth_year": born.year, "village": village}  # fmt: skip


def _records(chance: random.Random, n: int, person: dict) -> list[dict]:
    found = []
    for x, source in enumerate(("one", "two", "three")):
        if chance.random() < 0.75:
            row = dict(person) | {"source": source, "source_id": f"{n}{'abc'[x]}"}
            found.append(_blurred(chance, row) | _fixed(n, x, source))
    return found


def _fixed(n: int, x: int, source: str) -> dict:
    return {"rid": n * 4 + x, "source_family_id": None, "kind": "people", "role": None,
            "as_of": datetime.date(2024, 1, 1), "trust": 10, "latest": True,
            "file": f"{source}.csv", "line": n + 2}  # fmt: skip


def _blurred(chance: random.Random, row: dict) -> dict:
    """A record as a clerk might have written it."""
    if chance.random() < 0.1:
        row["nik"] = None
    if chance.random() < 0.06:
        at = chance.randrange(1, len(row["name"]))
        row["name"] = row["name"][:at] + "A" + row["name"][at + 1 :]
    if chance.random() < 0.05:
        row["name"] = row["name"].rsplit(" ", 1)[0]
    if chance.random() < 0.03:
        row["name"] = " ".join(reversed(row["name"].split()))
    if chance.random() < 0.05:
        row["birth_date"] = row["birth_date"].replace(day=chance.randrange(1, 29))
    if chance.random() < 0.03:
        row["birth_date"] = row["birth_date"].replace(day=1, month=1)
    if chance.random() < 0.02:
        row["sex"] = "male"
    if chance.random() < 0.08:
        row["village"] = chance.choice(VILLAGES)
    row["birth_year"] = row["birth_date"].year
    return row


def _table(folder: Path, rows: list[dict]) -> None:
    folder.mkdir(parents=True)
    pq.write_table(pa.Table.from_pylist(rows), folder / "part-00000.parquet")
