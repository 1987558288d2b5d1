"""The plan lines of a run: `plan_lines`, `plan_line_versions`, `overdue_lines`."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from tangga.engine.area_tree import AreaTree, area_tree
from tangga.engine.plan.rows import relation_of
from tangga.engine.plan_lines.gate import Gate, Villages, gate, needs_repair
from tangga.engine.plan_lines.read import FIELDS, PlanVersion, latest, read_plan_lines
from tangga.engine.runner import Steps
from tangga.rules.on_date import OnDate
from tangga.rules.plan_lines import OPEN

TYPES = {"version": "INTEGER", "year": "INTEGER", "cost": "BIGINT", "target": "BIGINT",
         "due": "DATE", "at": "DATE"}  # fmt: skip
VERSION = {name: TYPES.get(name, "VARCHAR") for name in FIELDS}
PLACE = {"file": "VARCHAR", "line_number": "INTEGER"}
LINE = {
    **VERSION,
    "overdue": "BOOLEAN",
    "needs_repair": "BOOLEAN",
    "villages": "INTEGER",
    "villages_not_ready": "INTEGER",
    "villages_without_repair": "INTEGER",
    **PLACE,
}
OVERDUE = {"area": "VARCHAR", "line": "VARCHAR", "of_area": "VARCHAR", "owner": "VARCHAR",
           "state": "VARCHAR", "due": "DATE", "days_late": "INTEGER"}  # fmt: skip


def write_plan_lines(steps: Steps, today: OnDate) -> None:
    """Write the three tables; without a file of lines they are empty.

    Reads `readiness`, which must be there. UserError with every mistake in the files.
    """
    workspace = steps.ctx.workspace
    versions = [v for v in read_plan_lines(workspace, today) if v.at <= today.day]
    standing, tree = latest(versions, today.day), area_tree(workspace.pack_areas)
    found = gate_of(steps, today, standing, tree)
    listed = [(*_said(v), *_place(v)) for v in versions]
    steps.whole("plan_line_versions", _select(VERSION | PLACE, listed, "line, version"))
    lines = [_line(one, today.day, found) for one in standing]
    steps.whole("plan_lines", _select(LINE, lines, "line"))
    steps.whole("overdue_lines", _select(OVERDUE, _overdue(standing, today.day, tree), "ALL"))


def gate_of(
    steps: Steps, today: OnDate, standing: Iterable[PlanVersion], tree: AreaTree
) -> Gate | None:
    """What stands between the lines and their being accepted; None without thresholds."""
    if today.settings.get("readiness") is None:
        return None
    rows = steps.fetch(
        f"SELECT village, ready FROM {steps.scan('readiness')} WHERE place = 'village'"
    )
    return gate(dict(rows), standing, tree)


def is_overdue(line: PlanVersion, on: date) -> bool:
    """Whether something that should be done by now is not."""
    return line.state in OPEN and line.due is not None and line.due < on


def _line(line: PlanVersion, on: date, found: Gate | None) -> tuple[object, ...]:
    villages = None if found is None else found.get(line.area, Villages())
    counted = (
        (None, None, None)
        if villages is None
        else (villages.all, villages.not_ready, villages.without_repair)
    )
    return (*_said(line), is_overdue(line, on), needs_repair(line, found), *counted, *_place(line))


def _overdue(
    standing: Iterable[PlanVersion], on: date, tree: AreaTree
) -> Iterable[tuple[object, ...]]:
    """An overdue line shows to both levels: its own area, and the one above."""
    for one in standing:
        if is_overdue(one, on) and one.due is not None:
            for area in dict.fromkeys([one.area, tree.parent(one.area) or ""]):
                late = (on - one.due).days
                yield area, one.line, one.area, one.owner, one.state, one.due, late


def _said(version: PlanVersion) -> tuple[object, ...]:
    return tuple(getattr(version, name) for name in FIELDS)


def _place(version: PlanVersion) -> tuple[object, ...]:
    return (version.file.name if version.file else None), version.line_number


def _select(columns: dict[str, str], rows: Iterable[tuple[object, ...]], order: str) -> str:
    return f"SELECT * FROM {relation_of(columns, rows)} ORDER BY {order}"
