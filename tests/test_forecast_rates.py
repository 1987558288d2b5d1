"""Rates of steps: the assumption alone, or held together with the moves that were recorded."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from history_run import HistoryRun, today
from tangga.engine.connection import connect
from tangga.engine.forecast.finished import Finished
from tangga.engine.forecast.rates import (
    ANYWHERE,
    Rate,
    drawn_rates,
    rates_of,
    recorded,
    steps_of,
)
from tangga.engine.manifest import Manifest
from tangga.engine.plan.clock import Day, write_spells
from tangga.engine.runner import Steps
from tangga.rules.clock_settings import Clock

ON = date(2026, 1, 31)
STEP: dict[str, Any] = {
    "id": "climb",
    "labels": {"id": "naik", "en": "climb"},
    "from": "protection",
    "to": "empowerment",
    "per_thousand": Decimal(12),
    "per_thousand_low": Decimal(4),
    "per_thousand_high": Decimal(36),
    "ends_support": False,
    "starts_support": False,
    "source": "",
    "question": "",
}
SAYS: dict[str, Any] = {"step": (STEP,), "weight_months": 1000, "least_moves": 10}
PAIR = ("protection", "empowerment")


def rate(moves: int, months: int) -> Rate:
    (found,) = rates_of(SAYS, {PAIR: (moves, months)})
    return found


def test_without_moves_there_is_the_assumption() -> None:
    (found,) = rates_of(SAYS, {})
    assert (found.estimated, found.mean) == (False, 12.0)


def test_too_few_moves_say_nothing() -> None:
    assert (rate(9, 100).estimated, rate(9, 100).mean) == (False, 12.0)


def test_enough_moves_are_held_to_the_assumption() -> None:
    """(20 + 1000 months of 1 in a thousand) of 5000 + 1000 months: 21 of 6000 a month."""
    found = rate(20, 5000)
    assert found.estimated
    assert found.mean == pytest.approx(21 / 6000 * 12 * 1000)
    assert 12 < found.mean < 20 / 5000 * 12 * 1000


def test_a_step_that_nobody_took_lowers_its_rate() -> None:
    """0 in 14,082 family-months, of which 14 were assumed: (0 + 1) of 14,082 + 1000 a month."""
    others = {("empowerment", "graduated"): (12, 400), ("protection", ANYWHERE): (0, 14_082)}
    (found,) = rates_of(SAYS, others)
    assert (found.moves, found.months, found.estimated) == (0, 14_082, True)
    assert found.mean == pytest.approx(1 / 15_082 * 12 * 1000)
    drawn = drawn_rates(found, 1000, 20_000, 1) * 1000
    assert drawn.mean() == pytest.approx(found.mean, rel=0.03)
    assert drawn.mean() < 4 / 2


@pytest.mark.parametrize(("elsewhere", "months"), [(9, 14_082), (12, 9_999)])
def test_nobody_says_nothing_where_moves_are_not_recorded_or_few_were_assumed(
    elsewhere: int, months: int
) -> None:
    """The months are shown all the same."""
    seen = {("empowerment", "graduated"): (elsewhere, 400), ("protection", ANYWHERE): (0, months)}
    (found,) = rates_of(SAYS, seen)
    assert (found.moves, found.months, found.estimated, found.mean) == (0, months, False, 12.0)


def test_with_ever_more_moves_the_records_decide() -> None:
    assert rate(200_000, 50_000_000).mean == pytest.approx(48, rel=1e-3)


def test_futures_draw_their_rates_around_the_mean_and_within_the_range() -> None:
    assumed = drawn_rates(rate(0, 0), 1000, 20_000, 1) * 1000
    assert assumed.mean() == pytest.approx(12, rel=0.03)
    low, high = np.quantile(assumed, [0.1, 0.9])
    assert high / low == pytest.approx(36 / 4, rel=0.05)
    seen = drawn_rates(rate(400, 100_000), 1000, 20_000, 1) * 1000
    assert seen.mean() == pytest.approx(rate(400, 100_000).mean, rel=0.01)
    assert seen.std() < assumed.std() / 2


def test_a_rate_without_a_range_is_that_rate() -> None:
    one = {**STEP, "per_thousand_low": Decimal(12), "per_thousand_high": Decimal(12)}
    (found,) = rates_of({**SAYS, "step": (one,)}, {})
    assert (drawn_rates(found, 1000, 5, 1) == 0.012).all()


def test_steps_are_those_of_the_policy() -> None:
    (step,) = steps_of([rate(0, 0)], 1000, 7, 1)
    assert (step.name, step.source, step.to) == ("climb", "protection", "empowerment")
    assert step.rate.shape == (1, 7)
    assert ((step.rate > 0) & (step.rate < 0.05)).all()


def move(family: str, rung: str | None, on: date) -> dict[str, object]:
    event = "rung_move" if rung else "rung_left"
    return {"family_id": family, "event": event, "rung": rung, "on_date": on, "track": None}


def spell(family: str, since: date, to: date | None = None) -> dict[str, object]:
    return {
        "family_id": family,
        "person_id": None,
        "programme": "sembako",
        "status": "ended" if to else "active",
        "valid_from": since,
        "valid_to": to,
    }


def test_moves_and_months_are_counted_within_the_window(tmp_path: Path) -> None:
    """Of 12 months: A climbs after 4 and graduates after 9; B stays; C climbed long before."""
    by_hand = HistoryRun(tmp_path, ON)
    by_hand.write(
        families=[{"family_id": f, "status": "active"} for f in "ABC"],
        enrolments=[spell("A", date(2024, 1, 1)), spell("B", date(2025, 8, 10))],
        events=[
            move("A", "empowerment", date(2025, 6, 5)),
            move("A", "graduated", date(2025, 11, 20)),
            move("C", "empowerment", date(2023, 5, 5)),
            move("C", None, date(2025, 4, 2)),
        ],
    )
    ctx = by_hand.ctx
    with Steps(ctx, "plan") as steps:
        write_spells(steps, Day(ON, Clock.of(today(ON).clock.says), today(ON).facts.names))
    run = Finished(ctx.workspace, ctx.run_dir, _manifest(), today(ON), connect(threads=1))
    found = recorded(run, Clock.of(today(ON).clock.says), 12)
    assert found == {
        PAIR: (1, 4 + 6),  # A from February to May, B from August on
        ("empowerment", "graduated"): (1, 5 + 2),  # A June to October, C February and March
        ("protection", ANYWHERE): (0, 4 + 6),
        ("empowerment", ANYWHERE): (0, 5 + 2),
        ("graduated", ANYWHERE): (0, 3),  # A from November on
    }


def _manifest() -> Manifest:
    return object()  # type: ignore[return-value]
