"""`tangga show` and `tangga export`."""

from __future__ import annotations

from pathlib import Path

from tangga.cli import screen
from tangga.engine import show as engine
from tangga.texts import both

WIDEST = 10
"""Columns printed on a terminal when none are chosen; more would not be readable."""


def show(
    directory: Path, table: str | None, *, where: str | None, columns: str | None, limit: int
) -> None:
    """Print a table, or which tables there are. In a pipe: tab-separated, all columns."""
    if table is None:
        _list(directory)
        return
    chosen = [c.strip() for c in columns.split(",")] if columns else []
    sheet = engine.read(directory, table, where=where, columns=chosen, limit=limit)
    if not screen.for_people():
        screen.print_lines(sheet.columns, sheet.rows)
        if len(sheet.rows) < sheet.total:
            said = both("show.rows", between=" / ", shown=len(sheet.rows), total=sheet.total)
            screen.beside.print(said)
        return
    shown = len(sheet.columns) if chosen else WIDEST
    screen.print_table(sheet.columns[:shown], [row[:shown] for row in sheet.rows], title=table)
    screen.out.print(both("show.rows", between=" / ", shown=len(sheet.rows), total=sheet.total))
    if sheet.columns[shown:]:
        screen.out.print(f"--columns: {', '.join(sheet.columns[shown:])}")


def _list(directory: Path) -> None:
    headings = [both("run.table"), both("show.one_row")]
    rows = engine.table_names(directory)
    if screen.for_people():
        named = [row for row in rows if "/" not in row[0]]
        screen.print_table(headings, named, title=both("show.tables", between=" / "))
        others = ", ".join(name for name, _ in rows if "/" in name)
        screen.out.print(f"{both('show.others', between=' / ')}: {others}")
    else:
        screen.print_lines(("table", "one row is"), rows)


def export(directory: Path, table: str, to: Path, *, where: str | None) -> None:
    """Write a table to a file and say how many rows it has."""
    from tangga.engine.export import export

    with screen.bars() as progress:
        rows = export(directory, table, to, where=where, progress=progress)
    screen.out.print(both("export.done", rows=rows, file=to), soft_wrap=True)
