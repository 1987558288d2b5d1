"""The money of the measured plan, in order: lines and their tree, what is owed, what was paid.

write_budget(steps, today)          # after the plan lines, in the stage `plan`
"""

from __future__ import annotations

from tangga.engine.area_tree import area_tree
from tangga.engine.budget import tree
from tangga.engine.budget.absorption import write_absorption
from tangga.engine.budget.lines import write_budget_lines
from tangga.engine.budget.owed import write_deaths, write_owed
from tangga.engine.budget.reconcile import write_reconciliation
from tangga.engine.budget.support import write_support
from tangga.engine.plan.rows import relation_of
from tangga.engine.runner import Steps
from tangga.rules.on_date import OnDate
from tangga.rules.rates import Window


def write_budget(steps: Steps, today: OnDate) -> None:
    """Write the tables of budgets and payments; nothing where no policy/budget.toml holds."""
    version = today.settings.get("budget")
    if version is None:
        return
    window = Window.of(today.day, version.says["years_before"])
    write_lines(steps, today)
    write_deaths(steps, today)
    write_support(steps, today)
    write_owed(steps, today, window)
    write_reconciliation(steps, today, window)
    write_absorption(steps, today)


def write_lines(steps: Steps, today: OnDate) -> None:
    """Write `budget_lines` and `budget_tree`."""
    lines = write_budget_lines(steps, today.settings["budget"].says["planned"])
    rows = tree.budget_tree(lines, area_tree(steps.ctx.workspace.pack_areas))
    steps.whole("budget_tree", f"SELECT * FROM {relation_of(tree.COLUMNS, rows)}")
