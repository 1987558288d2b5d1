"""What can go wrong, drawn as a tree.

TanggaError
├── UserError      the user can mend it: shown without a traceback, exit code 2
│   ├── BrokenFile     one source file cannot be read; the descriptor says stop or skip
│   └── BadPack        a country pack, descriptor or workspace file says something impossible
└── Conflict       a promise of the engine itself is broken (counts differ, ids collide)
"""

from __future__ import annotations

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


class BrokenFile(UserError):
    """A source file that cannot be read as what it claims to be."""


class BadPack(UserError):
    """A pack, descriptor or workspace file that says something impossible."""


class Conflict(TanggaError):
    """A promise of the engine is broken; the run stops rather than write something wrong."""
