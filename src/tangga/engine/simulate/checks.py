"""The conditions that a scenario puts on its own result: where one fails, the run stops."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from decimal import Decimal

from tangga.engine.simulate.measured import MEASURES
from tangga.engine.simulate.scenario import Check, Scenario
from tangga.errors import UserError

Figures = Mapping[tuple[str, str], int | float | None]
"""(measure, programme) -> its value under the scenario; None where it is not known."""


def stop_where_one_fails(scenario: Scenario, figures: Figures) -> None:
    """UserError that names every check that fails, its line, and by how much.

    What is not known holds no condition: a check of it fails.
    """
    wrong = [said for check in scenario.checks for said in _failed(check, figures)]
    if not wrong:
        return
    lines = [
        check.place.line for check in scenario.checks if check.place and _fails(check, figures)
    ]
    what = "; ".join(wrong)
    todo = "Nothing was written. Change the scenario, or the check"
    raise UserError(f"a check fails: {what}", file=scenario.file, line=lines[0], todo=todo)


def _fails(check: Check, figures: Figures) -> bool:
    return any(_failed(check, figures))


def _failed(check: Check, figures: Figures) -> Iterable[str]:
    value = figures.get((check.measure, check.programme))
    name = f"{check.measure} of {check.programme}" if check.programme else check.measure
    if value is None:
        yield f"{name} is not known, so nothing can be said of it"
        return
    exact, said = Decimal(str(value)), f"{name} is {_shown(Decimal(str(value)))}"
    said += f" {MEASURES[check.measure]}"
    if check.at_most is not None and exact > check.at_most:
        yield f"{said}, {_shown(exact - check.at_most)} more than {_shown(check.at_most)}"
    if check.at_least is not None and exact < check.at_least:
        yield f"{said}, {_shown(check.at_least - exact)} less than {_shown(check.at_least)}"


def _shown(value: Decimal) -> str:
    """A whole number with its thousands, a share with four digits."""
    if value == value.to_integral_value():
        return f"{int(value):,}"
    return f"{value:.4f}"
