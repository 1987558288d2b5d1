"""Visits to families: of companions to whom they accompany, of TKSK to who asked to be seen."""

from __future__ import annotations

import numpy as np
import pyarrow as pa

from tangga.synthetic import cells
from tangga.synthetic.climbs import Climb, climbs
from tangga.synthetic.draw import Ints, Mask, chance, permuted
from tangga.synthetic.families import TODAY, head_of
from tangga.synthetic.fieldwork import has_head, no_flags
from tangga.synthetic.living import poverty_lines, who_lives
from tangga.synthetic.programmes import person_cells
from tangga.synthetic.records import Population
from tangga.synthetic.sheet import Sheet, in_given_order
from tangga.synthetic.workers import (
    COMPANION,
    LEFT,
    PEACE,
    TKSK,
    companions,
    district_of,
    tksk_of,
    worker_ids,
)

Part = tuple[Ints, dict[str, pa.Array]]
"""Families, and what was written down of each visit to them, in columns."""

TOLD, CLIMBING = 0.75, 0.3
"""Of what a family spends, the share that it tells a visitor it earns; and what a family in
empowerment tells beside, in poverty lines."""
HARD_UP, ASKS, ASKS_ANYHOW = 1.3, 0.25, 0.01
"""Below so many poverty lines a family without support often asks to be seen, others seldom."""
SLIPS = (0.55, 0.85, 0.95)
"""Shares of visits that were made within three days of the plan, within two weeks and within two
months; the rest had no plan."""
NOT_HELD = 0.08
"""Of the families that are supported, those for whom a visit stands planned and none was made."""
AGAIN = 0.04
"""Of the companions' visits, those that a colleague makes again."""
FOLLOWED = 0.8
"""Of the families that fled, those that the peace pioneer visits within 14 days."""
OLD_FACTS = 0.15
"""Of the routine visits, those that were made to renew facts."""
ROUTINE, OBSERVATION, AFTER, ASKED, RENEWAL, REVISIT = range(6)
PURPOSES = [
    "RUTIN",
    "PENGAMATAN GRADUASI",
    "SETELAH LULUS",
    "VERIFIKASI",
    "PEMUTAKHIRAN",
    "KUNJUNGAN ULANG",
]


def make_visits(population: Population) -> Sheet:
    """A row a visit, with the income that was told: of a companion to a supported family, by day;
    then of a TKSK to a family that asked to be seen (usul), and is not supported; then visits at
    which nothing was asked: by a colleague once more, by the peace pioneer to who fled; then those
    that stand planned and were not made."""
    climb = climbs(population)
    rng = population.dice.stream("sheet kunjungan")
    asked = population.dice.stream("sheet kunjungan usul")
    made = _companions_round(rng, population, climb)
    usul = _who_asked(asked, population, climb)
    parts = [
        (made[0], _seen(rng, population, climb, *made) | _by_companion(population, climb, *made)),
        (usul[0], _seen(asked, population, climb, *usul) | _by_tksk(population, *usul)),
        _once_more(population, *made),
        _to_who_fled(population, climb),
        _not_held(population, climb),
    ]
    tables = [pa.table(columns) for _, columns in parts]
    table = pa.concat_tables([tables[0], *(t.select(tables[0].column_names) for t in tables[1:])])
    family = np.concatenate([family for family, _ in parts])
    rows = cells.digits(np.arange(len(family)) + 1, 8)
    table = table.add_column(0, "ID_KUNJUNGAN", cells.together("KJ", rows)).combine_chunks()
    person = head_of(population.people, len(population.families)).astype(np.int64)[family]
    return in_given_order("kunjungan", table, "ID_KUNJUNGAN", person, no_flags(population, person))


def _companions_round(
    rng: np.random.Generator, population: Population, climb: Climb
) -> tuple[Ints, Ints]:
    """Families and days of the visits to who is supported."""
    n = len(population.families)
    reach = climb.supported & chance(rng, 0.75, n) & has_head(population)
    climbing = climb.empowered < TODAY
    count = np.where(climbing, 3, rng.integers(1, 3, n)) * (
        reach | (climbing & has_head(population))
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
    lives = has_head(population) & (families.consumption > 0)
    family = np.flatnonzero(asks & lives & ~climb.supported & (climb.empowered >= TODAY))
    when = np.sort(TODAY - 20 - rng.integers(0, 400, len(family)))
    return family[permuted(rng, len(family))], when


def _seen(
    rng: np.random.Generator, population: Population, climb: Climb, family: Ints, when: Ints
) -> dict[str, pa.Array]:
    """What the visitor wrote down of the family."""
    person = head_of(population.people, len(population.families))[family].astype(np.int64)
    climbing = climb.empowered[family] < TODAY
    income = _income(rng, population, family, climbing)
    told = ~chance(rng, 0.08, len(family))
    chance(rng, 0.2, len(family))  # whether a colleague went, once; what follows stays the same
    standing = climb.graduated[family] < when + 60
    minutes = cells.together("BA-G", cells.digits(np.arange(len(family)) + 1, 7))
    return {
        **person_cells(rng, population, person),
        "TANGGAL": cells.dates(when, "{y}-{m}-{d}"),
        "HASIL": cells.choose(chance(rng, 0.06, len(family)), "SEBAGIAN", "LENGKAP"),
        "PENGHASILAN": cells.digits(income, empty=~told),
        "SEJAK": cells.dates(when - 700, "{y}-{m}-{d}", empty=~told),
        "PERNYATAAN": cells.blank(cells.choose(standing, "1", "2"), ~climbing),
        "NO_BA": cells.blank(minutes, ~standing),
    }


def _by_companion(
    population: Population, climb: Climb, family: Ints, when: Ints
) -> dict[str, pa.Array]:
    """Who came, when it was planned, and what for. One in five visits is a colleague's; who left in
    2025 made the visits before to the families of the first companion."""
    rng = population.dice.stream("kunjungan petugas")
    all_of_them = companions(population)
    worker = all_of_them.of[family]
    worker = np.where((worker == 0) & (when < LEFT), all_of_them.former, worker)
    colleague = all_of_them.other[all_of_them.of[family]]
    worker = np.where(chance(rng, 0.2, len(family)), colleague, worker)
    climbing = climb.empowered[family] < TODAY
    purpose = np.where(climbing, OBSERVATION, ROUTINE)
    purpose = np.where((purpose == ROUTINE) & chance(rng, OLD_FACTS, len(family)), RENEWAL, purpose)
    stands = np.minimum(climb.graduated, climb.left)[family] <= when
    purpose = np.where(stands, AFTER, purpose)
    return _planned_for(rng, worker_ids(COMPANION, worker), when, purpose)


def _by_tksk(population: Population, family: Ints, when: Ints) -> dict[str, pa.Array]:
    rng = population.dice.stream("kunjungan usul petugas")
    worker = worker_ids(TKSK, tksk_of(population)[family])
    return _planned_for(rng, worker, when, np.full(len(family), ASKED))


def _planned_for(
    rng: np.random.Generator, worker: pa.Array, when: Ints, purpose: Ints
) -> dict[str, pa.Array]:
    n = len(when)
    slip = np.searchsorted(np.array(SLIPS), rng.random(n), side="right")
    days = rng.integers(np.array([0, 4, 15, 0])[slip], np.array([4, 15, 61, 1])[slip])
    return {
        "PETUGAS": worker,
        "RENCANA": cells.dates(when - days, "{y}-{m}-{d}", empty=slip == len(SLIPS)),
        "TUJUAN": cells.coded(purpose, PURPOSES),
    }


def _once_more(population: Population, family: Ints, when: Ints) -> Part:
    """A colleague comes some weeks after a visit."""
    rng = population.dice.stream("kunjungan ulang")
    again = np.flatnonzero(chance(rng, AGAIN, len(family)) & (when < TODAY - 45))
    family, when = family[again], when[again] + rng.integers(14, 45, len(again))
    all_of_them = companions(population)
    worker = worker_ids(COMPANION, all_of_them.other[all_of_them.of[family]])
    planned = _planned_for(rng, worker, when, np.full(len(family), REVISIT))
    return family, _unasked(rng, population, family, when) | planned


def _to_who_fled(population: Population, climb: Climb) -> Part:
    rng = population.dice.stream("kunjungan pengungsi")
    family = np.flatnonzero((climb.fled < TODAY) & has_head(population))
    soon = chance(rng, FOLLOWED, len(family))
    when = climb.fled[family] + np.where(soon, 3, 20) + rng.integers(0, 10, len(family))
    when = np.minimum(when, TODAY - 1)
    worker = worker_ids(PEACE, district_of(population)[family] // 100)
    planned = _planned_for(rng, worker, when, np.full(len(family), ROUTINE))
    return family, _unasked(rng, population, family, when) | planned


def _not_held(population: Population, climb: Climb) -> Part:
    """Visits that nobody has made: some were due, some are not yet."""
    rng = population.dice.stream("kunjungan belum")
    n = len(population.families)
    family = np.flatnonzero(climb.supported & chance(rng, NOT_HELD, n) & has_head(population))
    when = TODAY - 120 + rng.integers(0, 180, len(family))
    worker = worker_ids(COMPANION, companions(population).of[family])
    planned = {
        "PETUGAS": worker,
        "RENCANA": cells.dates(when, "{y}-{m}-{d}"),
        "TUJUAN": cells.coded(np.full(len(family), ROUTINE), PURPOSES),
    }
    never = {name: pa.nulls(len(family), pa.string()) for name in ("TANGGAL", "HASIL")}
    return family, _unasked(rng, population, family, when) | planned | never


def _unasked(
    rng: np.random.Generator, population: Population, family: Ints, when: Ints
) -> dict[str, pa.Array]:
    """A visit at which no income was told."""
    head = head_of(population.people, len(population.families))[family].astype(np.int64)
    nothing = ("PENGHASILAN", "SEJAK", "PERNYATAAN", "NO_BA")
    return {
        **person_cells(rng, population, head),
        "TANGGAL": cells.dates(when, "{y}-{m}-{d}"),
        "HASIL": cells.choose(np.ones(len(family), dtype=bool), "LENGKAP", ""),
        **dict.fromkeys(nothing, pa.nulls(len(family), pa.string())),
    }


def _income(rng: np.random.Generator, population: Population, family: Ints, climbs: Mask) -> Ints:
    """Rupiah a month of the whole family, in round tens of thousands."""
    members = who_lives(population).members[family]
    line = poverty_lines(population)[family]
    level = TOLD * population.families.consumption[family] / line + np.where(climbs, CLIMBING, 0.0)
    level = np.maximum(level * rng.normal(1, 0.15, len(family)), 0.15)
    return (level * line * members / 10_000).astype(np.int64) * 10_000
