"""One decision about a line: one more version, at the end of `plans/decided.csv`."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any

from tangga.engine.area_tree import AreaTree, area_tree
from tangga.engine.catalogue import Run
from tangga.engine.connection import connect
from tangga.engine.current import last_complete
from tangga.engine.lock import locked
from tangga.engine.office_files import Wrong
from tangga.engine.plan_lines.checks import Measures, mistakes
from tangga.engine.plan_lines.gate import Villages, gate, needs_repair
from tangga.engine.plan_lines.limits import Limit, limits_of
from tangga.engine.plan_lines.read import (
    PlanVersion,
    by_line,
    latest,
    measures,
    plan_columns,
    read_plan_lines,
)
from tangga.engine.plan_lines.write import append
from tangga.engine.settings import nearest
from tangga.engine.workspace import Workspace
from tangga.errors import UserError
from tangga.rules.plan_lines import ACCEPTED, DECIDES

BUSY = "somebody else is deciding about a line of this workspace"


@dataclass(frozen=True)
class Decided:
    """What was written: the version before, the new one, and the file that holds it.

    villages: those that the line stands on; None where the policy sets no thresholds, or the
    decision needs none. limits: what an accepted line comes up against, as the last run knows it.
    as_of: the day of the workspace's runs.
    """

    before: PlanVersion
    now: PlanVersion
    file: Path
    villages: Villages | None
    as_of: date
    limits: Sequence[Limit] = ()


def decide(
    workspace: Workspace, line: str, *, state: str, by: str, on: date, changes: Mapping[str, Any]
) -> Decided:
    """Write one more version of a line; nothing is written where the step is impossible.

    changes: field of PlanVersion -> its new value as typed; the others stay. UserError for an
    unknown line, an impossible step, what a state cannot do without, and for accepting a line whose
    area has villages with data below the threshold and no repair of them.
    """
    today = workspace.today
    with locked(workspace.plans, BUSY):
        versions = read_plan_lines(workspace, today)
        older = _line(versions, line, workspace)
        said = _read(workspace, {"state": state, **changes})
        if said["state"] not in DECIDES:
            todo = f"Choose one of: {', '.join(DECIDES)}"
            raise UserError("is nothing to decide", value=state, todo=todo)
        now = _next(older[-1], {**said, "by": by.strip(), "at": on})
        tree = area_tree(workspace.pack_areas)
        _check([*older, now], tree, measures(today))
        villages = _villages(workspace, now, versions, tree)
        file = append(workspace.plans, now)
    limits = _limits(workspace, now, versions) if now.state == ACCEPTED else []
    return Decided(older[-1], now, file, villages, workspace.as_of, limits)


def _limits(workspace: Workspace, now: PlanVersion, versions: Iterable[PlanVersion]) -> list[Limit]:
    try:
        run = Run(last_complete(workspace.dir))
    except UserError:  # before the first run nothing is known
        run = None
    with connect() as con:
        return limits_of(con, run, workspace).of(now, latest(versions, now.at))


def _line(versions: Iterable[PlanVersion], line: str, workspace: Workspace) -> list[PlanVersion]:
    lines = by_line(versions)
    if line not in lines:
        near = nearest(line, lines)
        todo = f"Did you mean {near!r}?" if near else "See them with `tangga plan show`"
        raise UserError("no such line", file=workspace.plans, value=line, todo=todo)
    return lines[line]


def _read(workspace: Workspace, typed: Mapping[str, Any]) -> dict[str, Any]:
    """What was typed, read as the cells of a file are."""
    columns = plan_columns(workspace)
    found = {}
    for field, value in typed.items():
        column = "source" if field == "fund_source" else field
        try:
            found[field] = columns[column].read(str(value))
        except Wrong as wrong:
            raise UserError(wrong.what, column=column, value=str(value), todo=wrong.todo) from None
    return found


def _next(before: PlanVersion, said: dict[str, Any]) -> PlanVersion:
    if not said["by"]:
        raise UserError("nobody is named who decides", todo="Write --by with a name and office")
    fresh = {"reason": "", "version": before.version + 1, "file": None, "line_number": 0}
    return replace(before, **{**fresh, **said})


def _check(line: list[PlanVersion], tree: AreaTree, known: Measures | None) -> None:
    """What is wrong with the last version of a line, whose others are right."""
    wrong = [
        f"{what}. {todo}" if todo else what
        for one, what, todo in mistakes(line, tree, known)
        if one is line[-1]
    ]
    if wrong:
        raise UserError("\n".join(wrong))


def _villages(
    workspace: Workspace, now: PlanVersion, versions: Iterable[PlanVersion], tree: AreaTree
) -> Villages | None:
    """The villages that an accepted line stands on; UserError where their data come first."""
    if now.state != ACCEPTED or now.repairs or workspace.today.settings.get("readiness") is None:
        return None
    found = gate(ready_villages(workspace), latest(versions, now.at), tree)
    villages = found.get(now.area, Villages())
    if not needs_repair(now, found):
        return villages
    if not villages.all:
        what = f"no family of the register lives in {tree.name(now.area)}"
        raise UserError(what, value=now.line, todo="Receive its families first, then plan for them")
    raise UserError(
        f"{villages.without_repair} of {villages.all} villages of {tree.name(now.area)} have data "
        "below the threshold, and no accepted line repairs them",
        value=now.line,
        todo="Accept a line with `repairs` for them first (`tangga plan show` says what to repair)",
    )


def ready_villages(workspace: Workspace) -> dict[str, bool | None]:
    """Village -> whether its data are ready, as the last complete run found them."""
    run = Run(last_complete(workspace.dir))
    with connect() as con:
        sql = f"SELECT village, ready FROM {run.scan('plan', 'readiness')} WHERE place = 'village'"
        return dict(con.execute(sql).fetchall())
