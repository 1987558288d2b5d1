"""Five deliveries as an office receives them, of invented people whose truth is known."""

from __future__ import annotations

import csv
import io
import re
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
PLANTED, BEYOND = 3, 3
NIK_DIGITS, WHOLE_VILLAGE = 16, 13
SOURCES = ("dtsen", "dukcapil", "kepesertaan", "peringkat_desil", "dtks")
RELEASE = "2026-01-23"
PEOPLE_OF = ("dtsen", "buku_desa")
"""Sources that list people, as the office calls them."""
Row = dict[str, str]
Record = tuple[str, str]


@dataclass
class Delivery:
    """Folders of files by delivery, and what is true of them.

    Records are named by source and by their id there, as the office calls its sources.
    rows: delivery -> rows of data. running: ids of the spells that run. dead: NIK of recipients who
    died and of whom the civil registry says so. died: of everybody in the register whom it says to
    be dead and whose number stands in another record too, with the name or the birth date;
    perhaps: of those who agree otherwise only. numberless: records of people of whom no record has
    a number. twins: of those of them who differ from a twin in one letter of the name alone.
    unrecorded: NIK of whom the civil registry has not recorded. beyond: ids in the base of those
    who live outside any village. books: the rows of each village workbook.
    """

    folder: Path
    rows: dict[str, int] = field(default_factory=dict)
    running: set[str] = field(default_factory=set)
    dead: list[str] = field(default_factory=list)
    died: set[str] = field(default_factory=set)
    perhaps: set[str] = field(default_factory=set)
    numberless: set[Record] = field(default_factory=set)
    twins: set[Record] = field(default_factory=set)
    unrecorded: set[str] = field(default_factory=set)
    beyond: set[str] = field(default_factory=set)
    books: dict[str, int] = field(default_factory=dict)

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
    made.running = {r["ID_KEPESERTAAN"] for r in read["kepesertaan"] if r["STATUS"] == "Aktif"}
    for row in read["dtsen"]:
        said = flags["dtsen", row["id_dtsen"]]
        row["jenis_wilayah"] = "Kawasan non-desa" if "non_desa" in said else "Desa"
        if "non_desa" in said:
            made.beyond.add(row["id_dtsen"])
    _tell(made, truth, read)
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


@dataclass(frozen=True)
class Said:
    """What one record says of somebody: the clean number, name, birth date, and more."""

    key: Record
    nik: str
    name: str
    born: str
    card: str


def _tell(made: Delivery, truth: list[Row], read: dict[str, list[Row]]) -> None:
    """What is true of people, from the truth and from what the files say; nothing of ours."""
    whose = {(r["source"], r["source_id"]): r["entity_id"] for r in truth}
    registry = {whose["dukcapil", r["ID_BIODATA"]]: r for r in read["dukcapil"]}
    made.unrecorded = {r["NIK"] for r in registry.values() if r["STATUS"] == "BELUM REKAM"}
    said: dict[str, list[Said]] = {}
    for source, one in _all_said(read):
        said.setdefault(whose[source, one.key[1]], []).append(one)
    for who, record in registry.items():
        others = said.get(who, [])
        if record["STATUS"] == "MENINGGAL" and others:
            exact = any(_agrees(record, one) for one in others)
            (made.died if exact else made.perhaps).add(record["NIK"])
    bare = {who: ones for who, ones in said.items() if not any(one.nik for one in ones)}
    unknown = {who: ones for who, ones in bare.items() if who not in registry}
    made.numberless = {
        one.key for ones in unknown.values() for one in ones if one.key[0] in PEOPLE_OF
    }
    for who, ones in unknown.items():
        others = [one for other, more in said.items() if other != who for one in more]
        made.twins |= {one.key for one in ones if any(_one_letter(one, other) for other in others)}


def _all_said(read: dict[str, list[Row]]) -> Iterable[tuple[str, Said]]:
    for r in read["dtsen"]:
        born = "".join(reversed(r["tgl_lahir"].split("-")))
        key = ("dtsen", r["id_dtsen"])
        yield "dtsen", Said(key, _number(r["nik"]), r["nama"], born, _number(r["no_kk"]))
    for r in read["kepesertaan"]:
        key = ("kepesertaan", r["ID_KEPESERTAAN"])
        yield "kepesertaan", Said(key, _number(r["NIK"]), r["NAMA"], "", _number(r["NO_KK"]))
    for r in read["dtks"]:
        if len(r["KODE_DESA"]) == WHOLE_VILLAGE:
            key, born = ("buku_desa", r["IDSEMESTA"]), re.sub("[^0-9]", "", r["TGL_LAHIR"])
            yield "dtks", Said(key, _number(r["NIK"]), r["NAMA"], born, _number(r["NOKK"]))


def _number(text: str) -> str:
    """The digits of a number; '' for none, and for what stands in its place."""
    digits = re.sub("[^0-9]", "", text)
    return digits if len(digits) == NIK_DIGITS and len(set(digits)) > 2 else ""


def _agrees(record: Row, one: Said) -> bool:
    born = re.sub("[^0-9]", "", record["TGL_LHR"])
    same = record["NAMA_LGKP"].casefold() == one.name.casefold() or born == one.born
    return record["NIK"] == one.nik and same


def _one_letter(one: Said, other: Said) -> bool:
    """Two of one card and one birth date whose names are one letter apart."""
    if not one.card or (one.card, one.born) != (other.card, other.born):
        return False
    apart = sum(a != b for a, b in zip(one.name, other.name, strict=False))
    return len(one.name) == len(other.name) and apart == 1


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
    whole = [row for row in rows if len(row["KODE_DESA"]) == WHOLE_VILLAGE]
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
            made.books[name] = len(own[book::books])
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
