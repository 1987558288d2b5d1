"""Writes rows of `plans/*.csv`: a new file of proposals, or one more version at the end of one."""

from __future__ import annotations

import csv
import io
import os
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from tangga.engine.plan_lines.read import FIELDS, WRITTEN, PlanVersion
from tangga.errors import UserError
from tangga.rules.plan_lines import PROPOSED

COLUMNS = [WRITTEN.get(name, name) for name in FIELDS]
"""The header of a file that is written here."""
DECIDED = "decided"
NEW = os.O_WRONLY | os.O_CREAT | os.O_TRUNC


@dataclass(frozen=True)
class Proposal:
    """A line that somebody, or a computation, proposes; None or '' where it says nothing.

    line: an id that no other line of the workspace has. level: that of the area ('' and `country`
    for the whole). cost: whole rupiah. target: of `measure`.
    """

    line: str
    year: int
    level: str
    area: str
    action: str
    programme: str = ""
    focus: str = ""
    fund_source: str = ""
    cost: int | None = None
    pilar: str = ""
    measure: str = ""
    target: int | None = None
    owner: str = ""
    due: date | None = None
    reason: str = ""
    rests_on: str = ""
    repairs: str = ""


def write_proposals(file: Path, proposals: Iterable[Proposal], *, by: str, at: date) -> int:
    """Write proposals as version 1 of new lines; returns how many. The file appears whole.

    UserError where there is such a file: what was proposed is never overwritten.
    """
    if file.exists():
        todo = "Name another file: what was proposed is kept"
        raise UserError("is there already", file=file, todo=todo)
    versions = [
        PlanVersion(version=1, state=PROPOSED, by=by, at=at, **vars(one)) for one in proposals
    ]
    _replace(file, _lines([COLUMNS, *map(_row, versions)]))
    return len(versions)


def append(folder: Path, version: PlanVersion) -> Path:
    """Write one more version at the end of `decided.csv`; returns the file. No older row changes.

    The file is replaced by a rename, so that it is whole at any moment. Where somebody gave
    `decided.csv` other columns, the next of `decided_2.csv`, ... is taken.
    """
    file, before = _open_file(folder)
    if not before:
        before = _lines([COLUMNS])
    elif not before.endswith("\n"):
        before += "\n"
    _replace(file, before + _lines([_row(version)]))
    return file


def _open_file(folder: Path) -> tuple[Path, str]:
    """The first file of decisions with the columns of today, and its text as it stands."""
    number = 1
    while True:
        file = folder / (f"{DECIDED}.csv" if number == 1 else f"{DECIDED}_{number}.csv")
        if not file.exists():
            return file, ""
        text = file.read_bytes().decode("utf-8")
        if text.lstrip("\ufeff").splitlines()[:1] == [",".join(COLUMNS)]:
            return file, text
        number += 1


def _row(version: PlanVersion) -> list[str]:
    values = (getattr(version, name) for name in FIELDS)
    return ["" if value is None else str(value) for value in values]


def _lines(rows: Iterable[Sequence[str]]) -> str:
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows(rows)
    return text.getvalue()


def _replace(file: Path, text: str) -> None:
    """Write beside the file, then rename: whoever reads sees the old or the new, never a half."""
    file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    beside = file.with_name(f".{file.name}.{os.getpid()}.tmp")
    try:
        with os.fdopen(os.open(beside, NEW, 0o600), "w", encoding="utf-8", newline="") as out:
            out.write(text)
            out.flush()
            os.fsync(out.fileno())
        beside.replace(file)
    finally:
        beside.unlink(missing_ok=True)
