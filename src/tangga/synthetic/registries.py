"""The civil registry, the official release and its ranks."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from tangga.synthetic import cells
from tangga.synthetic.circumstances import circumstances
from tangga.synthetic.dates import day
from tangga.synthetic.draw import NEVER, Ints, Mask, chance, permuted
from tangga.synthetic.families import HEAD, TODAY
from tangga.synthetic.flags import Flags
from tangga.synthetic.living import tenths, who_lives
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
        | {
            "STATUS": cells.coded(status, STATUS_WORDS),
            "TGL_MENINGGAL": cells.dates(
                np.minimum(population.people.death[person], TODAY),
                "{d}/{m}/{y}",
                empty=status != DEAD,
            ),
        }
    )
    return Sheet("dukcapil", table, source_id, np.argsort(number), person, flags)


def registered_deaths(population: Population) -> Mask:
    """The people whom the civil registry has as dead."""
    person, _, status, _ = _registered(population.dice.stream("sheet dukcapil"), population)
    found = np.zeros(len(population.people), dtype=bool)
    found[person[status == DEAD]] = True
    return found


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


OFFICE_ERROR = 0.12
"""Standard deviation of what the office's means test gets wrong of what could be known."""
OUTDATED, OUTDATED_BY = 0.06, 0.6
"""Share of families whose facts at the office are old or were told wrongly, and by how much."""
REVISED = 0.03  # what another estimate changes for everybody
RENEWED, RENEWAL = 0.12, 0.3  # families with newer facts since the release before, and how much


@dataclass(frozen=True)
class Release:
    """An official release: its name, the day, and the day of the cards in it."""

    name: str
    day: str
    cards: int


RELEASES = (
    Release("2026-T1", "2026-01-23", day(2026, 1, 15)),
    Release("2025-T4", "2025-10-20", day(2025, 10, 10)),
)
"""The release in force and the one before."""


def deciles(population: Population, release: int = 0) -> Ints:
    """The official decile of each family: 1 the poorest to 10; 0 not ranked.

    release: place in RELEASES. Tenths of the people, by a means test as an office would run it: it
    orders families by what can be known of their consumption (`Families.standing`), with errors of
    its own, and so misses about three in ten of the poorest 40 %. Between the releases every
    estimate moves a little, and newer facts came for some families.
    """
    rng = population.dice.stream("deciles")
    families = population.families
    n = len(families)
    score = families.standing + rng.normal(0, OFFICE_ERROR, n)
    unranked = chance(rng, 0.04, n) | families.non_desa
    old = population.dice.stream("deciles outdated")
    score += np.where(chance(old, OUTDATED, n), old.normal(0, OUTDATED_BY, n), 0.0)
    if release:
        before = population.dice.stream(f"deciles {RELEASES[release].name}")
        score += before.normal(0, REVISED, n)
        score += np.where(chance(before, RENEWED, n), before.normal(0, RENEWAL, n), 0.0)
        unranked = unranked & chance(before, 0.6, n) | chance(before, 0.015, n)
    return np.where(unranked, 0, tenths(score, who_lives(population).members))


def make_ranking(population: Population) -> Sheet:
    """Decile by card, with the NIK and name of the head; empty where not ranked.

    The release in force, then the one before, whose rows bear the cards and the families of then.
    """
    parts = [_released(population, number) for number in range(len(RELEASES))]
    heads = np.concatenate([heads for heads, _ in parts])
    table = pa.concat_tables([table for _, table in parts])
    table = table.add_column(0, "ID_DESIL", cells.digits(np.arange(len(heads)) + 1, 8))
    table = table.combine_chunks()
    flags = Flags(len(heads))
    flags.mark("dead", population.people.death[heads] < NEVER)
    return in_given_order("peringkat_desil", table, "ID_DESIL", heads, flags)


def listed(population: Population, number: int) -> Ints:
    """The decile that a release lists each family's card with; 0 without one, -1 not listed."""
    heads, _ = _released(population, number)
    family = population.people.family[heads]
    found = np.full(len(population.families), -1, dtype=np.int64)
    found[family] = deciles(population, number)[family]
    return found


def _released(population: Population, number: int) -> tuple[Ints, pa.Table]:
    """The heads whose families a release holds, and its rows."""
    release = RELEASES[number]
    stream = "sheet peringkat_desil" if number == 0 else f"sheet peringkat_desil {release.name}"
    rng = population.dice.stream(stream)
    people, families = population.people, population.families
    there = (families.host < 0) & (families.formed < release.cards)
    heads = np.flatnonzero((people.role == HEAD) & there[people.family])
    heads = heads[chance(rng, 0.98, len(heads))]
    view = seen(population, heads, np.full(len(heads), release.cards))
    decile = deciles(population, number)[people.family[heads]]
    nik = population.numbers.nik[heads]
    by_number_only = chance(rng, 0.1, len(heads)) & (nik > 0)
    words = population.names.words[heads]
    return heads, pa.table(
        {
            "NO_KK": cells.blank(cells.digits(view.card, 16), by_number_only),
            "NIK": cells.digits(nik, 16, empty=nik == 0),
            "NAMA": plain_names(rng, population.lexicon, words, 0.01),
            "DESIL": cells.digits(decile, empty=decile == 0),
            "RILIS": pa.repeat(release.name, len(heads)),
            "TGL_RILIS": pa.repeat(release.day, len(heads)),
        }
    )
