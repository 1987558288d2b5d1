"""Gathers every mistake of a pack, so that its author mends them in one go."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

from tangga.errors import BadPack

LISTED = 40
"""Of so many valid names, all are listed."""


@dataclass
class Mistakes:
    """What is wrong with the files below `root`, in the order found; `of`: what they make up;
    `named`: the file that is named, where it is of one alone."""

    root: Path
    found: list[BadPack] = field(default_factory=list)
    of: str = "the pack"
    named: Path | None = None

    def add(self, what: str, file: Path, line: int | None = None, todo: str | None = None) -> None:
        """Note one mistake; files are named relative to the pack."""
        shown = file.relative_to(self.root) if file.is_relative_to(self.root) else file
        self.found.append(BadPack(what, file=shown, line=line, todo=todo))

    def raise_if_any(self) -> None:
        """BadPack with every mistake, one a line; nothing when there is none."""
        if not self.found:
            return
        lines = "\n".join(f"  {mistake.sentence()}" for mistake in self.found)
        count = "1 mistake" if len(self.found) == 1 else f"{len(self.found)} mistakes"
        raise BadPack(f"{self.of} has {count}:\n{lines}", file=self.named or self.root)


def nearest(name: str, valid: Iterable[str]) -> str:
    """`Did you mean 'x'?`, or what is valid when nothing is near: of many, the likest three."""
    names = sorted(valid)
    near = difflib.get_close_matches(name, names, n=1)
    if near:
        return f"Did you mean {near[0]!r}?"
    if len(names) <= LISTED:
        return f"Valid: {', '.join(names)}"
    likest = difflib.get_close_matches(name, names, n=3, cutoff=0)
    return f"Valid are {len(names)}, such as {', '.join(likest)}"


def line_of(text: str, header: str | None, key: str | None = None) -> int | None:
    """The line of a TOML header such as `columns.nik`, or of a key below it; None if not seen.

    header None: the keys before the first header.
    """
    lines = text.splitlines()
    start = 0
    if header is not None:
        wanted = re.compile(rf"\s*\[+\s*{re.escape(header)}\s*\]+")
        start = next((n for n, line in enumerate(lines, 1) if wanted.match(line)), 0)
        if not start:
            return None
    found = _line_of_key(lines, start, key) if key is not None else None
    return found or start or None


def _line_of_key(lines: list[str], start: int, key: str) -> int | None:
    wanted = re.compile(rf"\s*\"?{re.escape(key)}\"?\s*[=.]")
    for number, line in enumerate(lines[start:], start + 1):
        if line.lstrip().startswith("["):
            return None
        if wanted.match(line):
            return number
    return None
