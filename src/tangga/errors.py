"""What can go wrong, drawn as a tree.

TanggaError
├── UserError      the user can mend it: shown without a traceback, exit code 2
│   ├── Several        several of them, told together
│   ├── BrokenFile     one source file cannot be read; the descriptor says stop or skip
│   └── BadPack        a country pack, descriptor or workspace file says something impossible
└── Conflict       a promise of the engine itself is broken (counts differ, ids collide)
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import groupby
from pathlib import Path


class TanggaError(Exception):
    """The base of every error that Tangga raises on purpose."""


class UserError(TanggaError):
    """A mistake that its reader can mend: which file, line and value, what is wrong, what to do."""

    def __init__(
        self,
        what: str,
        *,
        file: Path | str | None = None,
        line: int | None = None,
        column: str | None = None,
        value: str | None = None,
        todo: str | None = None,
    ) -> None:
        self.what, self.file, self.line = what, file, line
        self.column, self.value, self.todo = column, value, todo
        super().__init__(self.sentence())

    def sentence(self) -> str:
        """`file, line 3, column nik: what: 'value'. What to do.`"""
        where = [str(self.file)] if self.file is not None else []
        where += [f"line {self.line}"] if self.line is not None else []
        where += [f"column {self.column}"] if self.column is not None else []
        text = f"{', '.join(where)}: {self.what}" if where else self.what
        text += f": {self.value!r}" if self.value is not None else ""
        return f"{text}. {self.todo}" if self.todo else text


class Several(UserError):
    """Several mistakes told at once: one a line, an empty line between those of two files."""

    def __init__(self, each: Sequence[UserError], most: int | None = None) -> None:
        super().__init__(_by_file(each[:most]))
        self.each = tuple(each)
        more = len(each) - (most or len(each))
        self.args = (f"{self.what}\nand {more} more mistakes" if more > 0 else self.what,)


def together(each: Sequence[UserError], most: int | None = None) -> UserError:
    """One error that tells of all (at least one): the first `most`, and how many more."""
    return each[0] if len(each) == 1 else Several(each, most)


def _by_file(each: Iterable[UserError]) -> str:
    files = groupby(each, key=lambda one: one if isinstance(one, Several) else str(one.file))
    return "\n\n".join("\n".join(str(one) for one in told) for _, told in files)


class BrokenFile(UserError):
    """A source file that cannot be read as what it claims to be."""


class BadPack(UserError):
    """A pack, descriptor or workspace file that says something impossible."""


class Conflict(TanggaError):
    """A promise of the engine is broken; the run stops rather than write something wrong."""
