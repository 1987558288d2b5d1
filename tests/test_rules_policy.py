"""Periods of rules: what cannot be built, and which version covers a day."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from tangga.rules.policy import Dated, Period, Rule

STARTS, ENDS = date(2025, 1, 1), date(2026, 1, 1)


def period(**given: Any) -> Period:
    """A good period, but for what is given."""
    good = {"id": "2025", "valid_from": STARTS, "basis": "a law", "source": "a page"}
    return Period(**{**good, **given})


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"basis": " "}, "basis and a source"),
        ({"source": ""}, "basis and a source"),
        ({"status": "planned"}, "'planned' is none of announced, in_force"),
        ({"valid_to": STARTS}, "is not after"),
    ],
)
def test_a_period_that_cannot_be(given: dict[str, Any], said: str) -> None:
    with pytest.raises(ValueError, match=said):
        period(**given)


@pytest.mark.parametrize(
    ("day", "version"),
    [
        (date(2024, 12, 31), None),
        (STARTS, "2025"),
        (date(2025, 12, 31), "2025"),
        (ENDS, "2026"),
        (date(2126, 1, 1), "2026"),
    ],
)
def test_a_day_has_the_version_that_covers_it_and_no_other(day: date, version: str | None) -> None:
    versions = (
        Dated(period(valid_to=ENDS), "2025"),
        Dated(period(id="2026", valid_from=ENDS), "2026"),
    )
    found = Rule("some", {}, versions).on(day)
    assert (found and found.says) == version
