"""The parts of the report that speak of money: who gets a benefit, what a transfer would change."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

import numpy as np

from tangga.engine.measures import targeting, transfer
from tangga.engine.measures.people import People
from tangga.engine.measures.values import Floats, Mask

POINTS = [round(place / 20, 2) for place in range(21)]
POOREST = (0.2, 0.4)
FIFTHS, TENTHS = 5, 10
ERRORS = ("error", "low", "high")


def benefit_part(people: People, money: Floats) -> dict[str, Any]:
    """Who gets a benefit, by the outcome as it is.

    money: of each household. Told per unit of whom the figures speak of, so that its sum is right.
    """
    members = people.survey.members if people.survey.spec.people else 1.0
    each = money / members
    y, w, design = people.y, people.w, people.design
    targeting.checked_benefit(each, w)
    found: dict[str, Any] = {"total": float(np.sum(w * each)), "targets": {}}
    for name, target in _targets(people).items():
        found["targets"][name] = _plain(
            people, asdict(targeting.targeting(each, target, w, design))
        )
    coefficient = targeting.concentration(each, y, w)
    influence = targeting.concentration_influence(each, y, w)
    curve = targeting.concentration_curve(each, y, w, POINTS)
    found["concentration"] = asdict(people.figure(coefficient, influence))
    found["curve"] = {"people": POINTS, "get": [float(point) for point in curve]}
    found["cgh"] = {f"{share}": targeting.cgh(each, y, w, share) for share in POOREST}
    for name, parts in (("fifths", FIFTHS), ("tenths", TENTHS)):
        table = targeting.incidence(each, y, w, design, parts)
        found[name] = [_plain(people, asdict(part)) for part in table]
    return found


def _targets(people: People) -> dict[str, Mask]:
    """Whom a benefit may be meant for: the poor by the line, the poorest fifth, two fifths."""
    poor = {} if people.line is None else {"poor": people.y < people.line}
    poorest = {f"{s}": targeting.poorest(people.y, people.w, s) for s in POOREST}
    return poor | poorest


def _plain(people: People, found: dict[str, Any]) -> dict[str, Any]:
    """Without errors for a census, where nothing was drawn."""
    if people.drawn:
        return found
    for figure in found.values():
        if isinstance(figure, dict):
            figure |= dict.fromkeys(ERRORS)
    return found


def transfer_part(people: People, amount: float, to: Mask | None) -> dict[str, Any]:
    """What an equal amount for each household would change; to: only these households."""
    survey = people.survey
    everybody = np.ones(len(survey), dtype=bool)
    money = transfer.per_household(amount, everybody if to is None else to)
    assert people.line is not None
    line = people.line if np.ptp(people.line) else float(people.line[0])
    effect = transfer.what_if(people.y, survey.members, money, line, weight=survey.weight)
    perfect = transfer.to_the_line(people.y, survey.members, line)
    least = float(np.sum(survey.weight * perfect))
    return {"amount": amount, **asdict(effect), "least_cost_to_end_poverty": least}
