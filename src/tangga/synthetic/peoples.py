"""The layouts of the three people sources: DTKS, Regsosek and P3KE, each with its own ways."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from tangga.synthetic import cells
from tangga.synthetic.dates import calendar, day
from tangga.synthetic.draw import Ints, chance, permuted, rank_within
from tangga.synthetic.records import NO_NUMBER, Look, Population, Records
from tangga.synthetic.spelling import Habits


@dataclass(frozen=True)
class Sheet:
    """One source as it is written: its table, the ids of its rows, the order of rows, its
    descriptor."""

    name: str
    table: pa.Table
    source_id: pa.Array
    order: Ints
    descriptor: str
    delimiter: str = ","


LOOKS = {
    "dtks": Look(
        name="dtks",
        as_of=day(2024, 6, 30),
        poorest=0.98,
        richest=0.16,
        lag=1.2,
        dead_kept=0.5,
        no_nik=0.024,
        borrowed=0.003,
        habits=Habits(abbreviation=0.12, title=0.3),
    ),
    "regsosek": Look(
        name="regsosek",
        as_of=day(2022, 11, 30),
        poorest=0.95,
        richest=0.86,
        lag=0.04,
        by_card=False,
        at_the_door=0.6,
        no_nik=0.054,
        no_kk=0.06,
        wrong_birth=0.022,
        year_only=0.014,
        strange_area=0.002,
        habits=Habits(abbreviation=0.26, nickname=0.014, typo=0.026, patronymic=0.012),
    ),
    "p3ke": Look(
        name="p3ke",
        as_of=day(2023, 7, 31),
        poorest=0.97,
        richest=0.5,
        lag=0.9,
        at_the_door=0.3,
        no_nik=0.045,
        no_kk=0.15,
        habits=Habits(width=25, title_case=True, title=0.2),
    ),
}

RELATION_WORDS = [
    "Kepala Keluarga", "Istri/Suami", "Anak", "Orang Tua/Mertua", "Cucu", "Famili Lain", "Menantu"
]  # fmt: skip
RELATION_NUMBERS = ["1", "2", "3", "6", "5", "7", "4"]
RELATIONS = ["head", "spouse", "child", "parent", "grandchild", "other_relative", "child_in_law"]


def niks(records: Records) -> pa.Array:
    """The NIK column: 16 digits or an empty cell."""
    return cells.digits(np.maximum(records.nik, 0), 16, empty=records.nik == NO_NUMBER)


def kks(records: Records) -> pa.Array:
    """The KK column."""
    return cells.digits(records.card, 16, empty=records.card == 0)


def family_ids(rng: np.random.Generator, population: Population, records: Records) -> Ints:
    """A number for each family of a source, telling nothing of our own order."""
    return permuted(rng, 2 * len(population.families))[records.family] + 1


def make_dtks(population: Population, records: Records) -> Sheet:
    """A row a person; no family id of its own, dates as dd-mm-yyyy, dotted area codes."""
    rng = population.dice.stream("sheet dtks")
    n = len(records)
    number = permuted(rng, n)
    source_id = cells.together("DTKS", cells.digits(number + 1, 9))
    apostrophe = chance(rng, 0.25, n)
    no_date = records.flags.has("no_birth_date") | records.flags.has("year_only")
    dotted = [f"{c[:2]}.{c[2:4]}.{c[4:6]}.{c[6:]}" for c in population.places.codes]
    table = pa.table(
        {
            "IDSEMESTA": source_id,
            "NIK": cells.with_apostrophe(niks(records), apostrophe),
            "NOKK": cells.with_apostrophe(kks(records), apostrophe),
            "NAMA": records.name,
            "TGL_LAHIR": cells.dates(records.birth, "{d}-{m}-{y}", empty=no_date),
            "JENIS_KELAMIN": cells.coded(records.sex, ["L", "P"]),
            "HUBUNGAN": cells.coded(records.relation, RELATION_NUMBERS),
            "NAMA_IBU_KANDUNG": cells.blank(records.mother, chance(rng, 0.08, n)),
            "ALAMAT": addresses(population, records, "JL.", "DUSUN"),
            "RT": cells.digits(block(records, 7, 12), 3),
            "RW": cells.digits(block(records, 3, 5), 3),
            "KODE_DESA": cells.coded(records.village, dotted),
        }
    )
    return Sheet(
        "dtks", table, source_id, np.argsort(number), with_relations(DTKS, RELATION_NUMBERS), ";"
    )


def make_regsosek(population: Population, records: Records) -> Sheet:
    """A row a member, in order of village and field family; dates in three columns, BPS codes."""
    rng = population.dice.stream("sheet regsosek")
    family = family_ids(rng, population, records)
    member = rank_within(family) + 1
    source_id = cells.together(cells.digits(family, 8), cells.digits(member, 2))
    bps = _bps_codes(rng, population, records)
    year, month, on = (
        cells.digits(part, width)
        for part, width in zip(calendar(records.birth), (4, 2, 2), strict=True)
    )
    none, year_only = records.flags.has("no_birth_date"), records.flags.has("year_only")
    table = pa.table(
        {
            "id_art": source_id,
            "id_keluarga": cells.digits(family, 8),
            "nokk": kks(records),
            "nik": niks(records),
            "nama_art": records.name,
            "jk": cells.digits(records.sex + 1),
            "lahir_tgl": cells.blank(cells.choose(year_only, "98", on), none),
            "lahir_bln": cells.blank(cells.choose(year_only, "98", month), none),
            "lahir_thn": cells.blank(year, none),
            "status_hub": cells.coded(records.relation, RELATION_NUMBERS),
            "kdprov": bps[0],
            "kdkab": bps[1],
            "kdkec": bps[2],
            "kddesa": bps[3],
            "alamat": addresses(population, records, "JLN", "DSN"),
        }
    )
    order = np.lexsort((member, family, records.village))
    return Sheet("regsosek", table, source_id, order, with_relations(REGSOSEK, RELATION_NUMBERS))


def make_p3ke(population: Population, records: Records) -> Sheet:
    """A row a person, names cut at 25 letters, ISO dates, relations in words."""
    rng = population.dice.stream("sheet p3ke")
    n = len(records)
    family = family_ids(rng, population, records)
    number = permuted(rng, n)
    source_id = cells.together("P3KE-", cells.digits(number + 1, 8))
    none, year_only = records.flags.has("no_birth_date"), records.flags.has("year_only")
    table = pa.table(
        {
            "id_individu": source_id,
            "id_keluarga_p3ke": cells.together("K", cells.digits(family, 8)),
            "nik": niks(records),
            "no_kk": kks(records),
            "nama_lengkap": records.name,
            "tanggal_lahir": cells.dates(records.birth, "{y}-{m}-{d}", empty=none | year_only),
            "jenis_kelamin": cells.coded(records.sex, ["Laki-laki", "Perempuan"]),
            "hubungan_keluarga": cells.coded(records.relation, RELATION_WORDS),
            "nama_ibu": cells.blank(records.mother, chance(rng, 0.3, n)),
            "alamat": addresses(population, records, "Jalan", "Dusun"),
            "rt_rw": cells.together(
                cells.digits(block(records, 7, 12)), "/", cells.digits(block(records, 3, 5))
            ),
            "kode_wilayah": cells.coded(records.village, population.places.codes),
        }
    )
    return Sheet("p3ke", table, source_id, np.argsort(number), with_relations(P3KE, RELATION_WORDS))


def with_relations(descriptor: str, texts: list[str]) -> str:
    """A descriptor with the codes of the relation to the head, as the source writes them."""
    pairs = zip(texts, RELATIONS, strict=True)
    return descriptor.replace(
        "RELATIONS", ", ".join(f'"{text}" = "{code}"' for text, code in pairs)
    )


def block(records: Records, salt: int, most: int) -> Ints:
    """RT or RW of the record's family: 1 to most, the same in every source."""
    family = records.family.astype(np.int64)
    return (family // 25 * 7919 + salt * 104729 + records.village) % most + 1


def addresses(population: Population, records: Records, street: str, hamlet: str) -> pa.Array:
    """A street and number in towns, a hamlet in villages; each source writes the word its way."""
    data = population.lexicon.data["places"]
    family = records.family.astype(np.int64)
    village = records.village.astype(np.int64)
    place = (village * 31 + family // 40) % 9973
    town = np.array([code[2] == "7" for code in population.places.codes])[village]
    streets = cells.coded(place % len(data["street"]), data["street"])
    hamlets = cells.coded(place % len(data["dusun"]), data["dusun"])
    in_town = cells.together(street, streets, cells.digits(family % 97 + 1), between=" ")
    return cells.choose(town, in_town, cells.together(hamlet, hamlets, between=" "))


def _bps_codes(
    rng: np.random.Generator, population: Population, records: Records
) -> list[pa.Array]:
    """Four columns; a few records bear a village number that exists nowhere."""
    strange = chance(rng, LOOKS["regsosek"].strange_area, len(records))
    records.flags.mark("unknown_area", strange)
    parts = [slice(0, 2), slice(2, 4), slice(4, 7), slice(7, 10)]
    columns = [
        cells.coded(records.village, [code[part] for code in population.places.bps])
        for part in parts
    ]
    columns[3] = cells.choose(strange, "999", columns[3])
    return columns


MAKERS: dict[str, Callable[[Population, Records], Sheet]] = {
    "dtks": make_dtks,
    "regsosek": make_regsosek,
    "p3ke": make_p3ke,
}

DTKS = """\
# DTKS, Kementerian Sosial: a row a person, no family id but the card number.
kind   = "people"
files  = ["data/dtks.csv"]
as_of  = 2024-06-30
trust  = 30
id     = "IDSEMESTA"

[columns]
nik         = "NIK"
kk          = "NOKK"
name        = "NAMA"
sex         = { column = "JENIS_KELAMIN", codes = { L = "male", P = "female" } }
birth_date  = { column = "TGL_LAHIR", format = "%d-%m-%Y" }
mother_name = "NAMA_IBU_KANDUNG"
relation    = { column = "HUBUNGAN", codes = { RELATIONS } }
village     = { column = "KODE_DESA", system = "kemendagri" }
address     = "ALAMAT"
rt          = "RT"
rw          = "RW"
"""

REGSOSEK = """\
# Regsosek 2022: field families (not cards), dates in three columns (98 = not known), BPS codes.
kind   = "people"
files  = ["data/regsosek.csv"]
as_of  = 2022-11-30
trust  = 40
id     = "id_art"
family = "id_keluarga"

[columns]
nik        = "nik"
kk         = "nokk"
name       = "nama_art"
sex        = { column = "jk", codes = { "1" = "male", "2" = "female" } }
birth_date = { year = "lahir_thn", month = "lahir_bln", day = "lahir_tgl" }
relation   = { column = "status_hub", codes = { RELATIONS } }
village    = { columns = ["kdprov", "kdkab", "kdkec", "kddesa"], system = "bps" }
address    = "alamat"
"""

P3KE = """\
# P3KE: names cut at 25 letters, relations in words.
kind   = "people"
files  = ["data/p3ke.csv"]
as_of  = 2023-07-31
trust  = 30
id     = "id_individu"
family = "id_keluarga_p3ke"

[columns]
nik         = "nik"
kk          = "no_kk"
name        = "nama_lengkap"
sex         = { column = "jenis_kelamin", codes = { "Laki-laki" = "male", "Perempuan" = "female" } }
birth_date  = { column = "tanggal_lahir", format = "%Y-%m-%d" }
mother_name = "nama_ibu"
relation    = { column = "hubungan_keluarga", codes = { RELATIONS } }
village     = { column = "kode_wilayah", system = "kemendagri" }
address     = "alamat"
"""
