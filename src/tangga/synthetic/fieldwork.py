"""What field workers and offices wrote down: visits, steps on the ladder, assessments, cases."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from tangga.synthetic import cells
from tangga.synthetic.circumstances import ages
from tangga.synthetic.dates import day
from tangga.synthetic.draw import NEVER, Ints, Mask, chance, permuted
from tangga.synthetic.families import TODAY, head_of
from tangga.synthetic.flags import Flags
from tangga.synthetic.living import poverty_lines, who_lives
from tangga.synthetic.programmes import PBI, draw_spells, person_cells
from tangga.synthetic.records import Population
from tangga.synthetic.registries import deciles
from tangga.synthetic.sheet import Sheet, in_given_order

TOLD, CLIMBING = 0.75, 0.3
"""Of what a family spends, the share that it tells a visitor it earns; and what a family in
empowerment tells beside, in poverty lines."""
HARD_UP, ASKS, ASKS_ANYHOW = 1.3, 0.25, 0.01
"""Below so many poverty lines a family without support often asks to be seen, others seldom."""
FAMILIES_A_WORKER = 300
EMPOWERMENT, GRADUATED, WATCH, SHOCK = range(4)
STEP_WORDS = ["PEMBERDAYAAN", "GRADUASI MANDIRI", "PANTAUAN", "GUNCANGAN"]
SHOCKS = ["PHK", "BANJIR", "SAKIT"]
NEEDS = ["Dukungan psikososial", "Terapi fisik", "Alat bantu"]
CLUSTERS = ["Anak", "Disabilitas", "Korban NAPZA"]
PLACES = ["KUBE", "PENA", "PELATIHAN"]


@dataclass(frozen=True)
class Climb:
    """Each family's way: days of its moves and shock, NEVER where there was none.

    supported: PKH or Sembako runs, or ran.
    """

    supported: Mask
    empowered: Ints
    graduated: Ints
    watched: Ints
    shock: Ints


def climbs(population: Population) -> Climb:
    """Who was moved on, who stands on its own, who slipped; few, as in life."""
    rng = population.dice.stream("climbs")
    n = len(population.families)
    spells = draw_spells(population)
    mine = spells.programme != PBI
    family = population.people.family[spells.person[mine]]
    supported = np.zeros(n, dtype=bool)
    supported[family] = True
    first = np.full(n, NEVER, dtype=np.int64)
    np.minimum.at(first, family, spells.start[mine])
    long = supported & (first < day(2021, 7)) & chance(rng, 0.06, n)
    empowered = np.where(long, day(2024, 9) + rng.integers(0, 330, n), NEVER)
    done = long & chance(rng, 0.3, n) & (empowered < day(2025, 3))
    graduated = np.where(done, empowered + 220 + rng.integers(0, 60, n), NEVER)
    decile = deciles(population)
    hit = chance(rng, np.where(long, 0.05, 0.012), n)
    shock = np.where(hit, day(2025, 6) + rng.integers(0, 220, n), NEVER)
    slipping = hit & np.isin(decile, (5, 6)) & ~supported & chance(rng, 0.5, n)
    watched = np.where(slipping, np.minimum(shock + 20, TODAY - 2), NEVER)
    return Climb(supported, empowered, graduated, watched, shock)


def make_steps(population: Population) -> Sheet:
    """A row a recorded move of a family, or a shock; by the head's NIK, name and card."""
    rng = population.dice.stream("sheet langkah")
    climb = climbs(population)
    days = [climb.empowered, climb.graduated, climb.watched, climb.shock]
    rows = [np.flatnonzero((when < TODAY) & _has_head(population)) for when in days]
    kind = np.concatenate([np.full(len(found), number) for number, found in enumerate(rows)])
    family = np.concatenate(rows)
    when = np.concatenate([when[found] for when, found in zip(days, rows, strict=True)])
    order = np.lexsort((family, kind, when))
    kind, family, when = kind[order], family[order], when[order]
    n = len(kind)
    person = head_of(population.people, len(population.families))[family].astype(np.int64)
    moved = kind != SHOCK
    number = cells.digits(np.arange(n) + 1, 6)
    shock = cells.coded(rng.integers(0, len(SHOCKS), n), SHOCKS)
    document = cells.together("BA-", number, "/2025")
    table = pa.table(
        {
            "ID_LANGKAH": cells.together("LK", number),
            **person_cells(rng, population, person),
            "JENIS": cells.choose(moved, "LANGKAH", "GUNCANGAN"),
            "TANGGAL": cells.dates(when, "{y}-{m}-{d}"),
            "KE": cells.blank(cells.coded(kind, STEP_WORDS), ~moved),
            "CARA": cells.blank(cells.coded(kind, ["DIALIHKAN", "MANDIRI", "", ""]), kind > 1),
            "GUNCANGAN": cells.blank(shock, moved),
            "NO_BA": cells.blank(document, ~moved),
        }
    )
    return in_given_order("langkah", table, "ID_LANGKAH", person, _no_flags(population, person))


def make_visits(population: Population) -> Sheet:
    """A row a visit, with the income that was told: of a companion to a supported family, by day;
    then of a worker to a family that asked to be seen (usul), and is not supported."""
    climb = climbs(population)
    rng = population.dice.stream("sheet kunjungan")
    asked = population.dice.stream("sheet kunjungan usul")
    parts = [
        (rng, *_companions_round(rng, population, climb)),
        (asked, *_who_asked(asked, population, climb)),
    ]
    head = head_of(population.people, len(population.families)).astype(np.int64)
    person = head[np.concatenate([family for _, family, _ in parts])]
    rows = cells.digits(np.arange(len(person)) + 1, 8)
    seen = [_seen(one, population, climb, family, when) for one, family, when in parts]
    table = pa.concat_tables(seen).combine_chunks()
    table = table.add_column(0, "ID_KUNJUNGAN", cells.together("KJ", rows))
    return in_given_order("kunjungan", table, "ID_KUNJUNGAN", person, _no_flags(population, person))


def _companions_round(
    rng: np.random.Generator, population: Population, climb: Climb
) -> tuple[Ints, Ints]:
    """Families and days of the visits to who is supported."""
    n = len(population.families)
    reach = climb.supported & chance(rng, 0.75, n) & _has_head(population)
    climbing = climb.empowered < TODAY
    count = np.where(climbing, 3, rng.integers(1, 3, n)) * (
        reach | (climbing & _has_head(population))
    )
    family = np.repeat(np.arange(n), count)
    turn = np.arange(len(family)) - np.repeat(np.cumsum(count) - count, count)
    when = TODAY - 20 - turn * 190 - rng.integers(0, 60, len(family))
    return family[np.lexsort((family, when))], np.sort(when)


def _who_asked(rng: np.random.Generator, population: Population, climb: Climb) -> tuple[Ints, Ints]:
    """Families and days of the visits to who asked: mostly who has little."""
    families = population.families
    hard_up = families.consumption < HARD_UP * poverty_lines(population)
    asks = chance(rng, np.where(hard_up, ASKS, ASKS_ANYHOW), len(families))
    lives = _has_head(population) & (families.consumption > 0)
    family = np.flatnonzero(asks & lives & ~climb.supported & (climb.empowered >= TODAY))
    when = np.sort(TODAY - 20 - rng.integers(0, 400, len(family)))
    return family[permuted(rng, len(family))], when


def _seen(
    rng: np.random.Generator, population: Population, climb: Climb, family: Ints, when: Ints
) -> pa.Table:
    """What the visitor wrote down."""
    person = head_of(population.people, len(population.families))[family].astype(np.int64)
    climbing = climb.empowered[family] < TODAY
    income = _income(rng, population, family, climbing)
    told = ~chance(rng, 0.08, len(family))
    other = chance(rng, 0.2, len(family))
    worker = family // FAMILIES_A_WORKER + np.where(other, 1, 0)
    standing = climb.graduated[family] < when + 60
    minutes = cells.together("BA-G", cells.digits(np.arange(len(family)) + 1, 7))
    return pa.table(
        {
            **person_cells(rng, population, person),
            "PETUGAS": cells.together("PDP-", cells.digits(worker, 4)),
            "TANGGAL": cells.dates(when, "{y}-{m}-{d}"),
            "HASIL": cells.choose(chance(rng, 0.06, len(family)), "SEBAGIAN", "LENGKAP"),
            "PENGHASILAN": cells.digits(income, empty=~told),
            "SEJAK": cells.dates(when - 700, "{y}-{m}-{d}", empty=~told),
            "PERNYATAAN": cells.blank(cells.choose(standing, "1", "2"), ~climbing),
            "NO_BA": cells.blank(minutes, ~standing),
        }
    )


def make_places(population: Population) -> Sheet:
    """A row a place in empowerment: of families that climb, and of a few still on protection."""
    rng = population.dice.stream("sheet pemberdayaan")
    climb = climbs(population)
    n = len(population.families)
    climbing = climb.empowered < TODAY
    early = climb.supported & ~climbing & chance(rng, 0.02, n)
    family = np.flatnonzero((climbing | early) & _has_head(population))
    since = np.where(climbing, climb.empowered, day(2025, 10) + rng.integers(0, 90, n))[family]
    person = head_of(population.people, n)[family].astype(np.int64)
    number = cells.digits(np.arange(len(family)) + 1, 6)
    table = pa.table(
        {
            "ID_TEMPAT": cells.together("PB", number),
            **person_cells(rng, population, person),
            "PROGRAM": cells.coded(rng.integers(0, len(PLACES), len(family)), PLACES),
            "MULAI": cells.dates(since, "{y}-{m}-{d}"),
            "NO_SK": cells.together("SK-PB-", number),
        }
    )
    return in_given_order("pemberdayaan", table, "ID_TEMPAT", person, _no_flags(population, person))


def _income(rng: np.random.Generator, population: Population, family: Ints, climbs: Mask) -> Ints:
    """Rupiah a month of the whole family, in round tens of thousands."""
    members = who_lives(population).members[family]
    line = poverty_lines(population)[family]
    level = TOLD * population.families.consumption[family] / line + np.where(climbs, CLIMBING, 0.0)
    level = np.maximum(level * rng.normal(1, 0.15, len(family)), 0.15)
    return (level * line * members / 10_000).astype(np.int64) * 10_000


def make_assessments(population: Population) -> Sheet:
    """A row a person whom a social worker assessed for rehabilitation."""
    rng = population.dice.stream("sheet asesmen")
    person, when, need, _ = _assessed(population)
    n = len(person)
    table = pa.table(
        {
            "ID_ASESMEN": cells.together("AS", cells.digits(np.arange(n) + 1, 6)),
            **person_cells(rng, population, person),
            "TANGGAL": cells.dates(when, "{y}-{m}-{d}"),
            "KEBUTUHAN": cells.coded(need, NEEDS),
        }
    )
    return in_given_order("asesmen", table, "ID_ASESMEN", person, _no_flags(population, person))


def make_cases(population: Population) -> Sheet:
    """A row a case of rehabilitation that followed an assessment; some are closed."""
    rng = population.dice.stream("sheet kasus")
    person, assessed, need, opened = _assessed(population)
    person, need, when = person[opened], need[opened], assessed[opened] + 12
    n = len(person)
    closed = chance(rng, 0.4, n) & (when + 150 < TODAY)
    table = pa.table(
        {
            "ID_KASUS": cells.together("KS", cells.digits(np.arange(n) + 1, 6)),
            **person_cells(rng, population, person),
            "KLASTER": cells.coded(need, CLUSTERS),
            "DIBUKA": cells.dates(when, "{y}-{m}-{d}"),
            "DITUTUP": cells.dates(when + 150, "{y}-{m}-{d}", empty=~closed),
            "KEADAAN": cells.choose(closed, "SELESAI", "DALAM LAYANAN"),
        }
    )
    return in_given_order("kasus", table, "ID_KASUS", person, _no_flags(population, person))


def _assessed(population: Population) -> tuple[Ints, Ints, Ints, Mask]:
    """Person, day, need, and whether a case was opened, of each assessment."""
    rng = population.dice.stream("assessed")
    people = population.people
    age, n = ages(people), len(people)
    poor = population.families.welfare[people.family] < 0.5
    rows = np.flatnonzero(poor & (age >= 8) & (people.death == NEVER) & chance(rng, 0.004, n))
    when = day(2025, 2) + rng.integers(0, 320, len(rows))
    return rows, when, rng.integers(0, len(NEEDS), len(rows)), chance(rng, 0.6, len(rows))


def _has_head(population: Population) -> Mask:
    return head_of(population.people, len(population.families)) >= 0


def _no_flags(population: Population, person: Ints) -> Flags:
    flags = Flags(len(person))
    flags.mark("dead", population.people.death[person] < NEVER)
    return flags
