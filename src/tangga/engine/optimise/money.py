"""What an office has allocated, and what of it is no longer there to be planned with.

A figure is what budget lines of the files allocate to a programme or a focus; documents that were
replaced are no figure. Of it is taken what accepted lines of the plan are to spend, and what was
disbursed already in the first year. Each rupiah is taken once of each figure that holds it: of that
of its own area or, where its area has none, of the nearest area above that has one; a programme's
also of the figure of its focus, for a focus holds its programmes.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import duckdb

from tangga.engine.area_tree import AreaTree
from tangga.engine.catalogue import Run

PROGRAMME, FOCUS = "programme:", "focus:"
DONE = "done"
ALLOCATED, DISBURSED = "allocated", "disbursed"

Figure = tuple[str, str, int]
"""Of what (programme:CODE, focus:CODE, or '' for everything), area, year."""


@dataclass(frozen=True)
class Line:
    """One line of a budget or an accepted one of the plan. area: '' for the country."""

    year: int
    area: str
    programme: str | None
    focus: str | None
    source: str | None
    measure: str
    amount: int
    plan_line: str | None
    done: bool

    @property
    def keys(self) -> tuple[str, ...]:
        """The figures that hold it."""
        found = [PROGRAMME + self.programme] if self.programme else []
        return (*found, FOCUS + self.focus) if self.focus else tuple(found)

    @property
    def key(self) -> str:
        """The figure that it is itself."""
        return (*self.keys, "")[0]


@dataclass(frozen=True)
class Money:
    """allocated: each figure. taken: rupiah that are no longer there, by the area that takes them;
    whoever owns the money is found where it is shared out. sources: the sources of funds of a key
    and area, '' where a line does not say."""

    allocated: Mapping[Figure, int]
    taken: Mapping[Figure, int]
    sources: Mapping[tuple[str, str], frozenset[str]]


def read_money(con: duckdb.DuckDBPyConnection, run: Run, tree: AreaTree, first: int) -> Money:
    """The money of a run. first: the year of which what is disbursed is no longer there."""
    lines = _lines(con, run)
    allocated: dict[Figure, int] = defaultdict(int)
    sources: dict[tuple[str, str], frozenset[str]] = defaultdict(frozenset)
    for one in lines:
        if one.measure == ALLOCATED and one.plan_line is None:
            allocated[one.key, one.area, one.year] += one.amount
            sources[one.key, one.area] |= {one.source or ""}
    taken: dict[Figure, int] = defaultdict(int)
    spent = _disbursed([one for one in lines if one.measure == DISBURSED and one.year == first])
    for (key, area), amount in _without_what_lies_below(spent, tree).items():
        taken[key, area, first] += amount
    for one in lines:
        if one.plan_line is None:
            continue
        for key in one.keys:
            if _is_of(one, key, lines, tree) and not _is_among(one, key, spent, tree, first):
                taken[key, one.area, one.year] += one.amount
    return Money(allocated, taken, sources)


def _lines(con: duckdb.DuckDBPyConnection, run: Run) -> list[Line]:
    if not run.has("plan", "budget_lines"):
        return []
    scan = run.scan("plan", "budget_lines")
    there = {row[0] for row in con.execute(f"DESCRIBE SELECT * FROM {scan}").fetchall()}
    current = "replaced_by IS NULL" if "replaced_by" in there else "TRUE"
    source = "fund_source" if "fund_source" in there else "NULL"
    done = "FALSE"
    if run.has("plan", "plan_lines"):
        lines = run.scan("plan", "plan_lines")
        done = f"coalesce(plan_line IN (SELECT line FROM {lines} WHERE state = '{DONE}'), FALSE)"
    rows = con.execute(
        f"SELECT year, coalesce(area, ''), programme, focus, {source}, measure, amount, plan_line, "
        f"{done} FROM {scan} WHERE measure IN ('{ALLOCATED}', '{DISBURSED}') AND {current} "
        "AND amount IS NOT NULL ORDER BY ALL"
    ).fetchall()
    return [Line(*row) for row in rows]


def _disbursed(lines: Sequence[Line]) -> dict[tuple[str, str], int]:
    """Rupiah by figure and area. A focus that has no figure of its own is the sum of its
    programmes."""
    own: dict[tuple[str, str], int] = defaultdict(int)
    summed: dict[tuple[str, str], int] = defaultdict(int)
    for one in lines:
        if one.key:
            own[one.key, one.area] += one.amount
        if one.programme and one.focus:
            summed[FOCUS + one.focus, one.area] += one.amount
    return {**summed, **own}


def _without_what_lies_below(
    spent: Mapping[tuple[str, str], int], tree: AreaTree
) -> dict[tuple[str, str], int]:
    """Of each figure what the figures inside it do not tell already, so that none counts twice."""
    found = dict(spent)
    for key, area in spent:
        above = tree.parent(area)
        while above is not None and (key, above) not in spent:
            above = tree.parent(above)
        if above is not None:
            found[key, above] -= spent[key, area]
    return {where: amount for where, amount in found.items() if amount > 0}


def _is_of(line: Line, key: str, lines: Sequence[Line], tree: AreaTree) -> bool:
    """Whether a line of the plan is spent out of what the files allocate: not where each figure
    around it is of another source of funds. Then it brings its own money."""
    around = [
        one.source
        for one in lines
        if one.plan_line is None and one.measure == ALLOCATED and one.key == key
        if _lies_in(line.area, one.area, tree)
    ]
    return line.source is None or not around or None in around or line.source in around


def _is_among(
    line: Line, key: str, spent: Mapping[tuple[str, str], int], tree: AreaTree, first: int
) -> bool:
    """Whether what a line was to spend is already among what was disbursed: it is done."""
    told = any(k == key and _lies_in(line.area, area, tree) for k, area in spent)
    return line.done and line.year == first and told


def _lies_in(area: str, other: str, tree: AreaTree) -> bool:
    at: str | None = area
    while at is not None and at != other:
        at = tree.parent(at)
    return at is not None
