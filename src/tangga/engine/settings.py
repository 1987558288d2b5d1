"""Reads a TOML file whose keys are all known, and reports all its mistakes together."""

from __future__ import annotations

import difflib
import re
import tomllib
from collections.abc import Iterable
from datetime import date, datetime
from pathlib import Path
from typing import Any

from tangga.errors import BadPack
from tangga.registry.toml_limits import parse_toml


def nearest(word: str, known: Iterable[str]) -> str | None:
    """The known word that looks most like this one, or None when none does."""
    by_folded = {folded(name): name for name in sorted(known, reverse=True)}
    if folded(word) in by_folded:
        return by_folded[folded(word)]
    near = difflib.get_close_matches(folded(word), by_folded, n=1, cutoff=0.6)
    return by_folded[near[0]] if near else None


def folded(word: str) -> str:
    """A name without case, blanks and signs: `Nama KK ` and `nama_kk` are one."""
    return re.sub(r"[\W_]+", "", word).casefold()


def read_date(value: Any) -> date | None:
    """A TOML date, or text such as `2026-01-31`; None for anything else."""
    if isinstance(value, datetime):
        return None
    if isinstance(value, date):
        return value
    try:
        return date.fromisoformat(value)
    except (TypeError, ValueError):
        return None


class Settings:
    """One TOML file while it is being read.

    `mistake` gathers what is wrong; `finish` raises BadPack with all of it, or does nothing.
    """

    def __init__(self, file: Path) -> None:
        self.file = file
        self.mistakes: list[str] = []
        self.text = _read_text(file)
        try:
            self.data = parse_toml(self.text)
        except tomllib.TOMLDecodeError as error:
            raise BadPack(f"not valid TOML: {error}", file=file) from error

    def check_keys(self, data: dict[str, Any], known: Iterable[str], *, within: str = "") -> None:
        """Every key that is not known is a mistake, with the nearest that is."""
        known = list(known)
        for key in data:
            if key not in known:
                where = f" in [{within}]" if within else ""
                self.mistake(key, f"unknown key {key!r}{where}", todo=suggestion(key, known))

    def mistake(self, key: str, what: str, *, todo: str | None = None) -> None:
        """Remember one thing that is wrong, with the line where the key stands."""
        line = self.line_of(key)
        where = f"line {line}, {key}" if line else key
        self.mistakes.append(f"{where}: {what}" + (f". {todo}" if todo else ""))

    def line_of(self, key: str) -> int | None:
        """The first line that sets this key (or opens a table of this name)."""
        pattern = re.compile(rf"""\s*\[?\s*["']?{re.escape(key)}["']?\s*[=\]]""")
        for number, line in enumerate(self.text.splitlines(), start=1):
            if pattern.match(line):
                return number
        return None

    def take(self, key: str, kind: type, default: Any = None, *, required: bool = False) -> Any:
        """The value of a key, checked to be of this Python type."""
        if key not in self.data:
            if required:
                self.mistake(key, "is missing")
            return default
        value = self.data[key]
        wrong_bool = isinstance(value, bool) and kind is not bool
        if wrong_bool or not isinstance(value, kind):
            self.mistake(key, f"must be {TYPE_WORDS[kind]}, not {value!r}")
            return default
        return value

    def choose(self, key: str, choices: Iterable[str], default: str | None = None) -> str | None:
        """The value of a key that must be one of a few words."""
        value = self.take(key, str, default)
        choices = list(choices)
        if value is not None and value not in choices:
            self.mistake(key, f"cannot be {value!r}", todo=suggestion(value, choices))
            return default
        return value

    def finish(self) -> None:
        """Raise BadPack when anything was wrong: one sentence a mistake."""
        if len(self.mistakes) == 1:
            raise BadPack(self.mistakes[0], file=self.file)
        if self.mistakes:
            listed = "".join(f"\n  {mistake}" for mistake in self.mistakes)
            raise BadPack(f"{len(self.mistakes)} mistakes:{listed}", file=self.file)


TYPE_WORDS = {str: "text", int: "a whole number", list: "a list", dict: "a table"}


def suggestion(word: str, known: Iterable[str]) -> str | None:
    """`Did you mean 'files'?`, or the words that are known when none is near."""
    known = list(known)
    near = nearest(word, known)
    if near:
        return f"Did you mean {near!r}?"
    return f"Known: {', '.join(known)}" if known else None


def _read_text(file: Path) -> str:
    try:
        return file.read_text(encoding="utf-8-sig")
    except FileNotFoundError:
        raise BadPack("this file does not exist", file=file) from None
    except UnicodeDecodeError:
        raise BadPack("not UTF-8 text", file=file, todo="Save it as UTF-8") from None
