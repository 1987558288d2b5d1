"""Writes a plan: tables, report and charts into a folder of results."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from tangga.engine.connection import connect
from tangga.engine.optimise.plan import Plan
from tangga.engine.optimise.plots import charts
from tangga.engine.optimise.report import report
from tangga.engine.optimise.tables import tables
from tangga.engine.results import new_results
from tangga.texts import LANGUAGES

FOLDER = "optimised"


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
