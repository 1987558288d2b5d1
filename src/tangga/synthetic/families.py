"""Families and their members: who lives with whom, how old, on one day.

Everything is columns: a family or a person is a position, and there is no loop over people.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from tangga.synthetic.dates import day
from tangga.synthetic.draw import NEVER, Dice, Ints, Mask, chance, weighted
from tangga.synthetic.places import Places

TODAY = day(2026, 1, 31)

HEAD, SPOUSE, CHILD, PARENT, GRANDCHILD, OTHER, CHILD_IN_LAW = range(7)
"""Relation to the head."""

CHILDREN = 7
SLOTS = 2 + CHILDREN + 3  # head, spouse, children, parent, grandchild, other

HEAD_AGES = [3, 8, 11, 13, 13, 12, 11, 9, 7, 5, 4, 2, 2]  # from 20, by fives
WANTED_CHILDREN = [8, 18, 33, 22, 11, 5, 2, 1]


@dataclass
class Families:
    """One position a family. Days are days since 1970; NEVER: it did not happen."""

    village: Ints
    old_village: Ints
    moved: Ints  # the day on which it left old_village
    kk: Ints
    old_kk: Ints
    kk_changed: Ints
    head_kk: Ints  # 0, or the number of the head's own card (two cards of one family)
    host: Ints  # -1, or the family on whose card this one stands
    formed: Ints  # the day on which its head (and spouse) left the parents; long ago if not
    group: Ints  # people it belongs to: index into the lexicon's groups
    welfare: np.ndarray  # 0 the poorest, 1 the richest
    non_desa: Mask  # lives outside any village (forest register)
    standing: np.ndarray  # what an office can know of the logarithm of consumption
    consumption: Ints  # rupiah per head and month; 0 where nobody is left alive

    def __len__(self) -> int:
        return len(self.village)


@dataclass
class People:
    """One position a person. father, mother, old_family: -1 when not among us."""

    family: Ints
    role: Ints
    sex: Ints  # 0 male, 1 female
    birth: Ints  # the official date, which for the old is often a guess
    death: Ints
    father: Ints
    mother: Ints
    old_family: Ints  # the parents' family that a young adult has left
    twin: Mask

    def __len__(self) -> int:
        return len(self.family)


def make_families(dice: Dice, places: Places) -> tuple[Families, People]:
    """Families with their members, as many people as the places are to have."""
    people = int(places.people.sum())
    rng = dice.stream("families")
    births, present, sexes, twins = _draw_members(rng, int(people / 2.4) + 50)
    ends = np.cumsum(present.sum(axis=1))
    count = int(np.searchsorted(ends, people)) + 1
    family, slot = np.nonzero(present[:count])
    family, slot = family[:people].astype(np.int32), slot[:people]
    found = People(
        family=family,
        role=_role(slot),
        sex=sexes[family, slot],
        birth=births[family, slot].astype(np.int32),
        death=np.full(people, NEVER),
        father=np.full(people, -1, dtype=np.int32),
        mother=np.full(people, -1, dtype=np.int32),
        old_family=np.full(people, -1, dtype=np.int32),
        twin=twins[family, slot],
    )
    found.twin = _both_twins(found)
    _set_parents(found, count)
    _heap_dates(dice.stream("heaping"), found)
    return _settle(dice.stream("settle"), places, found, count), found


def head_of(people: People, families: int) -> Ints:
    """The position of each family's head."""
    heads = np.flatnonzero(people.role == HEAD)
    found = np.full(families, -1, dtype=np.int32)
    found[people.family[heads]] = heads
    return found


def spouse_of(people: People, families: int) -> Ints:
    """The position of each head's spouse, -1 without."""
    spouses = np.flatnonzero(people.role == SPOUSE)
    found = np.full(families, -1, dtype=np.int32)
    found[people.family[spouses]] = spouses
    return found


def _draw_members(
    rng: np.random.Generator, n: int
) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Birth day, presence, sex and twinhood of each slot of n families."""
    age = 20 + 5 * weighted(rng, HEAD_AGES, n) + 5 * rng.random(n)
    couple = chance(rng, np.select([age < 25, age < 60, age < 70], [0.62, 0.88, 0.72], 0.48), n)
    head_sex = np.where(couple, 0, chance(rng, np.where(age < 30, 0.4, 0.7), n)).astype(np.int8)
    spouse_age = np.maximum(age - rng.normal(4, 3.2, n), 17.2 + 2 * rng.random(n))
    mother_age = np.where(couple, spouse_age, np.where(head_sex == 1, age, age - 4))
    ages = np.full((n, SLOTS), -1.0)
    ages[:, 0] = age
    ages[:, 1] = np.where(couple, spouse_age, -1)
    parental = couple | (head_sex == 1) | chance(rng, 0.3, n)
    ages[:, 2 : 2 + CHILDREN], twins = _children(rng, np.where(parental, mother_age, -1))
    ages[:, -3] = np.where(chance(rng, 0.07, n) & (age < 62), age + 18 + 18 * rng.random(n), -1)
    ages[:, -2] = np.where(chance(rng, 0.06, n) & (age > 47), 13 * rng.random(n), -1)
    ages[:, -1] = np.where(chance(rng, 0.04, n), 3 + 40 * rng.random(n), -1)
    sexes = chance(rng, 0.5, n * SLOTS).reshape(n, SLOTS).astype(np.int8)
    sexes[:, 0], sexes[:, 1] = head_sex, 1 - head_sex
    sexes[:, -3] = chance(rng, 0.68, n)
    alike = twins & (rng.random((n, SLOTS)) < 0.65)
    sexes[:, 1:] = np.where(alike[:, 1:], sexes[:, :-1], sexes[:, 1:])
    births = np.floor(TODAY - ages * 365.25)
    births[:, 1:] = np.where(twins[:, 1:], births[:, :-1], births[:, 1:])
    return births, ages >= 0, sexes, twins


def _children(rng: np.random.Generator, mother_age: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Ages of the children who still live with their parents (-1: none), and who is a twin."""
    n = len(mother_age)
    first = np.clip(17.5 + rng.gamma(2.0, 2.4, n), 17.5, 38)
    gaps = 1.4 + rng.gamma(2.0, 1.3, (n, CHILDREN))
    gaps[:, 0] = 0
    second_of_twins = rng.random((n, CHILDREN)) < 0.02
    second_of_twins[:, 0] = False
    gaps[second_of_twins] = 0
    at_birth = first[:, None] + np.cumsum(gaps, axis=1)
    ages = mother_age[:, None] - at_birth
    wanted = weighted(rng, WANTED_CHILDREN, n)[:, None]
    leaves = 18 + rng.gamma(2.0, 3.2, (n, CHILDREN))
    leaves[:, 1:] = np.where(second_of_twins[:, 1:], leaves[:, :-1], leaves[:, 1:])
    there = (np.arange(CHILDREN) < wanted) & (ages >= 0) & (ages < leaves) & (at_birth < 46)
    there[:, 1:] |= second_of_twins[:, 1:] & there[:, :-1]
    second_of_twins[:, 1:] &= there[:, :-1]
    twins = np.zeros((n, SLOTS), dtype=bool)
    twins[:, 2 : 2 + CHILDREN] = second_of_twins
    return np.where(there, ages, -1), twins


def _role(slot: np.ndarray) -> np.ndarray:
    roles = [HEAD, SPOUSE, *[CHILD] * CHILDREN, PARENT, GRANDCHILD, OTHER]
    return np.array(roles, dtype=np.int8)[slot]


def _both_twins(people: People) -> Mask:
    """Twins are those whose other half lives with them."""
    pair = np.zeros(len(people), dtype=bool)
    pair[1:] = (
        people.twin[1:]
        & (people.family[1:] == people.family[:-1])
        & (people.birth[1:] == people.birth[:-1])
    )
    return pair | np.append(pair[1:], False)


def _set_parents(people: People, families: int) -> None:
    """Children's parents are the head and the spouse; a head's parent lives as such."""
    head, spouse = head_of(people, families), spouse_of(people, families)
    child = people.role == CHILD
    for parent in (head, spouse):
        at = parent[people.family]
        known = child & (at >= 0)
        male = known & (people.sex[at] == 0)
        people.father[male] = at[male]
        female = known & (people.sex[at] == 1)
        people.mother[female] = at[female]
    elders = np.flatnonzero(people.role == PARENT)
    heads = head[people.family[elders]]
    column = people.sex[elders] == 1
    people.mother[heads[column]] = elders[column]
    people.father[heads[~column]] = elders[~column]


def _heap_dates(rng: np.random.Generator, people: People) -> None:
    """Nobody wrote down when the old were born: their official day is 31-12, 01-07 or 01-01."""
    n = len(people)
    years = people.birth.astype("datetime64[D]").astype("datetime64[Y]").astype(np.int64) + 1970
    share = np.select([years < 1950, years < 1965, years < 1980], [0.35, 0.18, 0.06], 0.004)
    month, on = np.array([[12, 7, 1], [31, 1, 1]])[:, weighted(rng, [5, 3, 3], n)]
    heaped = chance(rng, share, n) & ~people.twin
    start = ((years - 1970) * 12 + month - 1).astype("datetime64[M]").astype("datetime64[D]")
    day_of = start.astype(np.int64) + on - 1
    people.birth = np.where(heaped, np.minimum(day_of, TODAY - 30), people.birth).astype(np.int32)


def _settle(rng: np.random.Generator, places: Places, people: People, count: int) -> Families:
    """Give each family a village, so that villages have the people they should."""
    start = np.searchsorted(people.family, np.arange(count))
    village = np.searchsorted(np.cumsum(places.people), start, side="right")
    village = np.minimum(village, len(places) - 1).astype(np.int32)
    local = rng.normal(0, 0.35, len(places))[village]
    score = local + rng.normal(0, 1, count)
    rank = np.empty(count)
    rank[np.argsort(score, kind="stable")] = np.arange(count) / max(count, 1)
    none = np.zeros(count, dtype=np.int64)
    return Families(
        village=village,
        old_village=village.copy(),
        moved=np.full(count, -NEVER),
        kk=none.copy(),
        old_kk=none.copy(),
        kk_changed=np.full(count, -NEVER),
        head_kk=none.copy(),
        host=np.full(count, -1, dtype=np.int32),
        formed=np.full(count, -NEVER),
        group=np.zeros(count, dtype=np.int8),
        welfare=rank,
        non_desa=np.zeros(count, dtype=bool),
        standing=np.zeros(count),
        consumption=none.copy(),
    )
