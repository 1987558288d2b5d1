"""The civil registry, the official release and its ranks."""

from __future__ import annotations

import numpy as np
import pyarrow as pa

from tangga.synthetic import cells
from tangga.synthetic.circumstances import circumstances
from tangga.synthetic.dates import day
from tangga.synthetic.draw import NEVER, Ints, chance, permuted
from tangga.synthetic.families import HEAD, TODAY
from tangga.synthetic.flags import Flags
from tangga.synthetic.looks import OFFICE
from tangga.synthetic.peoples import (
    RELATION_NUMBERS,
    addresses,
    area_cells,
    block,
    family_ids,
    kks,
    niks,
)
from tangga.synthetic.records import Population, Records, View, seen
from tangga.synthetic.sheet import Sheet, in_given_order
from tangga.synthetic.spelling import plain_names, write_names

ACTIVE, DEAD, MOVED, DOUBLE, NOT_RECORDED = range(5)
STATUS_WORDS = ["AKTIF", "MENINGGAL", "PINDAH", "GANDA", "BELUM REKAM"]


def make_dukcapil(population: Population) -> Sheet:
    """The civil registry: a row a NIK and office, with its state; names and dates as on paper."""
    rng = population.dice.stream("sheet dukcapil")
    person, nik, status, when = _registered(rng, population)
    flags = Flags(len(person))
    view = seen(population, person, when)
    flags.mark("dead", population.people.death[person] < NEVER)
    flags.mark("dead_active", flags.has("dead") & (status == ACTIVE))
    flags.mark("second_nik", nik == population.numbers.second[person])
    flags.mark("moved", status == MOVED)
    flags.mark("twin", population.people.twin[person])
    number = permuted(rng, len(person))
    source_id = cells.digits(number + 1, 9)
    table = pa.table(
        {"ID_BIODATA": source_id, "NIK": cells.digits(nik, 16)}
        | _biodata(rng, population, person, view, flags)
        | {"STATUS": cells.coded(status, STATUS_WORDS)}
    )
    return Sheet("dukcapil", table, source_id, np.argsort(number), person, flags)


def _registered(rng: np.random.Generator, population: Population) -> tuple[Ints, Ints, Ints, Ints]:
    """Person, NIK, state and day of each row of the registry."""
    people, numbers, families = population.people, population.numbers, population.families
    n = len(people)
    known = np.flatnonzero((numbers.nik > 0) & chance(rng, 0.985, n) & (people.birth < TODAY - 60))
    reported = (people.death < TODAY) & chance(rng, 0.8, n)
    young = (people.birth > day(2005)) & (people.birth < day(2009)) & chance(rng, 0.12, n)
    status = np.select([reported, young], [DEAD, NOT_RECORDED], ACTIVE)
    second = np.flatnonzero(numbers.second > 0)
    double = np.where(chance(rng, 0.7, len(second)), DOUBLE, ACTIVE)
    left = (families.moved > day(2025))[people.family] & (numbers.nik > 0)
    left = np.flatnonzero(left & chance(rng, 0.6, n) & (people.birth < day(2024)))
    today = np.full(n, TODAY)
    return (
        np.concatenate([known, second, left]),
        np.concatenate([numbers.nik[known], numbers.second[second], numbers.nik[left]]),
        np.concatenate([status[known], double, np.full(len(left), MOVED)]),
        np.concatenate(
            [today[known], today[second], families.moved[people.family[left]].astype(np.int64) - 1]
        ),
    )


def _biodata(
    rng: np.random.Generator, population: Population, person: Ints, view: View, flags: Flags
) -> dict[str, pa.Array]:
    people, lexicon, names = population.people, population.lexicon, population.names
    towns = lexicon.data["places"]["towns"]
    codes = population.places.codes
    parts = {"NO_PROP": slice(0, 2), "NO_KAB": slice(2, 4), "NO_KEC": slice(4, 6)}
    area = {key: cells.coded(view.village, [c[part] for c in codes]) for key, part in parts.items()}
    village = cells.coded(view.village, [code[6:] for code in codes])
    outside = population.families.non_desa[view.family]
    return {
        "NO_KK": cells.digits(view.card, 16),
        "NAMA_LGKP": write_names(rng, lexicon, names, people, person, OFFICE, flags),
        "JENIS_KLMIN": cells.digits(people.sex[person] + 1),
        "TMPT_LHR": cells.coded(_born_in(population, person, len(towns)), [*towns, *_regencies()]),
        "TGL_LHR": cells.dates(people.birth[person], "{d}/{m}/{y}"),
        "STAT_HBKEL": cells.coded(view.card_relation, RELATION_NUMBERS),
        "NAMA_LGKP_IBU": plain_names(rng, lexicon, names.mother[person], 0.01),
        **area,
        "NO_KEL": cells.blank(village, outside),
    }


def _regencies() -> list[str]:
    return ["Mesuji", "Bengkulu", "Lampung", "Curup"]


def _born_in(population: Population, person: Ints, towns: int) -> Ints:
    """A place of birth: far away for those whose NIK is from far away."""
    province = population.numbers.nik[person] // 10**14
    home = population.places.regency[population.families.village[population.people.family[person]]]
    near = towns + np.select([home == 1811, home == 1771, home // 100 == 18], [0, 1, 2], 3)
    far = (population.people.birth[person] // 7) % towns
    return np.where((province == home // 100) | (province == 0), near, far)


def make_dtsen(population: Population, records: Records) -> Sheet:
    """The official release: families are cards, with ids of its own."""
    rng = population.dice.stream("sheet dtsen")
    n = len(records)
    number = permuted(rng, n)
    source_id = cells.together("ID", cells.digits(number + 1, 10))
    family = family_ids(population, "dtsen")[records.family]
    none = records.flags.has("no_birth_date")
    table = pa.table(
        {
            "id_dtsen": source_id,
            "id_keluarga": cells.together("KEL", cells.digits(family, 9)),
            "nik": niks(records),
            "no_kk": kks(records),
            "nama": records.name,
            "tgl_lahir": cells.dates(records.birth, "{y}-{m}-{d}", empty=none),
            "jenis_kelamin": cells.digits(records.sex + 1),
            "hubungan": cells.coded(records.relation, RELATION_NUMBERS),
            "alamat": addresses(population, records, "JL", "DUSUN"),
            "rt": cells.digits(block(records, 7, 12), 3),
            "rw": cells.digits(block(records, 3, 5), 3),
            "kode_wilayah": area_cells(population, records),
            **circumstances(population, records.person),
        }
    )
    return Sheet("dtsen", table, source_id, np.argsort(number), records.person, records.flags)


def deciles(population: Population) -> Ints:
    """The official decile of each family: 1 the poorest to 10; 0 not ranked."""
    rng = population.dice.stream("deciles")
    families = population.families
    noisy = families.welfare + rng.normal(0, 0.07, len(families))
    rank = np.empty(len(families), dtype=np.int64)
    rank[np.argsort(noisy, kind="stable")] = np.arange(len(families))
    decile = rank * 10 // max(len(families), 1) + 1
    unranked = chance(rng, 0.04, len(families)) | families.non_desa
    return np.where(unranked, 0, decile)


def make_ranking(population: Population) -> Sheet:
    """Decile by card, with the NIK and name of the head; empty where not ranked."""
    rng = population.dice.stream("sheet peringkat_desil")
    people, families = population.people, population.families
    heads = np.flatnonzero((people.role == HEAD) & (families.host[people.family] < 0))
    heads = heads[chance(rng, 0.98, len(heads))]
    family = people.family[heads]
    view = seen(population, heads, np.full(len(heads), day(2026, 1, 15)))
    decile = deciles(population)[family]
    nik = population.numbers.nik[heads]
    by_number_only = chance(rng, 0.1, len(heads)) & (nik > 0)
    flags = Flags(len(heads))
    flags.mark("dead", people.death[heads] < NEVER)
    words = population.names.words[heads]
    table = pa.table(
        {
            "ID_DESIL": cells.digits(np.arange(len(heads)) + 1, 8),
            "NO_KK": cells.blank(cells.digits(view.card, 16), by_number_only),
            "NIK": cells.digits(nik, 16, empty=nik == 0),
            "NAMA": plain_names(rng, population.lexicon, words, 0.01),
            "DESIL": cells.digits(decile, empty=decile == 0),
            "RILIS": pa.repeat("2026-T1", len(heads)),
            "TGL_RILIS": pa.repeat("2026-01-23", len(heads)),
        }
    )
    return in_given_order("peringkat_desil", table, "ID_DESIL", heads, flags)
