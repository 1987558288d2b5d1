"""The register of letters, `notices/register.csv`: which family was told of which move, when.

It is written by `tangga notices` and read by every run: an adverse move takes effect no earlier
than the day that its letter names.
"""

from __future__ import annotations

import csv
import os
import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import asdict, dataclass, fields
from datetime import date
from pathlib import Path

from tangga.engine.settings import read_date
from tangga.errors import BadPack

FILE = Path("notices") / "register.csv"
"""In a workspace."""
NUMBER = re.compile(r"\d{4,}/\d{4}")
TODO = "Restore it from the backup, or mend the row"


@dataclass(frozen=True)
class Notice:
    """One letter. number: `NNNN/YEAR`. person_id: empty for a move of the whole family."""

    number: str
    date: date
    family_id: str
    person_id: str
    move: str
    takes_effect_on: date

    @property
    def of(self) -> tuple[str, str, str]:
        """Whom it tells of which move."""
        return self.family_id, self.person_id, self.move


COLUMNS = tuple(field.name for field in fields(Notice))
DATES = ("date", "takes_effect_on")


def read_register(workspace: Path) -> list[Notice]:
    """Every letter of a workspace, in the order of the file; none where it wrote none yet.

    BadPack for a row that cannot be: a letter that is not read would let a move take effect
    without notice, or tell a family twice.
    """
    file = workspace / FILE
    if not file.is_file():
        return []
    with file.open(encoding="utf-8", newline="") as lines:
        rows = csv.DictReader(lines)
        if tuple(rows.fieldnames or ()) != COLUMNS:
            raise BadPack(f"its columns must be {','.join(COLUMNS)}", file=file, line=1, todo=TODO)
        found = [_notice(file, rows.line_num, row) for row in rows]
    _check_numbers(file, found)
    return found


def _notice(file: Path, line: int, row: dict[str, str]) -> Notice:
    days = {name: read_date(row[name]) for name in DATES}
    for name, day in days.items():
        if day is None:
            raise BadPack("no date", file=file, line=line, column=name, value=row[name], todo=TODO)
    absent = [c for c in COLUMNS if c != "person_id" and not row[c]]
    if absent or None in row or None in row.values():
        raise BadPack("the row is not whole", file=file, line=line, todo=TODO)
    if days["takes_effect_on"] < days["date"]:  # type: ignore[operator]
        raise BadPack("takes effect before its date", file=file, line=line, todo=TODO)
    return Notice(**{**row, **days})  # type: ignore[arg-type]


def _check_numbers(file: Path, found: list[Notice]) -> None:
    counted = Counter(notice.number for notice in found)
    wrong = [number for number, n in counted.items() if n > 1 or not NUMBER.fullmatch(number)]
    if wrong:
        what = "is no number of a letter, or stands twice"
        raise BadPack(what, file=file, column="number", value=wrong[0], todo=TODO)


def append(workspace: Path, notices: Iterable[Notice]) -> None:
    """Add letters to the register. The file is replaced whole: no half-written row remains."""
    file = workspace / FILE
    file.parent.mkdir(mode=0o700, exist_ok=True)
    unfinished = file.with_name(f".{file.name}.{os.getpid()}.tmp")
    with unfinished.open("w", encoding="utf-8", newline="") as out:
        rows = csv.DictWriter(out, COLUMNS, lineterminator="\n")
        rows.writeheader()
        rows.writerows(asdict(notice) for notice in [*read_register(workspace), *notices])
    unfinished.replace(file)


def next_numbers(known: Iterable[Notice], day: date, many: int) -> list[str]:
    """So many numbers that follow the last one of the year."""
    year = str(day.year)
    taken = [n.number.split("/") for n in known]
    last = max((int(number) for number, of in taken if of == year), default=0)
    return [f"{last + 1 + place:04d}/{year}" for place in range(many)]
