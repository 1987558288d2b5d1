"""What happened to families between 2021 and today: marriages, moves, new cards, deaths.

A source shows people as they were when it looked, so every event has its day, and what was
true before it is kept beside what is true now.
"""

from __future__ import annotations

import numpy as np

from tangga.synthetic.dates import day
from tangga.synthetic.draw import NEVER, Dice, Ints, chance
from tangga.synthetic.families import (
    CHILD,
    TODAY,
    Families,
    People,
    head_of,
    spouse_of,
)
from tangga.synthetic.places import Places

START = day(2021, 1, 1)

MOVES = 0.09  # of families in five years
REISSUED = 0.12  # further families that got a new card number
SHARED_CARD = 0.24  # of new couples, who stay on the parents' card
TWO_CARDS = 0.015  # of couples: the head stands on a card of his own


def add_history(dice: Dice, places: Places, families: Families, people: People) -> None:
    """Fill the columns of events. Families and people stay as they are: the present."""
    _form(dice.stream("formed"), places, families, people)
    _move(dice.stream("moves"), places, families)
    _share_cards(dice.stream("cards"), families, people)
    _change_cards(dice.stream("cards changed"), families)
    _die(dice.stream("deaths"), people)


def _form(rng: np.random.Generator, places: Places, families: Families, people: People) -> None:
    """Young heads and their spouses left their parents' family, whose child they were."""
    head, spouse = head_of(people, len(families)), spouse_of(people, len(families))
    young = TODAY - people.birth[head] < 34 * 365
    eldest = np.full(len(families), TODAY, dtype=np.int64)
    child = np.flatnonzero(people.role == CHILD)
    np.minimum.at(eldest, people.family[child], people.birth[child])
    formed = eldest - rng.integers(120, 1100, len(families))
    recent = young & (formed > START) & chance(rng, 0.85, len(families))
    families.formed = np.where(recent, formed, -NEVER).astype(np.int32)
    for adults in (head[recent], spouse[recent & (spouse >= 0)]):
        _find_parents(rng, places, families, people, adults)


def _find_parents(
    rng: np.random.Generator, places: Places, families: Families, people: People, adults: Ints
) -> None:
    """The nearest family of the kecamatan whose mother is 18 to 40 years older."""
    head, spouse = head_of(people, len(families)), spouse_of(people, len(families))
    mother = np.where(spouse >= 0, spouse, head)
    able = (people.sex[mother] == 1) & (families.formed < START)
    stock = np.flatnonzero(able & (people.birth[mother] < day(1987)))
    district = places.district[families.village].astype(np.int64)
    key = district[stock] * 100_000 - people.birth[mother[stock]]
    order = np.argsort(key, kind="stable")
    stock, key = stock[order], key[order]
    adults = adults[chance(rng, 0.85, len(adults))]
    older = rng.integers(18 * 365, 36 * 365, len(adults))
    latest = day(1987) - rng.integers(1, 4 * 365, len(adults))
    born = np.minimum(people.birth[adults] - older, latest)
    wish = district[people.family[adults]] * 100_000 - born
    at = np.minimum(np.searchsorted(key, wish), len(stock) - 1)
    if len(stock) == 0:
        return
    found = np.abs(key[at] - wish) < 4 * 365
    adults, parents = adults[found], stock[at[found]]
    people.old_family[adults] = parents
    people.mother[adults] = mother[parents]
    father = np.where(people.sex[head[parents]] == 0, head[parents], -1)
    people.father[adults] = father


def _move(rng: np.random.Generator, places: Places, families: Families) -> None:
    """Some families lived elsewhere before: mostly in the same kabupaten."""
    n = len(families)
    moves = chance(rng, MOVES, n) & (len(places) > 1)
    anywhere = rng.integers(0, len(places), n)
    start = np.searchsorted(places.regency, places.regency)
    stop = np.searchsorted(places.regency, places.regency, side="right")
    near = start[families.village] + (rng.random(n) * (stop - start)[families.village]).astype(
        np.int64
    )
    origin = np.where(chance(rng, 0.65, n), near, anywhere)
    moves &= origin != families.village
    families.old_village = np.where(moves, origin, families.village).astype(np.int32)
    when = np.maximum(rng.integers(START, TODAY - 20, n), families.formed + 10)
    moves &= when < TODAY - 10
    families.moved = np.where(moves, when, -NEVER).astype(np.int32)
    families.old_village = np.where(moves, origin, families.village).astype(np.int32)


def _share_cards(rng: np.random.Generator, families: Families, people: People) -> None:
    """One card with two families: a couple that lives with the parents of the head."""
    head = head_of(people, len(families))
    parents = people.old_family[head]
    stays = (parents >= 0) & chance(rng, SHARED_CARD, len(families))
    families.host = np.where(stays, parents, -1).astype(np.int32)
    for column in (families.village, families.old_village, families.moved):
        column[stays] = column[parents[stays]]
    families.group[stays] = families.group[parents[stays]]


def _change_cards(rng: np.random.Generator, families: Families) -> None:
    """A move brings a new card number; so do births, deaths and errors of others."""
    n = len(families)
    moved = families.moved > -NEVER
    reissued = ~moved & chance(rng, REISSUED, n)
    when = rng.integers(START, TODAY - 20, n)
    after_move = np.minimum(families.moved.astype(np.int64) + rng.integers(0, 200, n), TODAY - 5)
    changed = np.select([moved, reissued], [after_move, when], -NEVER)
    families.kk_changed = changed.astype(np.int32)


def _die(rng: np.random.Generator, people: People) -> None:
    """Deaths since the first survey, by age (Gompertz, doubling every eight years)."""
    age = (TODAY - people.birth) / 365.25
    yearly = 0.0009 * np.exp(0.086 * np.maximum(age - 25, 0)) + 0.0008
    years = np.minimum(3.3, age * 0.9)
    dies = chance(rng, 1 - np.exp(-yearly * years), len(people))
    when = TODAY - rng.random(len(people)) * years * 365
    people.death = np.where(dies, when, NEVER).astype(np.int32)


def two_cards(rng: np.random.Generator, families: Families, people: People) -> np.ndarray:
    """Families whose head stands on another card than spouse and children."""
    spouse = spouse_of(people, len(families))
    return (spouse >= 0) & (families.host < 0) & chance(rng, TWO_CARDS, len(families))
