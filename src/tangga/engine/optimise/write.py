"""Writes a plan: tables, report and charts into a folder of results, and proposals as plan
lines."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pyarrow as pa

from tangga.engine.connection import connect
from tangga.engine.optimise.plan import Plan
from tangga.engine.optimise.plots import charts
from tangga.engine.optimise.report import report
from tangga.engine.optimise.tables import tables
from tangga.engine.plan_lines.write import Proposal, write_proposals
from tangga.engine.results import new_results
from tangga.rules.on_date import OnDate
from tangga.texts import LANGUAGES, say

FOLDER = "optimised"
BY = "tangga optimise"


def write_plan(plan: Plan, folder: Path) -> dict[str, int]:
    """Write the folder of results; returns rows by table. It appears whole, or not at all."""
    found = tables(plan)
    drawn = {language: charts(plan, language) for language in LANGUAGES}
    with new_results(folder, _about(plan)) as results, connect(threads=1) as con:
        for name, table in found.items():
            con.register("_rows", table)
            results.table(name, "SELECT * FROM _rows", con)
        for language in LANGUAGES:
            for name, drawing in drawn[language].items():
                results.text(f"{name}.{language}.svg", drawing)
            text = report(plan, found, drawn[language], language)
            results.text(f"report.{language}.md", text)
        return results.rows


def _about(plan: Plan) -> dict[str, Any]:
    period = plan.stated.period
    return {
        "run": plan.run.name,
        "as_of": plan.workspace.as_of,
        "aim": plan.problem.aim,
        "years": [plan.first, plan.first + plan.problem.years - 1],
        "policy": plan.workspace.rulebook.hash(),
        "assumptions": {"version": period.id, "marked": plan.stated.says["assumption"]},
        "bound": plan.whole.bound,
        "value": plan.whole.value,
        "gap": plan.whole.gap,
    }


def propose(plan: Plan, file: Path, found: dict[str, pa.Table] | None = None) -> int:
    """Write what the plan does in its first year as proposed lines; returns how many."""
    rows = (tables(plan) if found is None else found)["by_area"].to_pylist()
    lines = [_line(plan, row) for row in rows if row["year"] == plan.first and row["families"]]
    return write_proposals(file, lines, by=BY, at=plan.workspace.as_of)


def _line(plan: Plan, row: dict[str, Any]) -> Proposal:
    stated = plan.stated
    way = next(one for one in stated.interventions if one.id == row["intervention"])
    period, says = stated.period, stated.says
    words = {"families": round(row["families"]), "label": way.labels["id"]}
    graduations = int(row["graduations"])
    return Proposal(
        line=f"opt-{row['year']}-{row['area']}-{way.id}",
        year=row["year"],
        level=says["level"],
        area=row["area"],
        action=say("optimise.line", "id", **words),
        programme=way.says["programme"],
        focus=_focus(plan.workspace.today, way.says["programme"], way.says["focus"]),
        cost=row["cost"],
        pilar=says["pilar"] if graduations else "",
        measure=says["goal_measure"] if graduations else "",
        target=graduations or None,
        owner=says["owner"]["id"],
        rests_on=say(
            "optimise.rests_on",
            "id",
            version=period.id,
            run=plan.run.name,
            low=way.says["graduates_low"],
            high=way.says["graduates_high"],
            stated=way.says["graduates"],
        ),
    )


def _focus(today: OnDate, programme: str, focus: str) -> str:
    """The focus of the programme, as budget lines know it; of none, that of the intervention."""
    found = today.programmes.get(programme)
    return found[0].focus if found is not None else focus
