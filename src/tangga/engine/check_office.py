"""The files that an office plans by, read as a run would, before hours of it are spent."""

from __future__ import annotations

from collections.abc import Callable

from tangga.engine.budget.lines import read_budgets
from tangga.engine.outcomes import measures_of, read_outcomes
from tangga.engine.plan.cohorts import read_places
from tangga.engine.plan.stage import decides
from tangga.engine.plan_lines.read import read_plan_lines
from tangga.engine.targets.files import read_targets
from tangga.engine.targets.settings import pilars_of
from tangga.engine.workspace import Workspace
from tangga.errors import UserError, together


def check_office(workspace: Workspace) -> list[UserError]:
    """What is wrong with targets, budgets, places, outcomes and plan lines.

    Nothing is said of them where the policy itself cannot be read: that comes first.
    """
    try:
        if not decides(workspace.rulebook):
            return []
        today = workspace.today
    except UserError:
        return []
    readers: tuple[Callable[[], object], ...] = (
        lambda: read_targets(workspace, pilars_of(today)),
        lambda: read_budgets(workspace),
        lambda: read_places(workspace),
        lambda: read_outcomes(workspace, measures_of(today)),
        lambda: read_plan_lines(workspace, today),
    )
    wrong = []
    for read in readers:
        try:
            read()
        except UserError as error:
            wrong.append(error)
    return wrong


def refuse_wrong_office(workspace: Workspace) -> None:
    """Raise UserError with everything that is wrong with them, where anything is."""
    wrong = check_office(workspace)
    if wrong:
        raise together(wrong)
