"""The words of names: who bears which, how each is misspelt, abbreviated and called."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from importlib import resources
from typing import Any

import numpy as np

from tangga.synthetic.draw import Ints

MANY = 6
"""At most so many variants of a word are kept."""

COMMON = {"Muhammad": 3.0, "Siti": 2.5, "Sri": 2.5, "Nur": 2.0, "Ahmad": 2.0, "Abdul": 1.5}
"""Names far more frequent than their rank in the lists."""

OLD_SPELLING = [("u", "oe"), ("j", "dj"), ("c", "tj"), ("y", "j"), ("sy", "sj"), ("kh", "ch")]
SLIPS = [
    (r"f", "p"), (r"v", "f"), (r"p", "f"), (r"z", "j"), (r"z", "s"), (r"sy", "s"), (r"kh", "h"),
    (r"dh", "d"), (r"th", "t"), (r"h$", ""), (r"(?<=[aiu])h(?=[aiu])", ""), (r"i$", "y"),
    (r"y$", "i"), (r"([bcdfgklmnprst])\1", r"\1"), (r"(?<=[aiu])([nlstr])(?=[aiu])", r"\1\1"),
    (r"ai", "ae"), (r"iy", "i"), (r"ia", "iya"), (r"d$", "t"), (r"q", "k"), (r"ie", "i"),
    (r"o$", "a"), (r"e", "i"), (r"u", "o"), (r"g$", "k"), (r"ks", "x"), (r"w", "u"),
]  # fmt: skip


@dataclass(frozen=True)
class Pool:
    """Words to draw from, with cumulative weights."""

    words: Ints
    edges: np.ndarray

    def draw(self, rng: np.random.Generator, n: int) -> Ints:
        """n words."""
        at = np.searchsorted(self.edges, rng.random(n) * self.edges[-1], side="right")
        return self.words[at]


@dataclass(frozen=True)
class Variants:
    """For each word up to MANY other words that are written for it."""

    words: np.ndarray  # (words, MANY)
    count: Ints

    def draw(self, rng: np.random.Generator, of: Ints) -> Ints:
        """One variant of each word; the word itself where it has none."""
        count = self.count[of]
        at = (rng.random(len(of)) * count).astype(np.int64)
        return np.where(count > 0, self.words[of, np.minimum(at, MANY - 1)], of)


class Lexicon:
    """All words, numbered. `texts[i]` is word i; -1 stands for no word."""

    def __init__(self) -> None:
        file = resources.files("tangga.synthetic").joinpath("names.toml")
        self.data: dict[str, Any] = tomllib.loads(file.read_text(encoding="utf-8"))
        self.texts: list[str] = []
        self._number: dict[str, int] = {}
        self.groups = list(self.data["groups"]["default"])
        self._pools: dict[tuple[str, str, str, str], Pool] = {}

    def word(self, text: str) -> int:
        """The number of a word, new or known."""
        if text not in self._number:
            self._number[text] = len(self.texts)
            self.texts.append(text)
        return self._number[text]

    def words(self, texts: Iterable[str]) -> Ints:
        """The numbers of words."""
        return np.array([self.word(text) for text in texts], dtype=np.int32)

    def pool(self, place: str, sex: str, group: str) -> Pool:
        """place: old, new (first words) or second, second_old."""
        key = (place, sex, group, "")
        if key not in self._pools:
            self._pools[key] = self._make_pool(self._list(place, sex, group))
        return self._pools[key]

    def group_shares(self, regency: str) -> list[float]:
        """Weights of the groups in a kabupaten."""
        known = self.data["groups"]
        shares = known.get(regency) or known.get(regency[:2]) or known["default"]
        return [float(shares.get(group, 0)) for group in self.groups]

    def _list(self, place: str, sex: str, group: str) -> list[str]:
        if place == "second_old":
            return self.data["second"][sex]["old"].split()
        lists = self.data[place][sex]
        own, shared = lists.get(group, "").split(), lists["all"].split()
        if place == "old" and group == "jawa":
            built = self.data["built"][sex]
            own += [head + tail for head in built["heads"] for tail in built["tails"]]
            shared = shared[:20]
        mixed = [word for pair in zip(own, shared, strict=False) for word in pair]
        return list(dict.fromkeys([*mixed, *own, *shared]))

    def _make_pool(self, texts: list[str]) -> Pool:
        weight = 1 / (np.arange(len(texts)) + 3) ** 0.75
        weight *= [COMMON.get(text, 1.0) for text in texts]
        return Pool(self.words(texts), np.cumsum(weight))

    def fill(self) -> None:
        """Know every word that any pool holds, so that variants can be numbered."""
        for sex in ("male", "female"):
            for group in self.groups:
                for place in ("old", "new", "second", "second_old"):
                    self.pool(place, sex, group)

    @cached_property
    def slips(self) -> Variants:
        """Modern misspellings."""
        extra = {word: text.split() for word, text in self.data["spellings"].items()}
        return self._variants(SLIPS, extra)

    @cached_property
    def old_spellings(self) -> Variants:
        """Spellings from before 1972."""
        return self._variants(OLD_SPELLING, {})

    @cached_property
    def abbreviations(self) -> Variants:
        """Short forms, where the word has one."""
        short = {word: text.split() for word, text in self.data["abbreviations"].items()}
        return self._variants([], short)

    @cached_property
    def nicknames(self) -> Ints:
        """What each word's bearer is called."""
        base = list(self.texts)
        return self.words(self.data["nicknames"].get(text, _nickname(text)) for text in base)

    @cached_property
    def initials(self) -> Ints:
        """The first letter of each word."""
        base = list(self.texts)
        return self.words(text[:1] for text in base)

    def _variants(self, rules: list[tuple[str, str]], extra: dict[str, list[str]]) -> Variants:
        base = list(self.texts)
        table = np.full((len(base), MANY), -1, dtype=np.int32)
        count = np.zeros(len(base), dtype=np.int32)
        for number, text in enumerate(base):
            forms = [*extra.get(text, []), *respelt(text, rules)][:MANY]
            count[number] = len(forms)
            table[number, : len(forms)] = self.words(forms)
        return Variants(table, count)


def respelt(text: str, rules: list[tuple[str, str]]) -> list[str]:
    """The text with each rule applied alone, at its first place; only real changes."""
    plain = text.lower()
    forms = [re.sub(pattern, new, plain, count=1).title() for pattern, new in rules]
    return [form for form in dict.fromkeys(forms) if form.lower() != plain and len(form) > 1]


def _nickname(text: str) -> str:
    """The last two syllables: Suparman -> Parman, Yulianti -> Yanti."""
    found = re.search(r"[^aeiou ]?[aeiou]+[^aeiou ]*[aeiou]+[^aeiou ]*$", text.lower())
    return found.group().title() if found else text
