"""What people are called: three words at most, by sex, age and group, shared in families."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from tangga.synthetic.dates import day
from tangga.synthetic.draw import Dice, Ints, Mask, chance, rank_within, weighted
from tangga.synthetic.families import CHILD, Families, People, head_of
from tangga.synthetic.lexicon import Lexicon
from tangga.synthetic.places import Places

SEXES = ("male", "female")


@dataclass
class Names:
    """By person. words: (people, 3) numbers of the lexicon, -1 for none.

    former: the name before it was changed (equal to words for nearly all). mother: her words.
    title: 0 none, 1 hajj, 2 before the name, 3 after it. twins_alike, same_as_sibling: marks.
    """

    words: np.ndarray
    former: np.ndarray
    mother: np.ndarray
    title: Ints
    namesake: Mask


def make_names(
    dice: Dice, lexicon: Lexicon, places: Places, families: Families, people: People
) -> Names:
    """Name everybody; sets the families' group."""
    _set_groups(dice.stream("groups"), lexicon, places, families)
    rng = dice.stream("names")
    group = families.group[people.family]
    words = _draw_names(rng, lexicon, people.sex, people.birth, group)
    _family_words(rng, lexicon, families, people, words)
    _by_birth_order(lexicon, families, people, words)
    _name_twins(rng, lexicon, people, words)
    namesake = _name_after_siblings(rng, people, words)
    return Names(
        words=words,
        former=_former(rng, lexicon, people, group, words),
        mother=_mothers(rng, lexicon, people, group, words),
        title=_titles(rng, people),
        namesake=namesake,
    )


def _set_groups(
    rng: np.random.Generator, lexicon: Lexicon, places: Places, families: Families
) -> None:
    for regency in np.unique(places.regency):
        here = np.flatnonzero(places.regency[families.village] == regency)
        shares = lexicon.group_shares(str(regency))
        families.group[here] = weighted(rng, shares, len(here))


def _draw_names(
    rng: np.random.Generator, lexicon: Lexicon, sex: Ints, birth: Ints, group: Ints
) -> np.ndarray:
    """Names of strangers: by sex, age and group."""
    n = len(sex)
    old_style = chance(rng, np.clip((day(1992) - birth) / (25 * 365), 0.0, 0.96), n)
    era = np.digitize(birth, [day(1960), day(1985), day(2005)])
    two = np.array([0.62, 0.44, 0.17, 0.05])[era]
    three = np.array([0.95, 0.9, 0.68, 0.45])[era]
    u = rng.random(n)
    count = 1 + (u > two) + (u > three)
    words = np.full((n, 3), -1, dtype=np.int32)
    openers = lexicon.words(["Muhammad", "Siti", "Sri", "Nur", "Abdul", "Ahmad", "Andi"])
    key = (group.astype(np.int64) * 2 + sex) * 2 + old_style
    order = np.argsort(key, kind="stable")
    bounds = np.searchsorted(key[order], np.arange(len(lexicon.groups) * 4 + 1))
    for k in range(len(lexicon.groups) * 4):
        rows = order[bounds[k] : bounds[k + 1]]
        place, of = ("old" if k % 2 else "new"), SEXES[k // 2 % 2]
        first = lexicon.pool(place, of, lexicon.groups[k // 4])
        later = lexicon.pool("second_old" if k % 2 else "second", of, lexicon.groups[k // 4])
        words[rows, 0] = first.draw(rng, len(rows))
        # Modern middle words are first names as often as last ones (Putri Ayu Lestari).
        middle = first.draw(rng, len(rows))
        usual = np.isin(middle, openers) | (middle == words[rows, 0]) | chance(rng, 0.65, len(rows))
        words[rows, 1] = np.where(usual, later.draw(rng, len(rows)), middle)
        words[rows, 2] = later.draw(rng, len(rows))
    count = np.where(np.isin(words[:, 0], openers), np.maximum(count, 2), count)
    count = np.where(words[:, 2] == words[:, 1], np.minimum(count, 2), count)
    words[count < 2, 1] = -1
    words[count < 3, 2] = -1
    return words


def _family_words(
    rng: np.random.Generator,
    lexicon: Lexicon,
    families: Families,
    people: People,
    words: np.ndarray,
) -> None:
    """Siblings share a last word; some bear the father's; Batak bear the clan's."""
    child = people.role == CHILD
    head = head_of(people, len(families))[people.family]
    theme = rng.random(len(families)) < 0.25
    themed = child & theme[people.family] & (words[:, 1] >= 0)
    leader = _first_of(people.family * 2 + people.sex, themed)
    words[themed, 1] = words[leader[themed], 1]
    father = people.father
    named = child & (father >= 0) & chance(rng, 0.08, len(people)) & (words[:, 1] >= 0)
    words[named, 2] = words[father[named], 0]
    clan = child & (families.group[people.family] == lexicon.groups.index("batak"))
    last = np.where(words[:, 2] >= 0, 2, 1)
    words[clan, last[clan]] = words[head[clan], last[head[clan]]]


def _first_of(key: Ints, among: Mask) -> Ints:
    """For each row of `among`, the first such row with the same key."""
    rows = np.flatnonzero(among)
    found = np.zeros(len(key), dtype=np.int64)
    _, first, inverse = np.unique(key[rows], return_index=True, return_inverse=True)
    found[rows] = rows[first[inverse]]
    return found


def _by_birth_order(
    lexicon: Lexicon, families: Families, people: People, words: np.ndarray
) -> None:
    """Balinese first, second, third, fourth child: I Wayan ..., Ni Made ..."""
    bali = families.group[people.family] == lexicon.groups.index("bali")
    child = people.role == CHILD
    among = np.where(child, people.family.astype(np.int64), -1 - np.arange(len(people)))
    order = np.where(child, rank_within(among), people.birth % 4) % 4
    for sex, prefix in ((0, "I"), (1, "Ni")):
        given = lexicon.words(
            f"{prefix} {name}" for name in lexicon.data["birth_order"][SEXES[sex]]
        )
        rows = bali & (people.sex == sex)
        words[rows, 2] = -1
        words[rows, 1] = np.where(words[rows, 1] >= 0, words[rows, 1], words[rows, 0])
        words[rows, 0] = given[order[rows]]


def _name_twins(
    rng: np.random.Generator, lexicon: Lexicon, people: People, words: np.ndarray
) -> None:
    """Twins have names alike: Rina and Rini, with the same last word."""
    second = np.flatnonzero(people.twin[1:] & people.twin[:-1]) + 1
    second = second[people.birth[second] == people.birth[second - 1]]
    for sex in (0, 1):
        pairs = [pair.split() for pair in lexicon.data["twins"][SEXES[sex]]]
        table = np.array([lexicon.words(pair) for pair in pairs])
        rows = second[people.sex[second] == sex]
        rows = rows[chance(rng, 0.7, len(rows))]
        drawn = table[rng.integers(0, len(table), len(rows))]
        same = people.sex[rows - 1] == sex
        words[rows[same] - 1, 0] = drawn[same, 0]
        words[rows, 0] = drawn[:, 1]
    words[second, 1:] = words[second - 1, 1:]


def _name_after_siblings(rng: np.random.Generator, people: People, words: np.ndarray) -> Mask:
    """A few children bear exactly the name of the sibling before them, or of the father."""
    n = len(people)
    marks = np.zeros(n, dtype=bool)
    child = people.role == CHILD
    after = np.zeros(n, dtype=bool)
    after[1:] = child[1:] & child[:-1] & (people.family[1:] == people.family[:-1])
    after &= chance(rng, 0.0025, n) & ~people.twin
    rows = np.flatnonzero(after)
    words[rows] = words[rows - 1]
    marks[rows] = marks[rows - 1] = True
    junior = np.flatnonzero(
        child & (people.father >= 0) & (people.sex == 0) & chance(rng, 0.002, n)
    )
    words[junior] = words[people.father[junior]]
    marks[junior] = True
    marks[people.father[junior]] = True
    return marks


def _former(
    rng: np.random.Generator, lexicon: Lexicon, people: People, group: Ints, words: np.ndarray
) -> np.ndarray:
    """Names that were changed: a new last word, or an altogether other name."""
    changed = np.flatnonzero(chance(rng, 0.014, len(people)))
    fresh = _draw_names(rng, lexicon, people.sex[changed], people.birth[changed], group[changed])
    former = words.copy()
    wholly = chance(rng, 0.3, len(changed))
    former[changed[wholly]] = fresh[wholly]
    partly = changed[~wholly]
    former[partly, 1] = fresh[~wholly, 1]
    former[partly, 2] = -1
    return former


def _mothers(
    rng: np.random.Generator, lexicon: Lexicon, people: People, group: Ints, words: np.ndarray
) -> np.ndarray:
    """The mother's name; for those whose mother is not among us a name of her age."""
    n = len(people)
    drawn = _draw_names(rng, lexicon, np.ones(n, dtype=np.int8), people.birth - 25 * 365, group)
    known = people.mother >= 0
    drawn[known] = words[people.mother[known]]
    return drawn


def _titles(rng: np.random.Generator, people: People) -> Ints:
    adult = people.birth < day(2001)
    hajj = chance(rng, 0.05, len(people)) & (people.birth < day(1978))
    degree = adult & chance(rng, 0.03, len(people))
    return np.select([hajj, degree], [1, 2 + (people.birth % 4 > 0)], 0).astype(np.int8)
