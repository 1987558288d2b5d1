"""Reads the files that an office writes itself: targets, budgets, places, outcomes, plan lines.

    rows = read_office_files(workspace, "targets", {"year": YEAR, "area": area_of(areas), ...})

A folder of CSV files, each with a header. Nothing is guessed: an unknown column, an area that the
pack lacks, a negative sum or a word that is no code is a mistake with its file, line, column and
value; all mistakes of all files are told together, and then nothing is read at all.
"""

from __future__ import annotations

import csv
import io
import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

from tangga.engine.settings import nearest
from tangga.engine.workspace import Workspace
from tangga.errors import UserError, together
from tangga.registry.areas import Areas, plain
from tangga.registry.csv_limits import cut_into_cells
from tangga.registry.model import CodeList

MOST_TOLD = 20
FEW = 12
"""Codes of a list that is told whole even where a near word is known."""
PARTS = re.compile(r"\w+(/\w+)+")
"""Words of which each part stands alone: not those of several words, such as `Fund of x/y`."""
WHOLE = re.compile(r"-?\d{1,18}")
DECIMAL = re.compile(r"\d{1,15}([.,]\d{1,4})?")
GROUPED = re.compile(r"\d{1,3}([.,]\d{3})+")
YEARS = range(1998, 2101)


@dataclass(frozen=True)
class Cell:
    """What a column may hold: how a cell is read, and what an empty one is.

    read: cell without blanks at its ends -> value; raises Wrong. needed: False where the column may
    be left out and a cell may be empty, which then is `default`.
    """

    read: Callable[[str], Any]
    needed: bool = True
    default: Any = None


class Wrong(ValueError):
    """What is wrong with one cell, and what to do: `Wrong(what, todo)`."""

    def __init__(self, what: str, todo: str | None = None) -> None:
        super().__init__(what)
        self.what, self.todo = what, todo


@dataclass(frozen=True)
class OfficeRow:
    """One row as read. values: column -> value, every column there; file and line: where it is."""

    values: Mapping[str, Any]
    file: Path
    line: int

    def __getitem__(self, column: str) -> Any:
        return self.values[column]


@dataclass
class Mistakes:
    """What is wrong with files, gathered so that all of it is told at once.

    unread: rows with a cell that could not be read, with the values of the others. whole_files:
    whether the rows of every file are known; a file with a wrong header has rows that nobody saw.
    """

    found: list[UserError] = field(default_factory=list)
    unread: list[OfficeRow] = field(default_factory=list)
    whole_files: bool = True

    def raise_if_any(self) -> None:
        """Raise UserError with all of them by file and line, where there is any."""
        if self.found:
            told = sorted(self.found, key=lambda one: (str(one.file), one.line or 0))
            raise together(told, most=MOST_TOLD)


def read_office_files(
    workspace: Workspace,
    folder: str,
    columns: Mapping[str, Cell],
    mistakes: Mistakes | None = None,
) -> list[OfficeRow]:
    """Every row of `DIR/FOLDER/*.csv`, in order of file and line; empty without such a folder.

    Raises UserError with every mistake of every file. mistakes: then nothing is raised; they are
    added there, and the rows that could be read come back for more checks (`refuse`).
    """
    return read_files(workspace.csv_files(folder), columns, mistakes)


def read_files(
    files: Iterable[Path], columns: Mapping[str, Cell], mistakes: Mistakes | None = None
) -> list[OfficeRow]:
    """The same of files that are named."""
    gathered = Mistakes() if mistakes is None else mistakes
    rows = [row for file in files for row in _read(file, columns, gathered)]
    if mistakes is None:
        gathered.raise_if_any()
    return rows


def refuse(
    rows_and_why: Iterable[tuple[OfficeRow, str, str | None]], mistakes: Mistakes | None = None
) -> None:
    """Raise UserError with each (row, what is wrong, what to do), where there is any.

    mistakes: those of the same files that were found before; they are told with these.
    """
    gathered = Mistakes() if mistakes is None else mistakes
    for row, what, todo in rows_and_why:
        gathered.found.append(UserError(what, file=row.file, line=row.line, todo=todo))
    gathered.raise_if_any()


def _read(file: Path, columns: Mapping[str, Cell], mistakes: Mistakes) -> Iterable[OfficeRow]:
    try:
        text = file.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError:
        mistakes.found.append(UserError("not UTF-8", file=file, todo="Save it as CSV UTF-8"))
        mistakes.whole_files = False
        return
    delimiter = (
        ";" if text.partition("\n")[0].count(";") > text.partition("\n")[0].count(",") else ","
    )
    reader = csv.DictReader(io.StringIO(text, newline=""), restval="", delimiter=delimiter)
    with cut_into_cells(file, reader):
        header = [name.strip() for name in reader.fieldnames or ()]
        if not _header_stands(header, columns, file, mistakes):
            mistakes.whole_files = False
            return
        reader.fieldnames = header
        read = [(reader.line_num, row) for row in reader]
    for line, row in read:
        if not any(isinstance(cell, str) and cell.strip() for cell in row.values()):
            continue
        values = _values(row, columns, file, line, mistakes)
        if values is not None:
            yield OfficeRow(values, file, line)


def _header_stands(
    header: Sequence[str], columns: Mapping[str, Cell], file: Path, mistakes: Mistakes
) -> bool:
    found = len(mistakes.found)
    for name in header:
        if name not in columns:
            near = nearest(name, columns)
            todo = f"Did you mean {near!r}?" if near else f"Known: {', '.join(columns)}"
            mistakes.found.append(
                UserError("unknown column", file=file, line=1, value=name, todo=todo)
            )
        elif header.count(name) > 1:
            mistakes.found.append(
                UserError("two columns of one name", file=file, line=1, value=name)
            )
    lacking = [name for name, cell in columns.items() if cell.needed and name not in header]
    if lacking:
        todo = f"The columns are: {', '.join(columns)}"
        what = f"lacks the column {', '.join(lacking)}"
        mistakes.found.append(UserError(what, file=file, line=1, todo=todo))
    return len(mistakes.found) == found


def _values(
    row: Mapping[Any, Any], columns: Mapping[str, Cell], file: Path, line: int, mistakes: Mistakes
) -> dict[str, Any] | None:
    found = len(mistakes.found)
    if None in row:
        todo = "Put a cell that holds the delimiter into quotes"
        mistakes.found.append(
            UserError("more cells than headings", file=file, line=line, todo=todo)
        )
        mistakes.unread.append(OfficeRow({}, file, line))
        return None
    values = {}
    for name, cell in columns.items():
        text = (row.get(name) or "").strip()
        try:
            values[name] = _value(text, cell)
        except Wrong as wrong:
            mistakes.found.append(
                UserError(
                    wrong.what, file=file, line=line, column=name, value=text, todo=wrong.todo
                )
            )
    if len(mistakes.found) == found:
        return values
    mistakes.unread.append(OfficeRow(values, file, line))
    return None


def _value(text: str, cell: Cell) -> Any:
    if text:
        return cell.read(text)
    if cell.needed:
        raise Wrong("is empty")
    return cell.default


# --- what a cell may be -----------------------------------------------------------------------


def year(*, needed: bool = True) -> Cell:
    """A calendar year."""

    def read(text: str) -> int:
        value = _whole(text)
        if value not in YEARS:
            raise Wrong(f"is no year from {YEARS.start} to {YEARS.stop - 1}")
        return value

    return Cell(read, needed)


def whole(*, least: int = 0, needed: bool = True) -> Cell:
    """A whole number of at least `least`: of people, of places, of rupiah."""

    def read(text: str) -> int:
        value = _whole(text)
        if value < least:
            raise Wrong("is negative" if least == 0 else f"is less than {least}")
        return value

    return Cell(read, needed)


def decimal(*, needed: bool = True) -> Cell:
    """A number that is not negative, with a point or a comma before at most four decimals: 8.25.

    Three digits behind one sign could be thousands as well: they are refused.
    """

    def read(text: str) -> Decimal:
        if GROUPED.fullmatch(text):
            raise Wrong("may have decimals or thousands", "Write 1.2340 or 1234, not 1.234")
        if not DECIMAL.fullmatch(text):
            raise Wrong("is no number such as 8.25", "No unit, no sign of percent, not negative")
        return Decimal(text.replace(",", "."))

    return Cell(read, needed)


def words(*, needed: bool = True) -> Cell:
    """Any text."""
    return Cell(lambda text: text, needed, "")


def day(*, needed: bool = True) -> Cell:
    """A day such as 2026-01-31."""

    def read(text: str) -> date:
        try:
            return date.fromisoformat(text)
        except ValueError:
            raise Wrong("is no day such as 2026-01-31") from None

    return Cell(read, needed)


def area_of(areas: Areas, *, needed: bool = True) -> Cell:
    """An area of the pack by its own code, dots or none: 18.11 and 1811 are one."""

    def read(text: str) -> str:
        code = plain(text)
        if areas.by_code and code not in areas.by_code:
            raise Wrong("is no area of the pack", "Write its code, such as 18.11")
        return code

    return Cell(read, needed, "")


def coded(codes: CodeList | Mapping[str, Iterable[str]] | None, *, needed: bool = True) -> Cell:
    """A code of a list; its words in any language of the pack are read as the code.

    Of words such as `Village/town` each part is read as well, where it means one code only. None: a
    pack without such a list, in which no word is known.
    """
    listed = _listed(codes or {})
    by_word = _by_word(listed)

    def read(text: str) -> str:
        found = by_word.get(text.casefold())
        if found is None:
            near = nearest(text, by_word)
            todo = [f"Did you mean {near!r}?"] if near else []
            todo += [_known(listed)] if not near or len(listed) <= FEW else []
            raise Wrong("is not known", " ".join(todo))
        return found

    return Cell(read, needed, "")


def _listed(codes: CodeList | Mapping[str, Iterable[str]]) -> dict[str, tuple[str, ...]]:
    """Code -> its words, those of the pack's first language first."""
    if isinstance(codes, CodeList):
        return {code: tuple(one.labels.values()) for code, one in codes.codes.items()}
    return {code: tuple(said) for code, said in codes.items()}


def _known(listed: Mapping[str, Sequence[str]]) -> str:
    """`Known: village (Desa/kelurahan), ...`: codes with their first words."""
    told = (f"{code} ({said[0]})" if said else code for code, said in listed.items())
    return f"Known: {', '.join(told)}"


def _by_word(listed: Mapping[str, Sequence[str]]) -> dict[str, str]:
    parts: dict[str, set[str]] = defaultdict(set)
    for code, said in listed.items():
        for part in (part for word in said if PARTS.fullmatch(word) for part in word.split("/")):
            parts[part.casefold()].add(code)
    by_part = {part: code for part, (code, *others) in parts.items() if not others}
    by_word = {word.casefold(): code for code, said in listed.items() for word in said}
    return {**by_part, **by_word, **{code.casefold(): code for code in listed}}


def _whole(text: str) -> int:
    if WHOLE.fullmatch(text):
        return int(text)
    if GROUPED.fullmatch(text):
        raise Wrong("has separators of thousands", f"Write {re.sub('[.,]', '', text)}")
    raise Wrong("is no whole number", "Write digits only: no unit, no blanks, no decimals")
