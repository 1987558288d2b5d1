"""How a name gets written: variants, abbreviations, titles, words lost, letters wrong."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from tangga.synthetic.dates import day
from tangga.synthetic.draw import Ints, Mask, chance
from tangga.synthetic.families import People
from tangga.synthetic.flags import Flags
from tangga.synthetic.lexicon import Lexicon
from tangga.synthetic.naming import Names

WIDEST = 60


@dataclass(frozen=True)
class Habits:
    """How often a source writes names in each way (shares of its records)."""

    former: float = 0.4  # of those who changed their name
    spelling: float = 0.055
    abbreviation: float = 0.18  # of names whose first word has a short form
    lost_word: float = 0.022
    initial: float = 0.012
    swapped: float = 0.004
    nickname: float = 0.008
    title: float = 0.5  # of those who have one
    patronymic: float = 0.006
    typo: float = 0.02
    width: int = 0  # cut here; 0: never
    title_case: bool = False


def write_names(
    rng: np.random.Generator,
    lexicon: Lexicon,
    names: Names,
    people: People,
    rows: Ints,
    habits: Habits,
    flags: Flags,
) -> pa.Array:
    """The name of each record as its source writes it; marks what was done in flags."""
    words = names.words[rows].copy()
    former = chance(rng, habits.former, len(rows)) & (names.former[rows] != words).any(axis=1)
    words[former] = names.former[rows[former]]
    flags.mark("changed_name", former)
    flags.mark("mononym", words[:, 1] < 0)
    flags.mark("namesake", names.namesake[rows])
    _respell(rng, lexicon, words, people.birth[rows] < day(1962), habits, flags)
    _lose_words(rng, lexicon, words, habits, flags)
    before, after = _trimmings(rng, lexicon, names, people, rows, habits, flags)
    text = joined(lexicon, [before, *words.T, after])
    text = _mistype(rng, text, chance(rng, habits.typo, len(rows)), flags)
    return _finished(text, habits, flags)


def plain_names(
    rng: np.random.Generator, lexicon: Lexicon, words: np.ndarray, spelling: float = 0.0
) -> pa.Array:
    """Names in capitals with the odd other spelling (of mothers, payees)."""
    words = words.copy()
    rows = np.flatnonzero(chance(rng, spelling, len(words)))
    words[rows, 0] = lexicon.slips.draw(rng, words[rows, 0])
    return pc.utf8_upper(joined(lexicon, list(words.T)))


def joined(lexicon: Lexicon, columns: list[Ints]) -> pa.Array:
    """Words with blanks between them; -1 is no word."""
    texts = pa.array(lexicon.texts)
    taken = [texts.take(pa.array(column, mask=column < 0)) for column in columns]
    return pc.binary_join_element_wise(*taken, " ", null_handling="skip")


def _respell(
    rng: np.random.Generator,
    lexicon: Lexicon,
    words: np.ndarray,
    old: Mask,
    habits: Habits,
    flags: Flags,
) -> None:
    n = len(words)
    count = (words >= 0).sum(axis=1)
    slot = (rng.random(n) * count).astype(np.int64)
    # The old are written in the old spelling more often than others are misspelt.
    chosen = np.flatnonzero(chance(rng, np.where(old, 2.0, 1.0) * habits.spelling, n))
    for rows, variants in (
        (chosen[old[chosen]], lexicon.old_spellings),
        (chosen[~old[chosen]], lexicon.slips),
    ):
        word = words[rows, slot[rows]]
        words[rows, slot[rows]] = variants.draw(rng, word)
        flags.mark("spelling", rows[words[rows, slot[rows]] != word])
    short = np.flatnonzero(chance(rng, habits.abbreviation, n) & (count > 1))
    known = short[words[short, 0] < len(lexicon.abbreviations.count)]
    word = words[known, 0]
    words[known, 0] = lexicon.abbreviations.draw(rng, word)
    flags.mark("abbreviation", known[words[known, 0] != word])


def _lose_words(
    rng: np.random.Generator, lexicon: Lexicon, words: np.ndarray, habits: Habits, flags: Flags
) -> None:
    n = len(words)
    count = (words >= 0).sum(axis=1)
    lost = (count > 1) & chance(rng, habits.lost_word * (count - 1), n)
    slot = np.where(chance(rng, 0.75, n), count - 1, 0)
    rows = np.flatnonzero(lost)
    words[rows, slot[rows]] = -1
    flags.mark("short_name", lost)
    whole = (count > 1) & ~lost
    initial = np.flatnonzero(whole & chance(rng, habits.initial, n))
    last = count[initial] - 1
    known = words[initial, last] < len(lexicon.initials)
    initial, last = initial[known], last[known]
    words[initial, last] = lexicon.initials[words[initial, last]]
    flags.mark("abbreviation", initial)
    swapped = np.flatnonzero(whole & chance(rng, habits.swapped, n))
    words[swapped, 0], words[swapped, 1] = words[swapped, 1], words[swapped, 0].copy()
    flags.mark("swapped_words", swapped)
    called = np.flatnonzero(chance(rng, habits.nickname, n) & (words[:, 0] >= 0))
    source = np.where(count[called] > 1, words[called, np.maximum(count[called] - 1, 0)], -1)
    source = np.where((source < 0) | chance(rng, 0.6, len(called)), words[called, 0], source)
    known = source < len(lexicon.nicknames)
    called, source = called[known], source[known]
    words[called] = -1
    words[called, 0] = lexicon.nicknames[source]
    flags.mark("nickname", called[(count[called] > 1) | (words[called, 0] != source)])


def _trimmings(
    rng: np.random.Generator,
    lexicon: Lexicon,
    names: Names,
    people: People,
    rows: Ints,
    habits: Habits,
    flags: Flags,
) -> tuple[Ints, Ints]:
    """Titles before and after the name, and bin or binti with the father's first word."""
    n = len(rows)
    titles = lexicon.data["titles"]
    shown = chance(rng, habits.title, n)
    kind = np.where(shown, names.title[rows], 0)
    before = np.full(n, -1, dtype=np.int64)
    after = np.full(n, -1, dtype=np.int64)
    hajj = lexicon.words(titles["hajj"])
    front, back = lexicon.words(titles["before"]), lexicon.words(titles["after"])
    before = np.where(kind == 1, hajj[people.sex[rows]], before)
    before = np.where(kind == 2, front[rows % len(front)], before)
    after = np.where(kind == 3, back[rows % len(back)], after)
    father = people.father[rows]
    named = np.flatnonzero((father >= 0) & chance(rng, habits.patronymic, n) & (kind == 0))
    pairs = names.words[father[named], 0] * 2 + people.sex[rows[named]]
    known, inverse = np.unique(pairs, return_inverse=True)
    texts = [f"{('bin', 'binti')[p % 2]} {lexicon.texts[p // 2]}" for p in known]
    after[named] = lexicon.words(texts)[inverse] if len(named) else -1
    flags.mark("title", (before >= 0) | (after >= 0))
    return before, after


def _mistype(rng: np.random.Generator, text: pa.Array, which: Mask, flags: Flags) -> pa.Array:
    """One letter lost, doubled, exchanged with its neighbour or taken for another."""
    rows = np.flatnonzero(which)
    if not len(rows):
        return text
    found = np.array(text.take(pa.array(rows)).to_pylist(), dtype=f"S{WIDEST}")
    letters = found.view(np.uint8).reshape(len(rows), WIDEST)
    length = np.maximum(np.char.str_len(found), 3)
    at = 1 + (rng.random(len(rows)) * (length - 2)).astype(np.int64)
    kind = rng.integers(0, 4, len(rows))
    wrong = _edited(letters, at, kind).view(f"S{WIDEST}").ravel()
    flags.mark("typo", rows[wrong != found])
    changed = pa.array([value.decode() for value in wrong.tolist()], type=pa.string())
    return pc.replace_with_mask(text, pa.array(which), changed)


def _edited(letters: np.ndarray, at: Ints, kind: Ints) -> np.ndarray:
    """letters: (names, WIDEST) bytes. kind: 0 lost, 1 doubled, 2 exchanged, 3 another."""
    column = np.arange(WIDEST)[None, :]
    place, what = at[:, None], kind[:, None]
    right = np.pad(letters[:, 1:], ((0, 0), (0, 1)))
    left = np.pad(letters[:, :-1], ((0, 0), (1, 0)))
    edited = np.where((what == 0) & (column >= place), right, letters)
    edited = np.where((what == 1) & (column > place), left, edited)
    edited = np.where((what == 2) & (column == place) & (right != 0), right, edited)
    edited = np.where((what == 2) & (column == place + 1) & (letters != 0), left, edited)
    return np.where((what == 3) & (column == place), _LOOKALIKE[letters], edited).astype(np.uint8)


def _lookalikes() -> np.ndarray:
    table = np.arange(256, dtype=np.uint8)
    pairs = "ae ea io oi uy nm mn dt td bp pb rl lr kg gk sz zs hn yi jy wu vf fv cs"
    for pair in pairs.split():
        table[ord(pair[0])] = ord(pair[1])
        table[ord(pair[0].upper())] = ord(pair[1].upper())
    return table


_LOOKALIKE = _lookalikes()


def _finished(text: pa.Array, habits: Habits, flags: Flags) -> pa.Array:
    if habits.width:
        flags.mark("truncated_name", pc.utf8_length(text).to_numpy() > habits.width)
        text = pc.utf8_rtrim_whitespace(pc.utf8_slice_codeunits(text, 0, habits.width))
    return text if habits.title_case else pc.utf8_upper(text)
