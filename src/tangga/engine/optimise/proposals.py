"""What a plan does in its first year, as proposed lines of the plan: its cost and its targets.

What is begun late in a year ends in the next. Its graduations are then a line of that year, so that
no target is set for a year in which the plan itself does not expect it to be reached.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

from tangga.engine.optimise.limits import BUDGET
from tangga.engine.optimise.parameters import Intervention
from tangga.engine.optimise.plan import Plan
from tangga.engine.optimise.tables import by_area
from tangga.engine.plan_lines.read import by_line, read_plan_lines
from tangga.engine.plan_lines.write import Proposal, write_proposals
from tangga.errors import UserError
from tangga.rules.on_date import OnDate
from tangga.rules.spread import spread
from tangga.texts import say

BY = "tangga optimise"
UNDECIDED = ("proposed", "changed")
FINE = 1_000_000
"""Graduations are spread in millionths, as whole numbers."""


def propose(plan: Plan, file: Path) -> int:
    """Write what the plan does in its first year as proposed lines; returns how many."""
    return write_proposals(file, proposals(plan), by=BY, at=plan.workspace.as_of)


def proposals(plan: Plan) -> list[Proposal]:
    """The lines. UserError where nobody has decided yet on lines proposed for the same before."""
    rows = [row for row in by_area(plan) if row["year"] == plan.first and row.get("families")]
    expected = {str(n): round(row["graduations"] * FINE) for n, row in enumerate(rows)}
    whole = spread(round(sum(expected.values()) / FINE), expected)
    found = [line for n, row in enumerate(rows) for line in _lines(plan, row, whole.get(str(n), 0))]
    return _with_ids(plan, found)


def _lines(plan: Plan, row: dict[str, Any], target: int) -> Iterator[Proposal]:
    """The line of a row; where its graduations are of a later year, they are a line of that."""
    k, way = next(
        (k, one) for k, one in enumerate(plan.stated.interventions) if one.id == row["intervention"]
    )
    later = int(plan.problem.effects.ends(0)[k])
    says = plan.stated.says
    aims = {"pilar": says["pilar"], "measure": says["goal_measure"], "target": target}
    source, note = _source(plan, row["area"], k)
    words = {"families": round(row["families"]), "label": way.labels["id"]}
    yield Proposal(
        action=say("optimise.line", "id", **words),
        cost=row["cost"],
        fund_source=source,
        reason=note,
        **_common(plan, row, way, plan.first),
        **(aims if target and not later else {}),
    )
    if target and later:
        words |= {"year": str(plan.first)}
        action = say("optimise.line_later", "id", **words)
        yield Proposal(action=action, **_common(plan, row, way, plan.first + later), **aims)


def _common(plan: Plan, row: dict[str, Any], way: Intervention, year: int) -> dict[str, Any]:
    rests_on = say(
        "optimise.rests_on",
        "id",
        version=plan.stated.period.id,
        run=plan.run.name,
        low=way.says["graduates_low"],
        high=way.says["graduates_high"],
        stated=way.says["graduates"],
    )
    return {
        "line": f"opt-{year}-{row['area']}-{way.id}" + ("" if year == plan.first else "-later"),
        "year": year,
        "level": plan.stated.says["level"],
        "area": row["area"],
        "programme": way.says["programme"],
        "focus": _focus(plan.workspace.today, way.says["programme"], way.says["focus"]),
        "owner": plan.stated.says["owner"]["id"],
        "due": date(year, 12, 31),
        "rests_on": rests_on,
    }


def _source(plan: Plan, area: str, k: int) -> tuple[str, str]:
    """The source of funds of the money that an intervention draws on, and a note where it cannot be
    told: nobody wrote that money down, or it is of several."""
    way = plan.stated.interventions[k]
    number = plan.families.areas.index(area)
    drawn = {
        one.focus: one.area
        for one in plan.problem.limits
        if one.what == BUDGET and one.year == 0 and number in one.areas and one.uses[:, k + 1].any()
    }
    code = next((of for of in (way.says["programme"], way.says["focus"]) if of in drawn), None)
    if code is None:
        return "", say("optimise.no_source", "id")
    found = sorted(plan.found.sources.get((code, drawn[code]), ()))
    if len(found) == 1 and found[0]:
        return found[0], ""
    return "", say("optimise.several_sources", "id", sources=", ".join(filter(None, found)) or "-")


def _with_ids(plan: Plan, found: list[Proposal]) -> list[Proposal]:
    """Ids that no line of the workspace has: after one that was decided comes the next number."""
    known = by_line(read_plan_lines(plan.workspace))
    lines = []
    for one in found:
        own, number = one.line, 1
        while own in known:
            if known[own][-1].state in UNDECIDED:
                raise _undecided(own)
            number += 1
            own = f"{one.line}-{number}"
        lines.append(Proposal(**{**vars(one), "line": own}))
    return lines


def _undecided(line: str) -> UserError:
    todo = "Decide on what was proposed (tangga plan decide), or take its file out of plans/"
    return UserError("is proposed already, and nobody has decided on it", value=line, todo=todo)


def _focus(today: OnDate, programme: str, focus: str) -> str:
    """The focus of the programme, as budget lines know it; of none, that of the intervention."""
    found = today.programmes.get(programme)
    return found[0].focus if found is not None else focus
