"""What field workers and offices wrote down: steps on the ladder, places, assessments, cases."""

from __future__ import annotations

import numpy as np
import pyarrow as pa

from tangga.synthetic import cells
from tangga.synthetic.circumstances import ages
from tangga.synthetic.climbs import climbs
from tangga.synthetic.dates import day
from tangga.synthetic.draw import NEVER, Ints, Mask, chance
from tangga.synthetic.families import TODAY, head_of
from tangga.synthetic.flags import Flags
from tangga.synthetic.programmes import person_cells
from tangga.synthetic.records import Population
from tangga.synthetic.sheet import Sheet, in_given_order
from tangga.synthetic.workers import (
    COMPANION,
    PEACE,
    REHABILITATION,
    TAGANA,
    companions,
    district_of,
    worker_ids,
)

IN_TIME = 0.75
"""Of shocks and moves, the share that is written down within three days."""
EMPOWERMENT, GRADUATED, WATCH, SHOCK, FALL, FLIGHT = range(6)
STEP_WORDS = ["PEMBERDAYAAN", "GRADUASI MANDIRI", "PANTAUAN", "", "PERLINDUNGAN", ""]
EVENT_WORDS = ["LANGKAH", "LANGKAH", "LANGKAH", "GUNCANGAN", "LANGKAH", "MENGUNGSI"]
EXIT_WORDS = ["DIALIHKAN", "MANDIRI", None, None, None, None]
SHOCKS = ["PHK", "BANJIR", "SAKIT"]
NEEDS = ["Dukungan psikososial", "Terapi fisik", "Alat bantu"]
CLUSTERS = ["Anak", "Disabilitas", "Korban NAPZA"]
PLACES = ["KUBE", "PENA", "PELATIHAN"]


def make_steps(population: Population) -> Sheet:
    """A row a recorded move of a family, a shock or a flight; by the head's NIK, name and card."""
    rng = population.dice.stream("sheet langkah")
    kind, family, when = _happened(population)
    n = len(kind)
    person = head_of(population.people, len(population.families))[family].astype(np.int64)
    moved = ~np.isin(kind, (SHOCK, FLIGHT))
    number = cells.digits(np.arange(n) + 1, 6)
    shock = cells.coded(rng.integers(0, len(SHOCKS), n), SHOCKS)
    document = cells.together("BA-", number, "/", cells.dates(when, "{y}-{m}-{d}"))
    late = population.dice.stream("langkah dicatat")
    table = pa.table(
        {
            "ID_LANGKAH": cells.together("LK", number),
            **person_cells(rng, population, person),
            "JENIS": cells.choose(moved, "LANGKAH", cells.coded(kind, EVENT_WORDS)),
            "TANGGAL": cells.dates(when, "{y}-{m}-{d}"),
            "KE": cells.blank(cells.coded(kind, STEP_WORDS), ~moved),
            "CARA": cells.coded(kind, EXIT_WORDS),
            "GUNCANGAN": cells.blank(shock, kind != SHOCK),
            "NO_BA": cells.blank(document, ~moved),
            "DICATAT": cells.dates(_noted(late, when), "{y}-{m}-{d}"),
            "OLEH": _noted_by(population, family, kind),
        }
    )
    return in_given_order("langkah", table, "ID_LANGKAH", person, no_flags(population, person))


def _happened(population: Population) -> tuple[Ints, Ints, Ints]:
    """Kind, family and day of each, by day."""
    climb = climbs(population)
    before = np.where(climb.left < NEVER, climb.left - 300, NEVER)
    days = [
        (EMPOWERMENT, climb.empowered),
        (GRADUATED, climb.graduated),
        (WATCH, climb.watched),
        (SHOCK, climb.shock),
        (EMPOWERMENT, before),
        (GRADUATED, climb.left),
        (FALL, climb.fell),
        (FLIGHT, climb.fled),
    ]
    rows = [np.flatnonzero((when < TODAY) & has_head(population)) for _, when in days]
    each = list(zip(days, rows, strict=True))
    kind = np.concatenate([np.full(len(found), number) for (number, _), found in each])
    when = np.concatenate([when[found] for (_, when), found in each])
    family = np.concatenate(rows)
    order = np.lexsort((family, kind, when))
    return kind[order], family[order], when[order]


def _noted(rng: np.random.Generator, when: Ints) -> Ints:
    """The day on which each was written down: three in four within three days."""
    late = np.where(chance(rng, IN_TIME, len(when)), 0, 4 + rng.integers(0, 20, len(when)))
    return np.minimum(when + np.maximum(late, rng.integers(0, 4, len(when))), TODAY)


def _noted_by(population: Population, family: Ints, kind: Ints) -> pa.Array:
    """Moves: the companion who proposed them; shocks: Tagana of the kecamatan; who fled: the peace
    pioneer of the regency."""
    district = district_of(population)[family]
    companion = worker_ids(COMPANION, companions(population).of[family])
    others = cells.choose(
        kind == SHOCK, worker_ids(TAGANA, district), worker_ids(PEACE, district // 100)
    )
    return cells.choose(np.isin(kind, (SHOCK, FLIGHT)), others, companion)


def make_places(population: Population) -> Sheet:
    """A row a place in empowerment: of families that climb, and of a few still on protection."""
    rng = population.dice.stream("sheet pemberdayaan")
    climb = climbs(population)
    n = len(population.families)
    climbing = climb.empowered < TODAY
    early = climb.supported & ~climbing & chance(rng, 0.02, n)
    family = np.flatnonzero((climbing | early) & has_head(population))
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
    return in_given_order("pemberdayaan", table, "ID_TEMPAT", person, no_flags(population, person))


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
            "OLEH": _case_worker(population, person),
        }
    )
    return in_given_order("asesmen", table, "ID_ASESMEN", person, no_flags(population, person))


def make_cases(population: Population) -> Sheet:
    """A row a case of rehabilitation, opened by a referral and then assessed, three in four within
    14 days; some are closed."""
    rng = population.dice.stream("sheet kasus")
    person, assessed, need, opened = _assessed(population)
    person, need, when = person[opened], need[opened], assessed[opened]
    n = len(person)
    referred = population.dice.stream("kasus dirujuk")
    waits = np.where(chance(referred, 0.75, n), 14, 40)
    begun = when - (waits * referred.random(n)).astype(np.int64)
    closed = chance(rng, 0.4, n) & (when + 162 < TODAY)
    table = pa.table(
        {
            "ID_KASUS": cells.together("KS", cells.digits(np.arange(n) + 1, 6)),
            **person_cells(rng, population, person),
            "KLASTER": cells.coded(need, CLUSTERS),
            "DIBUKA": cells.dates(begun, "{y}-{m}-{d}"),
            "DITUTUP": cells.dates(when + 162, "{y}-{m}-{d}", empty=~closed),
            "KEADAAN": cells.choose(closed, "SELESAI", "DALAM LAYANAN"),
            "OLEH": _case_worker(population, person),
        }
    )
    return in_given_order("kasus", table, "ID_KASUS", person, no_flags(population, person))


def _assessed(population: Population) -> tuple[Ints, Ints, Ints, Mask]:
    """Person, day, need, and whether a case was opened, of each assessment."""
    rng = population.dice.stream("assessed")
    people = population.people
    age, n = ages(people), len(people)
    poor = population.families.welfare[people.family] < 0.5
    rows = np.flatnonzero(poor & (age >= 8) & (people.death == NEVER) & chance(rng, 0.004, n))
    when = day(2025, 2) + rng.integers(0, 320, len(rows))
    return rows, when, rng.integers(0, len(NEEDS), len(rows)), chance(rng, 0.6, len(rows))


def _case_worker(population: Population, person: Ints) -> pa.Array:
    """The rehabilitation companion of the regency."""
    family = population.people.family[person]
    return worker_ids(REHABILITATION, district_of(population)[family] // 100)


def has_head(population: Population) -> Mask:
    """Families with a head, by whom a row names them."""
    return head_of(population.people, len(population.families)) >= 0


def no_flags(population: Population, person: Ints) -> Flags:
    """Nothing but who has died."""
    flags = Flags(len(person))
    flags.mark("dead", population.people.death[person] < NEVER)
    return flags
