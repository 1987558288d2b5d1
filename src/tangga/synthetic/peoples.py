"""The layouts of the three people sources: DTKS, Regsosek and P3KE, each with its own ways."""

from __future__ import annotations

import numpy as np
import pyarrow as pa

from tangga.synthetic import cells
from tangga.synthetic.dates import calendar
from tangga.synthetic.draw import Ints, chance, permuted, rank_within
from tangga.synthetic.looks import LOOKS
from tangga.synthetic.records import NO_NUMBER, Population, Records
from tangga.synthetic.sheet import Sheet

RELATION_WORDS = [
    "Kepala Keluarga", "Istri/Suami", "Anak", "Orang Tua/Mertua", "Cucu", "Famili Lain", "Menantu"
]  # fmt: skip
RELATION_NUMBERS = ["1", "2", "3", "6", "5", "7", "4"]


def niks(records: Records) -> pa.Array:
    """The NIK column: 16 digits or an empty cell."""
    return cells.digits(np.maximum(records.nik, 0), 16, empty=records.nik == NO_NUMBER)


def kks(records: Records) -> pa.Array:
    """The KK column."""
    return cells.digits(records.card, 16, empty=records.card == 0)


def family_ids(population: Population, source: str) -> Ints:
    """A source's number for each of its families, telling nothing of our own order."""
    rng = population.dice.stream(f"family ids {source}")
    return permuted(rng, 2 * len(population.families)) + 1


def area_cells(population: Population, records: Records, form: str = "") -> pa.Array:
    """Kemendagri codes; those outside any village bear their kecamatan. form: '.' for dots."""
    parts = [[c[:2], c[2:4], c[4:6], c[6:]] for c in population.places.codes]
    whole = cells.coded(records.village, [form.join(part) for part in parts])
    district = cells.coded(records.village, [form.join(part[:3]) for part in parts])
    return cells.choose(records.flags.has("non_desa"), district, whole)


def make_dtks(population: Population, records: Records) -> Sheet:
    """A row a person; no family id of its own, dates as dd-mm-yyyy, dotted area codes."""
    rng = population.dice.stream("sheet dtks")
    n = len(records)
    number = permuted(rng, n)
    source_id = cells.together("DTKS", cells.digits(number + 1, 9))
    apostrophe = chance(rng, 0.25, n)
    no_date = records.flags.has("no_birth_date") | records.flags.has("year_only")
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
            "KODE_DESA": area_cells(population, records, "."),
        }
    )
    return Sheet("dtks", table, source_id, np.argsort(number), records.person, records.flags, ";")


def make_regsosek(population: Population, records: Records) -> Sheet:
    """A row a member, in order of village and field family; dates in three columns, BPS codes."""
    rng = population.dice.stream("sheet regsosek")
    family = family_ids(population, "regsosek")[records.family]
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
            "jenis_wilayah": cells.choose(records.flags.has("non_desa"), "2", "1"),
        }
    )
    order = np.lexsort((member, family, records.village))
    return Sheet("regsosek", table, source_id, order, records.person, records.flags)


def make_p3ke(population: Population, records: Records) -> Sheet:
    """A row a person, names cut at 25 letters, ISO dates, relations in words."""
    rng = population.dice.stream("sheet p3ke")
    n = len(records)
    family = family_ids(population, "p3ke")[records.family]
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
            "kode_wilayah": area_cells(population, records),
        }
    )
    return Sheet("p3ke", table, source_id, np.argsort(number), records.person, records.flags)


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
    columns[3] = cells.blank(columns[3], records.flags.has("non_desa"))
    return columns
