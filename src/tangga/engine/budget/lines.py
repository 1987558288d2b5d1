"""Budget lines: what offices wrote in `budgets/*.csv`, and what accepted plan lines cost.

A line is a figure of one area, one source of funds and one measure. It may be of a programme, of a
focus, or of everything; which of these holds which is the tree (`tree.py`), never a sum. A line may
take the place of an older paper's of the same money, which then counts nothing.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from tangga.engine.area_tree import COUNTRY, area_tree
from tangga.engine.office_files import (
    Cell,
    Mistakes,
    OfficeRow,
    area_of,
    coded,
    read_office_files,
    refuse,
    whole,
    words,
    year,
)
from tangga.engine.plan.rows import relation_of
from tangga.engine.runner import Steps
from tangga.engine.workspace import Workspace
from tangga.registry.model import CodeList, Pack
from tangga.rules.on_date import Policy

FOLDER = "budgets"
COLUMNS = {
    "year": "INTEGER",
    "level": "VARCHAR",
    "area": "VARCHAR",
    "programme": "VARCHAR",
    "focus": "VARCHAR",
    "fund_source": "VARCHAR",
    "measure": "VARCHAR",
    "document": "VARCHAR",
    "amount": "BIGINT",
    "file": "VARCHAR",
    "line": "BIGINT",
    "plan_line": "VARCHAR",
    "replaces": "VARCHAR",
    "replaced_by": "VARCHAR",
}
MONEY = ("year", "area", "programme", "focus", "source", "measure")
"""What money a line speaks of."""
SAME = (*MONEY, "document")
"""What two lines may not have all in common: the second would count the same money twice."""
AGREED = "('accepted', 'done')"
MOST = 10**15
"""Rupiah of one line: about the country's whole budget of a quarter; more is a slip."""


def write_budget_lines(steps: Steps, planned: str) -> list[dict[str, Any]]:
    """Write `budget_lines`, and return its rows. planned: the measure of an accepted plan line.

    UserError with every mistake of the files.
    """
    workspace = steps.ctx.workspace
    rows = [*_of_files(workspace), *_of_plan(steps, workspace, planned)]
    rows.sort(key=lambda row: tuple(_sorted(row[name]) for name in COLUMNS))
    values = (tuple(row[name] for name in COLUMNS) for row in rows)
    steps.whole("budget_lines", f"SELECT * FROM {relation_of(COLUMNS, values)}")
    return rows


def _sorted(value: object) -> tuple[bool, int, str]:
    return (value is not None, value if isinstance(value, int) else 0, str(value))


def read_budgets(workspace: Workspace) -> list[OfficeRow]:
    """The lines of `DIR/budgets/*.csv`, checked. UserError with every mistake."""
    mistakes = Mistakes()
    rows = read_office_files(workspace, FOLDER, _cells(workspace), mistakes)
    refuse([*_wrong(rows, workspace), *_wrongly_replaced(rows)], mistakes)
    return rows


def _cells(workspace: Workspace) -> dict[str, Cell]:
    pack = workspace.pack
    levels = area_tree(workspace.pack_areas).levels
    return {
        "year": year(),
        "level": coded(_codes(pack, "area_level", levels)),
        "area": area_of(workspace.pack_areas, needed=False),
        "programme": coded(_codes(pack, "programme"), needed=False),
        "focus": coded(_codes(pack, "focus"), needed=False),
        "source": coded(_codes(pack, "fund_source")),
        "measure": coded(_codes(pack, "budget_measure")),
        "document": words(needed=False),
        "amount": whole(),
        "replaces": words(needed=False),
    }


def _codes(pack: Pack, name: str, others: Sequence[str] | Mapping[str, Any] = ()) -> Any:
    """A code list of the pack; one without it knows these words, or none."""
    found: CodeList | None = pack.codes.get(name)
    return found if found is not None else {one: (one,) for one in others}


def _wrong(
    rows: Sequence[OfficeRow], workspace: Workspace
) -> Iterator[tuple[OfficeRow, str, str | None]]:
    """What is wrong across the cells of a row, and across rows."""
    foci, tree = _foci(workspace.rulebook), area_tree(workspace.pack_areas)
    seen: dict[tuple[Any, ...], OfficeRow] = {}
    for row in rows:
        level = {length: name for name, length in tree.levels.items()}.get(len(row["area"]))
        if level is None:
            yield row, f"the pack has no area {row['area']}", None
        elif level != row["level"]:
            named = f"the area {row['area']}" if row["area"] else "no area"
            todo = f"Write the level {level}, or the area that is meant"
            yield row, f"the level is {row['level']}, and {named} is of the level {level}", todo
        focus = foci.get(row["programme"])
        if focus and row["focus"] and focus != row["focus"]:
            what = f"the programme {row['programme']} has the focus {focus}, not {row['focus']}"
            yield row, what, "Leave the focus empty, or write that of the programme"
        if row["amount"] > MOST:
            yield row, f"more than {MOST} rupiah in one line", "Write whole rupiah"
        first = seen.setdefault(tuple(row[name] for name in SAME), row)
        if first is not row:
            where = f"{first.file.name}, line {first.line}"
            todo = "Take one away, or name the document of each"
            yield row, f"says of the same money what {where} says", todo


def _paper(row: OfficeRow, name: str) -> tuple[Any, ...]:
    """The paper of this money that a column names."""
    return (*(row[one] for one in MONEY), row[name].casefold())


def _replacing(rows: Sequence[OfficeRow]) -> dict[tuple[Any, ...], OfficeRow]:
    """A paper of some money -> the first line that takes its place."""
    found: dict[tuple[Any, ...], OfficeRow] = {}
    for row in rows:
        if row["replaces"]:
            found.setdefault(_paper(row, "replaces"), row)
    return found


def _wrongly_replaced(
    rows: Sequence[OfficeRow],
) -> Iterator[tuple[OfficeRow, str, str | None]]:
    """A paper that nobody has, or that two take the place of; papers that replace one another."""
    known = {_paper(row, "document") for row in rows if row["document"]}
    by = _replacing(rows)
    for row in rows:
        if not row["replaces"]:
            continue
        named, old = f"replaces the document {row['replaces']!r}", _paper(row, "replaces")
        first = by[old]
        if old not in known:
            yield row, f"{named}, which no line of the same money has", "Write it as in its line"
        elif first is not row:
            where = f"{first.file.name}, line {first.line}"
            yield row, f"{named}, as {where} does", "Name the newer of the two"
        elif _in_a_ring(row, by):
            yield row, f"{named}, and is replaced by it in turn", "One of them is the older"


def _in_a_ring(row: OfficeRow, by: Mapping[tuple[Any, ...], OfficeRow]) -> bool:
    seen: set[int] = set()
    newer: OfficeRow | None = row
    while newer is not None and id(newer) not in seen:
        seen.add(id(newer))
        newer = by.get(_paper(newer, "document")) if newer["document"] else None
    return newer is row


def _foci(policy: Policy) -> dict[str, str]:
    return {programme.id: programme.focus for programme in policy.programmes.values()}


def _of_files(workspace: Workspace) -> Iterator[dict[str, Any]]:
    foci = _foci(workspace.rulebook)
    rows = read_budgets(workspace)
    by = _replacing(rows)
    for row in rows:
        newer = by.get(_paper(row, "document")) if row["document"] else None
        yield {
            **{name: row[name] for name in ("year", "level", "area", "measure", "amount")},
            "programme": row["programme"] or None,
            "focus": row["focus"] or foci.get(row["programme"]),
            "fund_source": row["source"],
            "document": row["document"] or None,
            "file": row.file.relative_to(workspace.dir).as_posix(),
            "line": row.line,
            "plan_line": None,
            "replaces": row["replaces"] or None,
            "replaced_by": None if newer is None else newer["document"] or _where(newer, workspace),
        }


def _where(row: OfficeRow, workspace: Workspace) -> str:
    return f"{row.file.relative_to(workspace.dir).as_posix()}:{row.line}"


def _of_plan(steps: Steps, workspace: Workspace, planned: str) -> Iterator[dict[str, Any]]:
    """The cost of each plan line that was accepted."""
    if "plan_lines" not in steps.rows:
        return
    foci, tree = _foci(workspace.rulebook), area_tree(workspace.pack_areas)
    wanted = ("line", "year", "area", "programme", "focus", "fund_source", "cost", "document")
    found = steps.fetch(
        "SELECT line, year, area, programme, focus, fund_source, cost, NULL "
        f"FROM {steps.scan('plan_lines')} WHERE state IN {AGREED} AND cost IS NOT NULL"
    )
    for values in found:
        row = dict(zip(wanted, values, strict=True))
        area = row["area"] or COUNTRY
        yield {
            **{name: row[name] for name in ("year", "document")},
            "level": tree.level(area),
            "area": area,
            "programme": row["programme"] or None,
            "focus": row["focus"] or foci.get(row["programme"] or ""),
            "fund_source": row["fund_source"] or None,
            "measure": planned,
            "amount": row["cost"],
            "file": None,
            "line": None,
            "plan_line": row["line"],
            "replaces": None,
            "replaced_by": None,
        }
