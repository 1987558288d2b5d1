"""What follows, in one sentence, for a family past the limit of months.

The clock, the cohort, the queue and the move are facts beside each other; who reads them wants to
know whether anything ends, and who has to do what.
"""

from __future__ import annotations

from datetime import date
from typing import Any

from tangga.texts import say
from tangga.web.family.eyes import Eyes, Row, as_date
from tangga.web.family.standing import Clock, Standing, only_announced, rules_on, supported
from tangga.web.family.support import say_day

CLIMBED = "empowerment"


def conclusion(
    eyes: Eyes, found: dict[str, Any], clock: Clock | None, standing: Standing, on: date
) -> str:
    """'' for a family that has not reached the limit, or that has none."""
    near: Row = found["near_cap"] or {}
    today = rules_on(on)
    exempt = near.get("must_climb_adults") == 0 == near.get("must_climb_most")
    if clock is None or today is None or clock.months < clock.cap or exempt:
        return ""
    if standing.due:
        return say("web_family.concluded_due", eyes.language, move=standing.due[0].label)
    if not supported(found, today):
        return say("web_family.concluded_idle", eyes.language)
    if only_announced(eyes, today):
        return say("web_family.concluded_announced", eyes.language)
    return _of_running(eyes, found, standing, near, on)


def _of_running(eyes: Eyes, found: dict[str, Any], standing: Standing, near: Row, on: date) -> str:
    """Support runs past a limit that holds, and no move is due: the first that is so."""
    language = eyes.language
    until = as_date(near.get("extended_until"))
    if until is not None and until > on:
        return say("web_family.concluded_extended", language, day=say_day(until, eyes))
    if found.get("queue"):
        return say("web_family.concluded_queue", language)
    if standing.rung == CLIMBED:
        return say("web_family.concluded_climbed", language)
    cohort: Row = found.get("cohort") or {}
    day = as_date(cohort.get("decide_by"))
    if day is not None and day > on:
        return say("web_family.concluded_cohort", language, day=say_day(day, eyes))
    unsure = near.get("must_climb_adults") == 0
    return say(f"web_family.concluded_{'unsure' if unsure else 'plain'}", language)
