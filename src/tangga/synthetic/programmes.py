"""Support that runs: spells of PKH, Sembako and PBI-JK."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from tangga.synthetic import cells
from tangga.synthetic.dates import day, from_calendar
from tangga.synthetic.draw import NEVER, Ints, chance, rank_within
from tangga.synthetic.families import TODAY, head_of, spouse_of
from tangga.synthetic.records import Population, seen
from tangga.synthetic.registries import deciles
from tangga.synthetic.spelling import plain_names

PKH, SEMBAKO, PBI = range(3)
PROGRAMMES = ["PKH", "SEMBAKO", "PBI-JK"]
COMPONENTS = ["Anak usia dini", "SD", "SMP", "SMA", "Lansia", None]
ELDERLY, NO_COMPONENT = 4, 5
"""The elderly keep their part when their family graduates."""
QUARTERLY = np.array([750_000, 225_000, 375_000, 500_000, 600_000, 0])
"""PKH, rupiah a quarter by component; Sembako is 200,000 a month."""
SEMBAKO_QUARTER = 600_000
MOST_MEMBERS = 4
GRADUATED_BEFORE = 0.04
"""Of the families that were supported since before 2020, those that left in 2024."""
QUARTERS = [(2025, 1), (2025, 4), (2025, 7), (2025, 10)]


@dataclass(frozen=True)
class Spells:
    """Support of one person (PKH component, PBI-JK) or of a family (Sembako, in the payee's name).

    end: NEVER while it runs. payee: -1 for PBI-JK. graduated: by family, the day on which it left
    PKH and Sembako in 2024 because it stands on its own; NEVER for nearly all.
    """

    programme: Ints
    person: Ints
    payee: Ints
    component: Ints
    start: Ints
    end: Ints
    graduated: Ints


def draw_spells(population: Population) -> Spells:
    """Who receives what; some payees have died, and the list has not noticed."""
    rng = population.dice.stream("spells")
    families, people = population.families, population.people
    decile = deciles(population)
    payee = _payees(rng, population)
    chosen = (decile >= 1) & (decile <= 4)
    with_pkh = chosen & chance(rng, 0.55, len(families)) & (families.formed < day(2024))
    with_sembako = chosen & chance(rng, 0.6, len(families)) & (families.formed < day(2025))
    person, component = _pkh_members(population, with_pkh)
    sembako = payee[with_sembako]
    insured = ((decile >= 1) & (decile <= 5) & chance(rng, 0.7, len(families)))[people.family]
    insured = np.flatnonzero(
        insured & (people.death > TODAY - 300) & chance(rng, 0.95, len(people))
    )
    parts = [(PKH, person, component), (SEMBAKO, sembako, None), (PBI, insured, None)]
    programme = np.concatenate([np.full(len(rows), number) for number, rows, _ in parts])
    who = np.concatenate([rows for _, rows, _ in parts])
    none = np.full(len(sembako) + len(insured), NO_COMPONENT)
    start, end = _periods(rng, population, programme, who)
    graduated = _left_in_2024(population, programme, who, start, end)
    stands = (programme != PBI) & (graduated[people.family[who]] < end)
    return Spells(
        programme=programme,
        person=who,
        payee=np.where(programme == PBI, -1, payee[people.family[who]]),
        component=np.concatenate([component, none]),
        start=start,
        end=np.where(stands, graduated[people.family[who]], end),
        graduated=graduated,
    )


def _left_in_2024(
    population: Population, programme: Ints, who: Ints, start: Ints, end: Ints
) -> Ints:
    """A few families that all of whose support began before 2020, and ran until they left."""
    rng = population.dice.stream("graduated in 2024")
    n = len(population.families)
    mine = programme != PBI
    family = population.people.family[who[mine]]
    old, late = np.zeros(n, dtype=bool), np.zeros(n, dtype=bool)
    old[family] = True
    late[family[(start[mine] > day(2020)) | (end[mine] < day(2025))]] = True
    leaves = old & ~late & chance(rng, GRADUATED_BEFORE, n)
    return np.where(leaves, day(2024, 2) + rng.integers(0, 330, n), NEVER)


def _payees(rng: np.random.Generator, population: Population) -> Ints:
    """The wife, else the head; after a death the other one, but not in every list."""
    people, count = population.people, len(population.families)
    head, spouse = head_of(people, count), spouse_of(people, count)
    first = np.where(spouse >= 0, spouse, head)
    dead = people.death[first] < TODAY - 60
    noticed = dead & (spouse >= 0) & chance(rng, 0.5, count) & (people.death[head] == NEVER)
    return np.where(noticed, head, first)


def _pkh_members(population: Population, families: np.ndarray) -> tuple[Ints, Ints]:
    """Up to four members a family that PKH pays for, and as what."""
    people = population.people
    age = (TODAY - people.birth) // 365
    bounds = [(0, 6, 0), (7, 12, 1), (13, 15, 2), (16, 18, 3), (60, 120, 4)]
    component = np.full(len(people), NO_COMPONENT)
    for low, high, number in bounds:
        component[(age >= low) & (age <= high)] = number
    rows = np.flatnonzero(
        families[people.family] & (component != NO_COMPONENT) & (people.death > TODAY - 200)
    )
    rows = rows[rank_within(people.family[rows]) < MOST_MEMBERS]
    return rows, component[rows]


def _periods(
    rng: np.random.Generator, population: Population, programme: Ints, who: Ints
) -> tuple[Ints, Ints]:
    """Start and end of each spell; those of one family and programme begin together."""
    families = population.families
    key = population.people.family[who].astype(np.int64)
    month = rng.integers(0, 12 * 8, (3, len(families)))[programme, key]
    start = from_calendar(2017 + month // 12, month % 12 + 1, np.ones(len(who), dtype=np.int64))
    start = np.maximum(start, families.formed[key] + 200)
    # A child enters when it is born, an elder at sixty.
    birth = population.people.birth[who]
    start = np.where(programme == PKH, np.maximum(start, birth + 60), start)
    ends = chance(rng, 0.1, 3 * len(families)).reshape(3, -1)[programme, key] & (programme != PBI)
    last = rng.integers(start + 400, np.maximum(start + 401, TODAY + 300))
    end = np.where(ends & (last < TODAY), last, NEVER)
    return np.minimum(start, TODAY - 35), end


def person_cells(
    rng: np.random.Generator, population: Population, person: Ints
) -> dict[str, pa.Array]:
    """NIK, card and name of the person that a row speaks of."""
    when = np.full(len(person), day(2025, 1, 15))
    return {
        "NIK": written_niks(population, person),
        "NO_KK": cells.digits(seen(population, person, when).card, 16),
        "NAMA": written_names(rng, population, person),
    }


def written_niks(population: Population, person: Ints) -> pa.Array:
    """The NIK of people, empty for those who have none."""
    nik = population.numbers.nik[person]
    return cells.digits(nik, 16, empty=nik == 0)


def written_names(rng: np.random.Generator, population: Population, person: Ints) -> pa.Array:
    """Names in capitals, some in another spelling."""
    return plain_names(rng, population.lexicon, population.names.words[person], 0.03)
