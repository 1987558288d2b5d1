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
from tangga.registry.toml_limits import parse_toml

Keys = tuple[str | int, ...]
"""Keys and, into an array of tables, indices: ("version", 0, "requires", 2, "if")."""

KEY = re.compile(r"\"[^\"]*\"|'[^']*'|[A-Za-z0-9_-]+")
# One thing at a time: a whole string, a comment, a sign that matters, a word or number.
TOKEN = re.compile(
    r'"""(?:\\.|[^\\])*?"{3,5}|\'\'\'.*?\'{3,5}|"(?:\\.|[^"\\\n])*"|\'[^\'\n]*\'|#[^\n]*'
    r"|[\[\]{}\n,=]|[^\s\[\]{},=#\"']+",
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
    def lines(self) -> Mapping[Keys, int]:
        """The line of each header, of each key, and of what stands inside its value."""
        found: dict[Keys, int] = {}
        for path, line in _places(self.text):
            found.setdefault(path, line)
        return found

    def line(self, path: Keys) -> int | None:
        """The line of what stands at a path, or first below it, or nearest above; None: the top."""
        for known in (path[:n] for n in range(len(path), 0, -1)):
            if known in self.lines:
                return self.lines[known]
            below = (line for one, line in self.lines.items() if one[: len(known)] == known)
            if (first := next(below, None)) is not None:
                return first
        return None


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

    def wrong(self, what: str, *, todo: str | None = None) -> None:
        """Note one mistake here."""
        self.file.mistakes.add(what, self.file.path, self.line, todo)

    def check_keys(self, data: Mapping[str, Any], known: Iterable[str]) -> bool:
        """Note every key that is not known, with the nearest that is; True when there is none."""
        names = set(known)
        unknown = [key for key in data if key not in names]
        for key in unknown:
            self.at(key).wrong(f"unknown key {key!r}", todo=nearest(key, names))
        return not unknown


def read_toml(path: Path, mistakes: Mistakes) -> TomlFile | None:
    """A file, or None (and a mistake) where it is not readable as TOML."""
    try:
        text = path.read_text(encoding="utf-8")
        return TomlFile(path, text, parse_toml(text, parse_float=Decimal), mistakes)
    except UnicodeDecodeError as error:
        mistakes.add(f"not readable as UTF-8: {error}", path, todo="Save it as UTF-8")
    except tomllib.TOMLDecodeError as error:
        found = re.search(r"at line (\d+)", str(error))
        mistakes.add(f"not readable as TOML: {error}", path, int(found[1]) if found else None)
    return None


def _places(text: str) -> Iterator[tuple[Keys, int]]:
    """Path and line of everything, in order."""
    header: Keys = ()
    lengths: dict[Keys, int] = {}
    for tokens in _statements(text):
        (first, line), signs = tokens[0], [sign for sign, _ in tokens]
        if first == "[":
            array = signs[1] == "["
            names = _keys("".join(signs[: signs.index("]")]))
            header = _resolved(names, lengths, array=array)
            yield header, line
        else:
            equals = signs.index("=")
            path = (*header, *_keys("".join(signs[:equals])))
            yield path, line
            yield from _inside(tokens[equals + 1 :], path)


def _statements(text: str) -> Iterator[list[tuple[str, int]]]:
    """Every header and every `key = value` as its tokens, each with its line."""
    depth, line = 0, 1
    tokens: list[tuple[str, int]] = []
    for token in TOKEN.finditer(text + "\n"):
        sign = token[0]
        depth += (sign in ("[", "{")) - (sign in ("]", "}"))
        if sign == "\n" and depth == 0 and tokens:
            yield tokens
            tokens = []
        elif sign != "\n" and not sign.startswith("#"):
            tokens.append((sign, line))
        line += sign.count("\n")


def _inside(tokens: list[tuple[str, int]], path: Keys) -> Iterator[tuple[Keys, int]]:
    """Path and line of what stands inside a value: items of a list, keys of a table."""
    within: list[Keys] = [path]
    word = ""
    for sign, line in tokens:
        if sign == "=":
            within[-1] = tuple(_keys(word))
        if sign not in ("]", "}", ","):
            yield tuple(part for keys in within for part in keys), line
        if sign in ("[", "{"):
            within.append((0,) if sign == "[" else ())
        elif sign in ("]", "}"):
            within.pop()
        elif sign == ",":
            within[-1] = (within[-1][0] + 1,) if _is_item(within[-1]) else ()  # type: ignore[operator]
        word = sign


def _is_item(keys: Keys) -> bool:
    return keys != () and isinstance(keys[0], int)


def _keys(text: str) -> list[str]:
    return [key.strip("\"'") for key in KEY.findall(text)]


def _resolved(names: list[str], lengths: dict[Keys, int], *, array: bool) -> Keys:
    """A header's path: below an array of tables, its last one is meant."""
    path: Keys = ()
    for name in names[:-1]:
        path = (*path, name)
        if path in lengths:
            path = (*path, lengths[path] - 1)
    path = (*path, names[-1])
    if not array:
        return path
    lengths[path] = lengths.get(path, 0) + 1
    return (*path, lengths[path] - 1)
