"""Words in both languages, and what the pack calls its columns, codes and areas."""

from __future__ import annotations

import csv
import gzip
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from functools import cached_property

from tangga.registry.model import Column, Pack
from tangga.texts import LANGUAGES, Language, catalogue, number, say


@dataclass(frozen=True)
class Words:
    """One thing said in Indonesian and in English."""

    id: str
    en: str

    def in_(self, language: Language) -> str:
        """The words in one language."""
        return self.id if language == "id" else self.en

    @classmethod
    def same(cls, text: object) -> Words:
        """What is the same in every language: a name, a number of identity."""
        return cls(str(text), str(text))


def words(key: str, **values: object) -> Words:
    """`explain.KEY` of the catalogue, filled in; values may be Words themselves."""

    def fill(language: Language) -> str:
        said = {k: v.in_(language) if isinstance(v, Words) else v for k, v in values.items()}
        return say(f"explain.{key}", language, **said)

    return Words(*(fill(language) for language in LANGUAGES))


def code_words(prefix: str, code: str) -> Words:
    """A code of the engine's own in words (`explain.PREFIX_CODE`); itself where it has none."""
    key = f"{prefix}_{code.replace(' ', '_')}"
    return words(key) if f"explain.{key}" in catalogue() else Words.same(code)


def joined(parts: Iterable[Words], between: Words | None = None) -> Words:
    """Several words in a row, with a comma or something else between them."""
    listed, sign = list(parts), between or Words.same(", ")
    return Words(sign.id.join(w.id for w in listed), sign.en.join(w.en for w in listed))


def bits(hundredths: int) -> Words:
    """Hundredths of a bit with a sign: +9,8 in Indonesian, +9.8 in English."""
    text = f"{hundredths / 100:+.1f}"
    return Words(text.replace(".", ","), text)


def about(value: float) -> Words:
    """A large number to two digits: 23.000 in Indonesian, 23,000 in English."""
    whole = round(value)
    size = max(0, len(str(whole)) - 2)
    rounded = round(whole, -size)
    return Words(*(number(rounded, language) for language in LANGUAGES))


@dataclass
class Labels:
    """What a pack calls things."""

    pack: Pack

    def column(self, table: str, name: str) -> Words:
        """The label of a column; its name where the pack does not know it."""
        column = self._column(table, name)
        return Words(column.label_id, column.label_en) if column else Words.same(name)

    def value(self, table: str, name: str, value: object) -> Words | None:
        """What a code or an area means; None for a value that speaks for itself."""
        column = self._column(table, name)
        if column is None or value is None:
            return None
        if column.codes is not None and value in column.codes:
            labels = column.codes.codes[str(value)].labels
            return Words(*(labels.get(language, str(value)) for language in LANGUAGES))
        if column.type == "area" and self._path(str(value)):
            return Words.same(", ".join(self._path(str(value))))
        return None

    def code(self, table: str, name: str, value: object) -> Words:
        """A code in words; itself where it has none."""
        return self.value(table, name, value) or Words.same(value)

    def learn_areas(self, codes: Iterable[object]) -> None:
        """Find the names of these areas and of those above them, in one pass over the file."""
        wanted = {str(c)[:n] for c in codes if c for n in range(2, len(str(c)) + 1)}
        wanted -= self._looked_up
        self._looked_up.update(wanted)
        file = self.pack.dir / "areas" / f"{self.pack.area_system}.csv.gz"
        if not wanted or not file.is_file():
            return
        with gzip.open(file, "rt", encoding="utf-8", newline="") as lines:
            # A row begins with its code: only the few that are wanted are taken apart.
            rows = csv.reader(line for line in lines if line[: line.find(",")] in wanted)
            self.names.update((row[0], row[1]) for row in rows)

    @cached_property
    def _looked_up(self) -> set[str]:
        """Codes once looked for, areas or not: the file is not read for them again."""
        return set()

    @cached_property
    def names(self) -> dict[str, str]:
        """Code -> name of the areas learnt so far."""
        return {}

    def _path(self, code: str) -> list[str]:
        """The area and those above it but the first, nearest first."""
        lengths = range(len(code), 2, -1)
        found = [self.names[code[:n]] for n in lengths if code[:n] in self.names]
        return found or [self.names[code]] if code in self.names else []

    def _column(self, table: str, name: str) -> Column | None:
        known = self.pack.tables.get(table)
        return known.columns.get(name) if known else None


def day(value: object) -> str:
    """A date as it is written everywhere here; a dash where there is none."""
    return value.isoformat() if isinstance(value, date) else "-"
