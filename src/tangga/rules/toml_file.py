"""A TOML file of policy, with the line on which each thing stands.

The parser of the standard library tells no lines, and an author of rules needs them. So the text
is read a second time, only for where each statement begins and ends.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property
from pathlib import Path
from typing import Any

from tangga.registry.mistakes import Mistakes, nearest

Keys = tuple[str | int, ...]
"""Keys and, into an array of tables, indices: ("version", 0, "requires", 2, "if")."""

KEY = re.compile(r"\"[^\"]*\"|'[^']*'|[A-Za-z0-9_-]+")
# One thing at a time of a statement: a whole string, a comment, a bracket, a line's end.
TOKEN = re.compile(
    r'"""(?:\\.|[^\\])*?"{3,5}|\'\'\'.*?\'{3,5}|"(?:\\.|[^"\\\n])*"|\'[^\'\n]*\'|#[^\n]*|[\[\]{}\n]',
    re.DOTALL,
)


@dataclass(frozen=True)
class TomlFile:
    """One file as read: numbers with a point are Decimals. Mistakes go to `mistakes`."""

    path: Path
    text: str
    data: Mapping[str, Any]
    mistakes: Mistakes

    @property
    def top(self) -> Spot:
        """The file as a whole."""
        return Spot(self, ())

    @cached_property
    def lines(self) -> Mapping[Keys, tuple[int, int]]:
        """First and last line of each header and of each `key = value`."""
        return dict(_places(self.text))

    def line(self, path: Keys, near: str = "") -> int | None:
        """The line of what stands at a path; with `near`, of that word within its lines.

        What stands inside a value is looked for from where that value begins. None for the top.
        """
        known = next((path[:n] for n in range(len(path), 0, -1) if path[:n] in self.lines), None)
        if known is None:
            return None
        first, last = self.lines[known]
        words = [near] if near else [str(key) for key in path[len(known) :] if isinstance(key, str)]
        return _line_with(self.text.splitlines(), first, last, words)


@dataclass(frozen=True)
class Spot:
    """A place in a file, to which a mistake can be pinned."""

    file: TomlFile
    path: Keys

    def at(self, *further: str | int) -> Spot:
        """What stands below: a key, or the nth of a list."""
        return Spot(self.file, (*self.path, *further))

    @property
    def line(self) -> int | None:
        """Its line; None for the file as a whole."""
        return self.file.line(self.path)

    def wrong(self, what: str, *, near: str = "", todo: str | None = None) -> None:
        """Note one mistake here; near: the very word that is wrong, to find its line."""
        self.file.mistakes.add(what, self.file.path, self.file.line(self.path, near), todo)

    def check_keys(self, data: Mapping[str, Any], known: Iterable[str]) -> bool:
        """Note every key that is not known, with the nearest that is; True when there is none."""
        names = set(known)
        unknown = [key for key in data if key not in names]
        for key in unknown:
            self.at(key).wrong(f"unknown key {key!r}", near=key, todo=nearest(key, names))
        return not unknown


def read_toml(path: Path, mistakes: Mistakes) -> TomlFile | None:
    """A file, or None (and a mistake) where it is not readable as TOML."""
    try:
        text = path.read_text(encoding="utf-8")
        return TomlFile(path, text, tomllib.loads(text, parse_float=Decimal), mistakes)
    except UnicodeDecodeError as error:
        mistakes.add(f"not readable as UTF-8: {error}", path, todo="Save it as UTF-8")
    except tomllib.TOMLDecodeError as error:
        found = re.search(r"at line (\d+)", str(error))
        mistakes.add(f"not readable as TOML: {error}", path, int(found[1]) if found else None)
    return None


def _places(text: str) -> Iterator[tuple[Keys, tuple[int, int]]]:
    """Path and lines of every statement, in order."""
    header: Keys = ()
    lengths: dict[Keys, int] = {}
    for first, last, statement in _statements(text):
        if statement.startswith("["):
            array = statement.startswith("[[")
            header = _resolved(_keys(statement.split("]")[0]), lengths, array=array)
            yield header, (first, last)
        else:
            yield (*header, *_keys(statement.split("=")[0])), (first, last)


def _statements(text: str) -> Iterator[tuple[int, int, str]]:
    """First line, last line and text of every header and of every `key = value`."""
    start, depth, line, first = 0, 0, 1, 1
    for token in TOKEN.finditer(text + "\n"):
        sign = token[0]
        depth += (sign in "[{") - (sign in "]}") if len(sign) == 1 else 0
        if sign == "\n" and depth == 0:
            said = text[start : token.start()].strip()
            if said and not said.startswith("#"):
                yield first, line, said
            start, first = token.end(), line + 1
        line += sign.count("\n")


def _keys(text: str) -> list[str]:
    return [key.strip("\"'") for key in KEY.findall(text)]


def _resolved(keys: list[str], lengths: dict[Keys, int], *, array: bool) -> Keys:
    """A header's path: below an array of tables, its last one is meant."""
    path: Keys = ()
    for key in keys[:-1]:
        path = (*path, key)
        if path in lengths:
            path = (*path, lengths[path] - 1)
    path = (*path, keys[-1])
    if not array:
        return path
    lengths[path] = lengths.get(path, 0) + 1
    return (*path, lengths[path] - 1)


def _line_with(lines: list[str], first: int, last: int, words: list[str]) -> int:
    """The line where the words have all been met, one after the other; as far as they are."""
    at = first
    for word in words:
        wanted = re.compile(rf"(?<![\w-]){re.escape(word)}(?![\w-])")
        at = next((n for n in range(at, last + 1) if wanted.search(lines[n - 1])), at)
    return at
