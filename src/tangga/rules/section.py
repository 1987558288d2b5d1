"""One table of a policy file, read key by key; what is wrong is noted with its line.

Every reading gives a value of the right type. Where there is none, the mistake is noted and a
blank comes back, so that all mistakes of a file are found in one go; nothing built from blanks
leaves the loader, since loading then raises.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any, TypeVar

from tangga.registry.mistakes import Mistakes, nearest
from tangga.registry.model import NAME, CodeList
from tangga.rules.conditions import Condition
from tangga.rules.names import Names
from tangga.rules.parse import read_condition
from tangga.rules.parse_values import LARGEST
from tangga.rules.policy import Labels, Place
from tangga.rules.toml_file import Spot, TomlFile

T = TypeVar("T")
WORDS = {
    str: "text",
    int: "a whole number",
    bool: "true or false",
    list: "a list",
    dict: "a table",
    date: "a day such as 2026-01-31",
}


@dataclass(frozen=True)
class Words:
    """What a policy may speak of: the languages and code lists of the pack, and the facts."""

    languages: Sequence[str]
    codes: Mapping[str, CodeList]
    names: Names


@dataclass(frozen=True)
class Section:
    """A table of a file: what it says, and where it stands."""

    data: Mapping[str, Any]
    spot: Spot
    words: Words

    @classmethod
    def whole(cls, file: TomlFile, words: Words) -> Section:
        """A file's outermost table."""
        return cls(file.data, file.top, words)

    @property
    def file(self) -> Path:
        """The file in which it stands."""
        return self.spot.file.path

    @property
    def place(self) -> Place:
        """File and line of its header."""
        return Place(self.file, self.spot.line)

    @property
    def mistakes(self) -> Mistakes:
        """Where mistakes are noted."""
        return self.spot.file.mistakes

    def wrong(self, key: str, what: str, todo: str | None = None) -> None:
        """Note a mistake at a key (at the table itself where the key is not there)."""
        self.spot.at(key).wrong(what, todo=todo)

    def check_keys(self, *known: Iterable[str]) -> None:
        """Note every key that is in none of these."""
        self.spot.check_keys(self.data, {key for some in known for key in some})

    def take(self, key: str, kind: type[T], default: T) -> T:
        """The value of a key; the default where it is left out or of another type (noted)."""
        if key not in self.data:
            return default
        value = self.data[key]
        if fits(value, kind):
            return value  # type: ignore[no-any-return]
        self.wrong(key, f"{key} must be {WORDS[kind]}, not {shown(value)}")
        return default

    def need(self, key: str, kind: type[T], blank: T) -> T:
        """The value of a key that may not be left out."""
        if key not in self.data:
            self.spot.wrong(f"{self.called}lacks {key}")
        return self.take(key, kind, blank)

    @property
    def called(self) -> str:
        """`version '2025' ` in a list of named tables; empty for a file."""
        words = [key for key in self.spot.path if isinstance(key, str)]
        if not words:
            return ""
        return f"{words[-1]} {self.data['id']!r} " if "id" in self.data else f"{words[-1]} "

    def text(self, key: str, default: str | None = None) -> str:
        """Words that are not blank; default None: it must be there."""
        value = self.need(key, str, "-") if default is None else self.take(key, str, default)
        if not value.strip() and key in self.data:
            self.wrong(key, f"{key} is blank")
        return value.strip()

    def name(self, key: str) -> str:
        """A name: lower-case letters, digits and _."""
        value = self.text(key)
        if key in self.data and not NAME.fullmatch(value):
            self.wrong(key, f"{value!r}: names are lower-case letters, digits and _")
        return value

    def day(self, key: str) -> date:
        """A day that must be there."""
        return self.need(key, date, date.min)

    def whole_number(
        self, key: str, default: int | None = None, *, low: int = 0, high: int = LARGEST
    ) -> int:
        """A whole number from `low` to `high`; default None: it must be there."""
        value = self.need(key, int, low) if default is None else self.take(key, int, default)
        if key in self.data and not low <= value <= high:
            most = "least" if value < low else "most"
            self.wrong(key, f"{key} must be at {most} {low if value < low else high}, not {value}")
        return value

    def most(self, key: str) -> int | None:
        """An upper bound of at least 1; None where it is left out."""
        return self.whole_number(key, 1, low=1) if key in self.data else None

    def flag(self, key: str, default: bool = False) -> bool:
        """True or false."""
        return self.take(key, bool, default)

    def choice(self, key: str, choices: Iterable[str], default: str | None = None) -> str:
        """One of a few words; default None: it must be there."""
        choices = list(choices)
        value = self.text(key, default)
        if key in self.data and value not in choices:
            self.wrong(key, f"{key} cannot be {value!r}", nearest(value, choices))
        return value

    def code(self, key: str, code_list: str, default: str | None = None) -> str:
        """A code of one of the pack's lists."""
        return self.choice(key, self.codes(code_list), default)

    def codes(self, code_list: str) -> list[str]:
        """The codes of a list; [] (and a mistake) in a pack that has no such list."""
        if code_list in self.words.codes:
            return list(self.words.codes[code_list].codes)
        self.spot.wrong(f"the pack has no code list {code_list!r}")
        return []

    def several(self, key: str, choices: Iterable[str]) -> tuple[str, ...]:
        """A list of different words, each one of those given; () where it is left out."""
        choices = list(choices)
        words = self.take(key, list, [])
        for n, word in enumerate(words):
            if word not in choices:
                todo = nearest(str(word), choices)
                self.spot.at(key, n).wrong(f"{key} cannot hold {word!r}", todo=todo)
        if len(set(map(str, words))) < len(words):
            self.wrong(key, f"{key} holds a word twice")
        return tuple(str(word) for word in words)

    def labels(self, default: Labels | None = None) -> Labels:
        """The words in every language of the pack; default: what stands where one is left out."""
        given = default or {}
        return {
            language: self.text(f"label_{language}", given.get(language))
            for language in self.words.languages
        }

    def labels_of(self, code_list: str, code: str) -> Labels:
        """The words of a code, where the list has it; else the code itself in every language."""
        listed = self.words.codes.get(code_list)
        if listed is not None and code in listed:
            return listed.codes[code].labels
        return dict.fromkeys(self.words.languages, code)

    @property
    def label_keys(self) -> set[str]:
        """`label_id`, `label_en` ...: one a language of the pack."""
        return {f"label_{language}" for language in self.words.languages}

    def translated(self, stem: str) -> Labels:
        """`STEM_id`, `STEM_en` ...: all or none; {} where there is none."""
        keys = {language: f"{stem}_{language}" for language in self.words.languages}
        if not any(key in self.data for key in keys.values()):
            return {}
        return {language: self.text(key) for language, key in keys.items()}

    def condition(self, key: str, subject: str) -> Condition | None:
        """The condition of a key that must be there; None where it is wrong (noted)."""
        if key not in self.data:
            self.spot.wrong(f"{self.called}lacks {key}")
            return None
        return read_condition(self.data[key], self.words.names, subject, self.spot.at(key))

    def tables(self, key: str) -> list[Section]:
        """The tables of a list `[[key]]`; [] where it is left out."""
        listed = self.take(key, list, [])
        if not all(isinstance(one, dict) for one in listed):
            self.wrong(key, f"{key} must be written as [[{key}]]")
            return []
        return [Section(one, self.spot.at(key, n), self.words) for n, one in enumerate(listed)]

    def table(self, key: str) -> Section | None:
        """The table of a key; None where it is left out."""
        if key not in self.data:
            return None
        return Section(self.take(key, dict, {}), self.spot.at(key), self.words)


def fits(value: object, kind: type) -> bool:
    """Whether a value of TOML is of a type: a boolean is no number, a time is no day."""
    if kind is not bool and isinstance(value, bool):
        return False
    if kind is date and isinstance(value, datetime):
        return False
    return isinstance(value, kind)


def shown(value: object) -> str:
    """A value as the file has it, shortly."""
    if isinstance(value, bool):
        return str(value).lower()
    return repr(value) if isinstance(value, str) else str(value)[:60]


def told_apart(sections: Sequence[Section], ids: Sequence[str]) -> None:
    """Note every id that stands twice among sections of one list."""
    for n, (section, id_) in enumerate(zip(sections, ids, strict=True)):
        if id_ in ids[:n]:
            section.wrong("id", f"{id_!r} stands twice")
