"""A workspace whose rows come from several files in any order, to see that order says nothing.

split(folder)                        # every CSV of a source becomes two files
shuffled(folder, target, seed)       # the same rows in another order, files renamed
"""

from __future__ import annotations

import csv
import random
import re
import shutil
from pathlib import Path

REPEATS = """kind  = "people"
files = ["data/berulang.csv"]
as_of = { column = "TANGGAL" }
trust = 20
id    = "ID"

[columns]
nik        = "NIK"
kk         = "NOKK"
name       = "NAMA"
birth_date = { column = "TGL_LAHIR", format = "%d-%m-%Y" }
"""
NAMELESS_ID = """kind  = "people"
files = ["data/tanpa_id.csv"]
as_of = 2024-12-31
trust = 10

[columns]
nik        = "NIK"
name       = "NAMA"
birth_date = { column = "TGL_LAHIR", format = "%d-%m-%Y" }
"""


def add_awkward_sources(folder: Path, like: str = "data/dtks.csv") -> None:
    """Two more sources made of another's rows: one repeats ids with equal and later dates, one
    has no ids and identical rows."""
    with (folder / like).open(encoding="utf-8", newline="") as file:
        people = list(csv.DictReader(file, delimiter=";"))
    repeats, plain = ["ID,NIK,NOKK,NAMA,TGL_LAHIR,TANGGAL"], ["NIK,NAMA,TGL_LAHIR"]
    for n, person in enumerate(people[:240]):
        cells = [person[c] for c in ("IDSEMESTA", "NIK", "NOKK", "NAMA", "TGL_LAHIR")]
        for day in {0: ["01", "02"], 1: ["01", "01"], 2: ["01", "02", "02"]}.get(n % 6, ["01"]):
            if n % 6 == 2:
                cells[3] = f"{person['NAMA']} {len(repeats)}"
            repeats.append(",".join([*cells, f"2025-03-{day}"]))
        plain += [",".join([cells[1], person["NAMA"], cells[4]])] * (1 + n % 3)
    for name, lines, descriptor in (
        ("berulang", repeats, REPEATS),
        ("tanpa_id", plain, NAMELESS_ID),
    ):
        (folder / "data" / f"{name}.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")
        (folder / "sources" / f"{name}.toml").write_text(descriptor, encoding="utf-8")


def split(folder: Path) -> Path:
    """Cut the CSV of every source in two; returns the folder."""
    for descriptor in sorted((folder / "sources").glob("*.toml")):
        text = descriptor.read_text(encoding="utf-8")
        (name,) = re.findall(r'files\s*=\s*\["(.*)\.csv"\]', text)
        descriptor.write_text(text.replace(f'"{name}.csv"', f'"{name}-*.csv"'), encoding="utf-8")
        header, *rows = _lines(folder / f"{name}.csv")
        for half, which in enumerate("ab"):
            _write(folder / f"{name}-{which}.csv", header, rows[half::2])
        (folder / f"{name}.csv").unlink()
    return folder


def shuffled(folder: Path, target: Path, seed: int) -> Path:
    """A copy, without runs, whose rows stand in another order in files of the other's name."""
    chance = random.Random(seed)
    shutil.copytree(folder, target, ignore=shutil.ignore_patterns("runs"))
    for first in sorted(target.rglob("*-a.csv")):
        second = first.with_name(first.name.replace("-a.csv", "-b.csv"))
        one, two = _lines(first), _lines(second)
        for path, (header, *rows) in ((first, two), (second, one)):
            chance.shuffle(rows)
            _write(path, header, rows)
    return target


def _lines(file: Path) -> list[str]:
    return file.read_text(encoding="utf-8-sig").splitlines()


def _write(file: Path, header: str, rows: list[str]) -> None:
    file.write_text("\n".join([header, *rows]) + "\n", encoding="utf-8")
