"""Reads `schema/codes/*.csv`: code, one label a language, and the form's own number."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from pathlib import Path

from tangga.registry.csv_limits import cut_into_cells
from tangga.registry.mistakes import Mistakes
from tangga.registry.model import Code, CodeList


def read_code_lists(
    folder: Path, languages: Sequence[str], mistakes: Mistakes
) -> dict[str, CodeList]:
    """Every code list of a folder by name; mistakes are noted and their rows left out."""
    lists = (_read(path, languages, mistakes) for path in sorted(folder.glob("*.csv")))
    return {one.name: one for one in lists if one is not None}


def _read(path: Path, languages: Sequence[str], mistakes: Mistakes) -> CodeList | None:
    codes: dict[str, Code] = {}
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except UnicodeDecodeError as error:
        mistakes.add(f"not readable as UTF-8: {error}", path)
        return None
    rows = csv.reader(lines)
    with cut_into_cells(path, rows):
        header = next(rows, [])
        if not _header_stands(header, languages, path, mistakes):
            return None
        for row in rows:
            if row:
                _add(codes, header, row, path, rows.line_num, mistakes)
    try:
        return CodeList(path.stem, codes)
    except ValueError as error:
        mistakes.add(str(error), path)
        return None


def _header_stands(
    header: list[str], languages: Sequence[str], path: Path, mistakes: Mistakes
) -> bool:
    wanted = ["code", *(f"label_{language}" for language in languages)]
    if header in (wanted, [*wanted, "source_code"]):
        return True
    mistakes.add(f"the header is not {','.join(wanted)}[,source_code]", path, 1)
    return False


def _add(
    codes: dict[str, Code],
    header: list[str],
    row: list[str],
    path: Path,
    line: int,
    mistakes: Mistakes,
) -> None:
    if len(row) != len(header):
        mistakes.add(f"{len(row)} cells under {len(header)} headings", path, line)
        return
    cells = dict(zip(header, (cell.strip() for cell in row), strict=True))
    source_code = cells.pop("source_code", "") or None
    code = cells.pop("code")
    labels = {heading.removeprefix("label_"): cell for heading, cell in cells.items()}
    if not all(labels.values()):
        mistakes.add(f"code {code!r} lacks a label", path, line)
    if code in codes:
        mistakes.add(f"code {code!r} stands twice", path, line)
    if source_code and any(c.source_code == source_code for c in codes.values()):
        mistakes.add(f"source_code {source_code!r} stands twice", path, line)
    try:
        codes[code] = Code(code, labels, source_code)
    except ValueError as error:
        mistakes.add(str(error), path, line)
