"""How many of a thousand families take a step: what was recorded, held to what the pack assumes.

Where too little was recorded there is the assumption alone, and its range is how unsure it is. That
nobody took a step tells something too, where moves are recorded at all and the assumption would
have had as many as are enough. Where there is enough, the assumption counts for `weight_months`
family-months beside those seen (the mean of a Gamma distribution after Poisson counts: (moves +
weight x assumed) / (months + weight)), and what is left unsure is that Gamma's. Each future draws
its own rate, so a band shows both: that a rate is not known, and that even a known rate leaves much
to chance.
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
ANYWHERE = ""
"""In the place of the rung moved to: the months of a rung, whether or not anybody left it."""
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
    """(from, to) -> moves recorded in so many months before the run, family-months on `from`.

    (from, ANYWHERE) has the months of every rung that somebody stood on, with no moves.
    """
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
    """The rate of every step that the policy knows.

    A step taken less often than assumed must lower its rate as one taken more often raises it: what
    was recorded counts where either the moves or those assumed for the months are `least_moves`.
    Where fewer moves than that of all kinds are there, nobody may be recording them.
    """
    found = []
    kept = sum(moves for moves, _ in seen.values()) >= says["least_moves"]
    for one in says["step"]:
        _, stood = seen.get((one["from"], ANYWHERE), (0, 0))
        moves, months = seen.get((one["from"], one["to"]), (0, stood))
        assumed, weight = float(one["per_thousand"]), says["weight_months"]
        monthly_rate = assumed / THOUSAND / YEAR
        enough = kept and months > 0 and max(moves, months * monthly_rate) >= says["least_moves"]
        mean = assumed
        if enough:
            mean = (moves + weight * monthly_rate) / (months + weight) * YEAR * THOUSAND
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
