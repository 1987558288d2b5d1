"""The conditions that a scenario puts on its own result: where one fails, the run stops."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from decimal import Decimal

from tangga.engine.simulate.measured import MEASURES
from tangga.engine.simulate.scenario import Check, Scenario
from tangga.errors import UserError

Figures = Mapping[tuple[str, str], int | float | None]
"""(measure, programme) -> its value under the scenario; None where it is not known."""
Bounds = Mapping[tuple[str, str], tuple[int, int] | None]
"""(measure, programme) -> the least and the most that it can be, where amounts are not known; None
where nothing bounds it. A measure that is not in it is what it is."""


def stop_where_one_fails(scenario: Scenario, figures: Figures, bounds: Bounds) -> None:
    """UserError that names every check that fails, its line, and by how much.

    What is not known holds no condition: a check of it fails. Of what lies between two bounds the
    one that is worse for the check is asked.
    """
    wrong = [said for check in scenario.checks for said in _failed(check, figures, bounds)]
    if not wrong:
        return
    lines = [
        check.place.line
        for check in scenario.checks
        if check.place and any(_failed(check, figures, bounds))
    ]
    what = "; ".join(wrong)
    todo = "Nothing was written. Change the scenario, or the check"
    raise UserError(f"a check fails: {what}", file=scenario.file, line=lines[0], todo=todo)


def _failed(check: Check, figures: Figures, bounds: Bounds) -> Iterable[str]:
    key = (check.measure, check.programme)
    value = figures.get(key)
    name = f"{check.measure} of {check.programme}" if check.programme else check.measure
    if value is None:
        yield f"{name} is not known, so nothing can be said of it"
        return
    between = bounds.get(key, (value, value))
    if between is None:
        yield f"{name} is not known: it rests on amounts that are not known, and are not recorded"
        return
    least, most = (Decimal(str(one)) for one in between)
    if check.at_most is not None and most > check.at_most:
        over = f"{_shown(most - check.at_most)} more than {_shown(check.at_most)}"
        yield f"{name} is {_said(check, most, least)}, {over}"
    if check.at_least is not None and least < check.at_least:
        under = f"{_shown(check.at_least - least)} less than {_shown(check.at_least)}"
        yield f"{name} is {_said(check, least, least)}, {under}"


def _said(check: Check, value: Decimal, sure: Decimal) -> str:
    unit = MEASURES[check.measure]
    if value == sure:
        return f"{_shown(value)} {unit}"
    aside = _shown(value - sure)
    return (
        f"up to {_shown(value)} {unit} ({_shown(sure)} are sure, {aside} are set aside for "
        "families whose amount is not known)"
    )


def _shown(value: Decimal) -> str:
    """A whole number with its thousands, a share with four digits."""
    if value == value.to_integral_value():
        return f"{int(value):,}"
    return f"{value:.4f}"
