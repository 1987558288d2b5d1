"""NIK and KK numbers, and the ways in which they are written wrongly."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from tangga.synthetic.dates import calendar, day, wrong_dates
from tangga.synthetic.draw import Dice, Ints, chance, rank_within, weighted
from tangga.synthetic.families import HEAD, TODAY, Families, People, head_of
from tangga.synthetic.history import two_cards
from tangga.synthetic.places import Places

NO_PAPERS = 0.021  # people who never had a NIK, infants and the very old apart
SECOND_NIK = 0.02
WRONG_INNER_DATE = 0.02  # the NIK keeps the date given at first, also when that was wrong

FOREIGN = [330200, 331200, 350200, 350400, 350500, 340300, 320500, 321100, 130600, 120700, 160300]
"""Kabupaten of which the older settlers come (their NIK was issued there)."""


@dataclass
class Numbers:
    """By person. 0 means none. nik_birth: the date inside the NIK."""

    nik: Ints
    second: Ints
    nik_birth: Ints


def make_numbers(dice: Dice, places: Places, families: Families, people: People) -> Numbers:
    """NIK of everybody, second ones, and the cards of the families (filled in place)."""
    rng = dice.stream("nik")
    n = len(people)
    differs = chance(rng, WRONG_INNER_DATE, n)
    other = wrong_dates(rng, people.birth, (4, 2, 3, 2))
    inner = np.where(differs & ~people.twin, other, people.birth)
    second = np.flatnonzero(chance(rng, SECOND_NIK, n) & (people.birth < day(2008)))
    region = np.concatenate(
        [_regions(rng, places, families, people), _regions(rng, places, families, people)[second]]
    )
    who = np.concatenate([np.arange(n), second])
    numbers = _niks(rng, region, np.concatenate([inner, people.birth[second]]), people.sex[who])
    seconds = np.zeros(n, dtype=np.int64)
    seconds[second] = numbers[n:]
    age = (TODAY - people.birth) / 365.25
    none = chance(rng, np.select([age < 1, age < 5, age > 75], [0.35, 0.06, 0.05], NO_PAPERS), n)
    none |= families.non_desa[people.family] & chance(rng, 0.85, n)
    seconds[none] = 0
    _cards(dice.stream("kk"), places, families, people)
    return Numbers(np.where(none, 0, numbers[:n]), seconds, inner.astype(np.int32))


def _regions(rng: np.random.Generator, places: Places, families: Families, people: People) -> Ints:
    """Where each NIK was issued: the first kecamatan, its mother kabupaten, or far away."""
    n = len(people)
    home = places.district[families.old_village[people.family]].astype(np.int64)
    old = people.old_family >= 0
    home[old] = places.district[families.old_village[people.old_family[old]]]
    elsewhere = home // 100 * 100 + rng.integers(1, 13, n)
    abroad = np.array(FOREIGN)[rng.integers(0, len(FOREIGN), n)] + rng.integers(1, 20, n)
    # Mesuji left Tulang Bawang in 2008; older numbers keep the code of the mother kabupaten.
    split = (home // 100 == 1811) & (people.birth < day(2008)) & chance(rng, 0.4, n)
    settler = (people.birth < day(1992)) & chance(rng, 0.22, n)
    region = np.select(
        [settler, split, chance(rng, 0.07, n)], [abroad, 180500 + home % 100 + 5, elsewhere], home
    )
    together = np.flatnonzero(people.twin[1:] & (people.birth[1:] == people.birth[:-1])) + 1
    region[together] = region[together - 1]
    return region


def _niks(rng: np.random.Generator, region: Ints, birth: Ints, sex: Ints) -> Ints:
    """PPKKCC DDMMYY SSSS, women day + 40, serial from 0001 by region and birthday."""
    year, month, on = calendar(birth)
    middle = (on + 40 * sex) * 10**4 + month * 100 + year % 100
    stem = region.astype(np.int64) * 10**6 + middle
    # Some serials were taken by people who live elsewhere now; a group shifts as a whole.
    shift = ((stem * 2654435761 + 12345) >> 7) % 100
    shift = np.where(shift < 14, shift % 5, 0)
    return stem * 10**4 + 1 + rank_within(stem) + shift


def _cards(rng: np.random.Generator, places: Places, families: Families, people: People) -> None:
    """Card numbers: region and day of issue, serial; guests stand on their host's card."""
    n = len(families)
    years = rng.integers(2006, 2021, n)
    issued = np.array([day(y) for y in range(2006, 2022)])[years - 2006] + rng.integers(0, 365, n)
    issued = np.where(families.formed > day(2006), families.formed + 60, issued)
    region = places.district[families.village].astype(np.int64)
    old_region = places.district[families.old_village].astype(np.int64)
    changed = families.kk_changed > day(2006)
    split = np.flatnonzero(two_cards(rng, families, people))
    stems = np.concatenate(
        [
            _card_stem(old_region, np.minimum(issued, TODAY - 9)),
            _card_stem(region, np.where(changed, families.kk_changed, issued)),
            _card_stem(region, issued)[split],
        ]
    )
    numbers = stems * 10**4 + 1 + rank_within(stems)
    families.old_kk = numbers[:n]
    families.kk = np.where(changed, numbers[n : 2 * n], families.old_kk)
    families.head_kk[split] = numbers[2 * n :]


def _card_stem(region: Ints, issued: Ints) -> Ints:
    year, month, on = calendar(issued)
    return region * 10**6 + on * 10**4 + month * 100 + year % 100


def mistyped(rng: np.random.Generator, numbers: Ints) -> Ints:
    """One digit wrong, or two neighbours swapped; never the first, never the same number."""
    n = len(numbers)
    place = 10 ** rng.integers(0, 14, n).astype(np.int64)
    low, high = numbers // place % 10, numbers // (place * 10) % 10
    swapped = numbers + (high - low) * place + (low - high) * place * 10
    wrong_digit = numbers + ((low + rng.integers(1, 10, n)) % 10 - low) * place
    return np.where(chance(rng, 0.3, n) & (low != high), swapped, wrong_digit)


def placeholder(rng: np.random.Generator, numbers: Ints, villages: Ints) -> Ints:
    """What clerks type when there is no number. villages: codes of 10 digits."""
    kind = weighted(rng, [560, 340, 75, 1, 2], len(numbers))
    choices = [
        np.zeros(len(numbers), dtype=np.int64),
        np.full(len(numbers), 9_999_999_999_999_999),
        villages * 10**6,
        np.full(len(numbers), 1_111_111_111_111_111),
        np.full(len(numbers), 1_234_567_890_123_456),
    ]
    return np.select([kind == k for k in range(5)], choices)


def of_head(people: People, niks: Ints, families: int) -> Ints:
    """The NIK of the head of each person's family; 0 for the head."""
    head = head_of(people, families)[people.family]
    return np.where(people.role == HEAD, 0, niks[head])
