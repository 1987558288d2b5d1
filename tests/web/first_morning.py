"""Five deliveries as an office receives them, of invented people whose truth is known."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import openpyxl

from tangga.registry.areas import load_areas
from tangga.registry.load import load_pack
from tangga.synthetic import generate

PEOPLE, SEED = 1500, 7
DISTRICTS = ("181101", "181102")
BOOKS = 105
PLANTED = 3
SOURCES = ("dtsen", "dukcapil", "kepesertaan", "peringkat_desil", "dtks")
RELEASE = "2026-01-23"
Row = dict[str, str]


@dataclass
class Delivery:
    """Folders of files by delivery, and what is true of them.

    rows: delivery -> rows of data. dead: NIK of recipients who died and of whom the civil registry
    says so. no_papers: ids in the base of the living who never had a NIK. beyond: those of them,
    and others, who live outside any village.
    """

    folder: Path
    rows: dict[str, int] = field(default_factory=dict)
    dead: list[str] = field(default_factory=list)
    no_papers: set[str] = field(default_factory=set)
    beyond: set[str] = field(default_factory=set)

    def files(self, name: str) -> list[str]:
        """The files of one delivery, to choose in a browser."""
        return [str(path) for path in sorted((self.folder / name).iterdir())]


def deliver(folder: Path) -> Delivery:
    """Write them; the village workbooks bear the code of the village in their names only."""
    generate(PEOPLE, SEED, folder / "invented", DISTRICTS, SOURCES)
    made = Delivery(folder / "received")
    read = {name: _read(folder / "invented" / "data" / f"{name}.csv") for name in SOURCES}
    truth = _read(folder / "invented" / "truth.csv")
    flags = {(r["source"], r["source_id"]): set(r["flags"].split(";")) for r in truth}
    made.dead = _plant_deaths(read["kepesertaan"], read["dukcapil"])
    gone = {row["NIK"] for row in read["dukcapil"] if row["STATUS"] == "MENINGGAL"}
    for row in read["dtsen"]:
        said = flags["dtsen", row["id_dtsen"]]
        if "no_papers" in said and "dead" not in said and row["nik"] not in gone:
            made.no_papers.add(row["id_dtsen"])
        row["jenis_wilayah"] = "Kawasan non-desa" if "non_desa" in said else "Desa"
        if "non_desa" in said:
            made.beyond.add(row["id_dtsen"])
    # What a row of nobody looks like: the kind of thing that stands in quarantine.
    nobody = dict.fromkeys(read["dtks"][0], "")
    read["dtks"].append({**nobody, "TGL_LAHIR": "01-01-1990", "KODE_DESA": "18.11.01.2008"})
    _write(made, "dasar", f"dtsen_{RELEASE}.csv", read["dtsen"])
    _write(made, "dukcapil", "padan_dukcapil_2026-01-25.csv", read["dukcapil"])
    _write(made, "penerima", "kepesertaan_2026-01-15.csv", read["kepesertaan"])
    _write(made, "desil", f"siks_ng_desil_{RELEASE}.csv", _of_release(read["peringkat_desil"]))
    _write_books(made, read["dtks"])
    return made


def _plant_deaths(spells: list[Row], registry: list[Row]) -> list[str]:
    """Recipients whom the civil registry now knows as dead, with exactly their number and name."""
    alive = {row["NIK"]: row for row in registry if row["STATUS"] == "AKTIF" and row["NIK"]}
    running = [row["NIK"] for row in spells if row["STATUS"] == "Aktif" and row["NIK"] in alive]
    chosen = list(dict.fromkeys(running))[10 : 10 + PLANTED]
    for nik in chosen:
        alive[nik] |= {"STATUS": "MENINGGAL", "TGL_MENINGGAL": "02/11/2025"}
    return chosen


def _of_release(ranks: list[Row]) -> list[Row]:
    newest = [row for row in ranks if row["TGL_RILIS"] == RELEASE]
    return [{key: row[key] for key in ("NO_KK", "NIK", "DESIL")} for row in newest]


def _write(made: Delivery, name: str, file: str, rows: list[Row]) -> None:
    to = made.folder / name / file
    to.parent.mkdir(parents=True)
    with to.open("w", encoding="utf-8", newline="") as out:
        writer = csv.DictWriter(out, list(rows[0]), lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)
    made.rows[name] = len(rows)


def _write_books(made: Delivery, rows: list[Row]) -> None:
    """105 workbooks; each holds people of one village and does not say of which."""
    whole = [row for row in rows if len(row["KODE_DESA"]) == 13]
    villages = sorted({row["KODE_DESA"] for row in whole})
    folder = made.folder / "desa"
    folder.mkdir(parents=True)
    left = BOOKS
    for number, village in enumerate(villages):
        own = [row for row in whole if row["KODE_DESA"] == village]
        books = left if number + 1 == len(villages) else round(BOOKS * len(own) / len(whole))
        left -= books
        for book in range(books):
            name = f"{village.replace('.', '')}_buku_{book + 1:03d}.xlsx"
            (folder / name).write_bytes(_book(own[book::books]))
    made.rows["desa"] = len(whole)


def _book(rows: list[Row]) -> bytes:
    book, out = openpyxl.Workbook(), io.BytesIO()
    sheet = book.worksheets[0]
    header = ["IDSEMESTA", "NIK", "NOKK", "NAMA", "TGL_LAHIR", "JENIS_KELAMIN"]
    sheet.append(["DATA WARGA"])
    sheet.append(header)
    for row in rows:
        sheet.append([row[name] or None for name in header])
    book.save(out)
    return out.getvalue()


def _read(file: Path) -> list[Row]:
    text = file.read_text(encoding="utf-8")
    sign = ";" if ";" in text.splitlines()[0] else ","
    return list(csv.DictReader(io.StringIO(text), delimiter=sign))


def of_lampung(folder: Path) -> dict[str, str]:
    """Two files over all of Lampung: one with Kemendagri's codes, one with those of BPS."""
    pack = load_pack()
    areas = load_areas(pack.dir)
    regencies = areas.under("18", "regency")
    rows: list[list[Any]] = []
    for regency in regencies:
        for n, village in enumerate(areas.under(regency, "village")[:4]):
            rows.append([f"{village[:6]}120375{n + 1:04d}", f"WARGA {village}", village])
    bps = sorted(code for code in areas.systems["bps"] if code.startswith("18"))
    strange = [[row[0], row[1], f"{bps[n % len(bps)]}010{n + 1:03d}"] for n, row in enumerate(rows)]
    return {
        "kemendagri": _lampung(folder / "lampung_kemendagri.csv", rows),
        "bps": _lampung(folder / "lampung_bps.csv", strange),
    }


def _lampung(file: Path, rows: Iterable[list[Any]]) -> str:
    file.parent.mkdir(parents=True, exist_ok=True)
    with file.open("w", encoding="utf-8", newline="") as out:
        writer = csv.writer(out, lineterminator="\n")
        writer.writerow(["NIK", "NAMA", "KODE DESA"])
        writer.writerows(rows)
    return str(file)
