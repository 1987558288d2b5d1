"""What all commands print with: tables for people, tab-separated lines for programs."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from rich import box
from rich.console import Console
from rich.progress import BarColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn
from rich.table import Table
from rich.text import Text

WITHOUT_TERMINAL = 120
"""Characters a line where no terminal says how wide it is."""
WIDE = 8
"""A table of more columns keeps its first one whole on a narrow terminal."""

_width = None if sys.stdout.isatty() or "COLUMNS" in os.environ else WITHOUT_TERMINAL
out = Console(highlight=False, width=_width)
beside = Console(stderr=True, highlight=False)


@contextmanager
def written_to(file: Path) -> Iterator[None]:
    """What is printed meanwhile stands in the file (replaced, UTF-8), and not on the screen."""
    global out
    before = out
    with file.open("w", encoding="utf-8") as stream:
        out = Console(file=stream, highlight=False, width=WITHOUT_TERMINAL)
        try:
            yield
        finally:
            out = before


def print_table(
    headings: Sequence[str],
    rows: Sequence[Sequence[object]],
    *,
    title: str | None = None,
    copied: Collection[int] = (),
) -> None:
    """A small table for people; numbers to the right. Never wraps a cell to nothing.

    copied: columns, from 0, that are copied from the screen and so stand on one line.
    """
    look = {"box": box.SIMPLE_HEAD, "pad_edge": False, "title_justify": "left"}
    table = Table(title=title, title_style="bold", **look)
    for x, heading in enumerate(headings):
        right = any(isinstance(r[x], int | float) for r in rows)
        # A long row could not be told apart without its first column.
        whole = x in copied or (x == 0 and len(headings) > WIDE)
        justify = "right" if right else "left"
        table.add_column(heading, justify=justify, overflow="fold", no_wrap=whole)
    for row in rows:
        table.add_row(*(Text(shown(cell)) for cell in row))
    out.print(table)


def print_lines(headings: Sequence[str], rows: Sequence[Sequence[object]]) -> None:
    """The same for a program: a header and one line a row, tab-separated."""
    for row in (headings, *rows):
        sys.stdout.write("\t".join(_one_line(cell) for cell in row) + "\n")


def for_people() -> bool:
    """Whether somebody sits at the terminal."""
    return sys.stdout.isatty()


def shown(cell: object) -> str:
    """A cell of a table; thousands parted by a blank, which is right in both languages."""
    if cell is None:
        return "-"
    if isinstance(cell, int) and not isinstance(cell, bool):
        return f"{cell:,}".replace(",", "\N{NO-BREAK SPACE}")
    return str(cell)


def _one_line(cell: object) -> str:
    if cell is None:
        return ""
    return str(cell).replace("\t", " ").replace("\r", " ").replace("\n", " ")


@contextmanager
def bars() -> Iterator[Callable[[str, int, int], None]]:
    """One line on the terminal with the step at work and its bar; nothing where there is none.

    Gives the function to report with: (step, done, total); a total of 0 or 1 has no bar to fill.
    """
    columns = (SpinnerColumn(), TimeElapsedColumn(), BarColumn(), TextColumn("{task.description}"))
    quiet = not beside.is_terminal
    with Progress(*columns, console=beside, transient=True, disable=quiet) as line:
        task = line.add_task("", total=None)

        def report(step: str, done: int, total: int) -> None:
            line.update(task, description=step, completed=done, total=total if total > 1 else None)

        yield report


@contextmanager
def progress_lines(file: Path | None) -> Iterator[Callable[[str, int, int], None]]:
    """Each step as a line of JSON, written at once, for a program that watches; nothing without a
    file.

    `{"stage", "step", "done", "of"}`; a stage begins with done 0 of 1 and ends with 1 of 1. A step
    `ingest: dtsen` is of the stage `ingest`.
    """
    if file is None:
        yield lambda _step, _done, _total: None
        return
    import json

    with file.open("w", encoding="utf-8") as out:

        def report(step: str, done: int, total: int) -> None:
            stage = step.partition(":")[0].strip()
            line = {"stage": stage, "step": step, "done": done, "of": total}
            out.write(json.dumps(line, ensure_ascii=False) + "\n")
            out.flush()

        yield report
