"""How many of a thousand families take a step: what was recorded, held to what the pack assumes.

Where too few moves were recorded there is the assumption alone, and its range is how unsure it is.
Where there are enough, the assumption counts for `weight_months` family-months beside those seen
(the mean of a Gamma distribution after Poisson counts: (moves + weight x assumed) / (months +
weight)), and what is left unsure is that Gamma's. Each future draws its own rate, so a band shows
both: that a rate is not known, and that even a known rate leaves much to chance.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from tangga.engine.forecast.cells import YEAR, Real, Step, monthly, stream
from tangga.engine.forecast.finished import Finished
from tangga.engine.forecast.statements import statement
from tangga.engine.plan.clock import codes
from tangga.engine.plan.months import month
from tangga.rules.clock_settings import Clock
from tangga.rules.days import first_day, month_of

Assumed = Mapping[str, Any]
FIRST_RUNG = "protection"
LONGEST = 60
THOUSAND = 1000
TENTHS = 1.2815515655446004
"""Spreads from the middle within which eight of ten lie: a range is read as one from 10 to 90 %."""
EVENT = {
    "family_id": "VARCHAR",
    "event": "VARCHAR",
    "on_date": "DATE",
    "rung": "VARCHAR",
    "track": "VARCHAR",
    "rid": "BIGINT",
    "latest": "BOOLEAN",
}


@dataclass(frozen=True)
class Rate:
    """The yearly rate of one step, of a thousand families. moves, months: what was recorded.

    estimated: whether that was enough to count. mean: what a future draws, on average.
    """

    assumed: Assumed
    moves: int
    months: int
    estimated: bool
    mean: float

    @property
    def id(self) -> str:
        """The step's name."""
        return str(self.assumed["id"])


def recorded(run: Finished, clock: Clock, window: int) -> dict[tuple[str, str], tuple[int, int]]:
    """(from, to) -> moves recorded in so many months before the run, family-months on `from`."""
    months = min(window, LONGEST)
    base = month_of(run.day) - months + 1
    events = run.received("events", EVENT)
    sql = statement(
        "recorded_moves",
        events=events,
        spells=run.scan("plan", "spells"),
        programmes=codes(clock.programmes),
        first_rung=FIRST_RUNG,
        on=run.day,
        since=first_day(base),
        stood=_bits(base, months, "on_date", "until"),
        supported=_bits(base, months, "valid_from", "valid_to"),
    )
    return {(row[0], row[1]): (row[2], row[3]) for row in run.rows(sql) if row[0]}


def _bits(base: int, months: int, first: str, past: str) -> str:
    """The months of the window from one day to before another (open: to its end), as bits."""

    def below(day: str, otherwise: int) -> str:
        place = f"least(greatest({month(day)} - {base}, 0), {months})"
        return (
            f"(1::BIGINT << (CASE WHEN {day} IS NULL THEN {otherwise} ELSE {place} END)::INTEGER)"
        )

    return f"greatest({below(past, months)} - {below(first, 0)}, 0)"


def rates_of(
    says: Mapping[str, Any], seen: Mapping[tuple[str, str], tuple[int, int]]
) -> list[Rate]:
    """The rate of every step that the policy knows."""
    found = []
    for one in says["step"]:
        moves, months = seen.get((one["from"], one["to"]), (0, 0))
        assumed, weight = float(one["per_thousand"]), says["weight_months"]
        enough = moves >= says["least_moves"] and months > 0
        mean = assumed
        if enough:
            counted = moves + weight * assumed / THOUSAND / YEAR
            mean = counted / (months + weight) * YEAR * THOUSAND
        found.append(Rate(one, moves, months, enough, mean))
    return found


def drawn_rates(rate: Rate, weight: int, draws: int, seed: int) -> Real:
    """The yearly rate of each future, a head: [1, draw]."""
    own = stream(seed, f"rate/{rate.id}")
    if rate.estimated:
        shape = rate.moves + weight * float(rate.assumed["per_thousand"]) / THOUSAND / YEAR
        return own.gamma(shape, 1 / (rate.months + weight), (1, draws)) * YEAR
    low, high = (float(rate.assumed[f"per_thousand_{end}"]) for end in ("low", "high"))
    if low <= 0 or high <= low:
        return np.full((1, draws), rate.mean / THOUSAND)
    spread = np.log(high / low) / (2 * TENTHS)
    middle = np.log(rate.mean / THOUSAND) - spread**2 / 2
    return np.exp(own.normal(middle, spread, (1, draws)))


def steps_of(rates: Sequence[Rate], weight: int, draws: int, seed: int) -> list[Step]:
    """The steps that futures take, each with a rate for each future."""
    return [
        Step(
            rate.id,
            rate.assumed["from"],
            rate.assumed["to"],
            monthly(drawn_rates(rate, weight, draws, seed)),
            rate.assumed["ends_support"],
            rate.assumed["starts_support"],
        )
        for rate in rates
    ]
