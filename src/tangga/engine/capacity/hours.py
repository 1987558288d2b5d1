"""Hours of those who visit families: what the families they have take, and what is left."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass

from tangga.engine.capacity.fill import Hands
from tangga.engine.plan.decisions import quoted
from tangga.engine.runner import Steps
from tangga.rules.policy import Settings

LOAD, ASSIGNED = "worker_load", "assignments"


@dataclass(frozen=True)
class WorkerHours:
    """Minutes of one worker in a month. families: None where it is not known how many they have;
    then nothing is left to count on. begins: families that they can begin empowerment with."""

    worker: str
    area: str
    families: int | None
    minutes: int
    visits: int | None
    begins: int

    @property
    def left(self) -> int | None:
        """Minutes left; None where it is not known."""
        return None if self.visits is None else max(0, self.minutes - self.visits)


def worker_hours(steps: Steps, says: Settings) -> list[WorkerHours] | None:
    """The workers whose hours go to families, sorted; None where no worker is known."""
    if LOAD not in steps.rows:
        return None
    hands = ", ".join(map(quoted, says["hands"])) or "NULL"
    rows = steps.fetch(
        f"SELECT worker, coalesce(area, ''), max(load) FROM {steps.scan(LOAD)} "
        f"WHERE pilar IN ({hands}) GROUP BY ALL ORDER BY ALL"
    )
    return [_hours(says, *row) for row in rows] or None


def _hours(says: Settings, worker: str, area: str, families: int | None) -> WorkerHours:
    minutes = 60 * int(says["hours_month"])
    if families is None:
        return WorkerHours(worker, area, None, minutes, None, 0)
    yearly = families * int(says["visits_year"]) * int(says["visit_minutes"])
    visits = -(-yearly // 12)
    begins = max(0, minutes - visits) // int(says["begin_minutes_month"])
    return WorkerHours(worker, area, families, minutes, visits, begins)


def hands_of(steps: Steps, workers: list[WorkerHours] | None) -> Hands | None:
    """The same as what families are given to; None where no worker is known."""
    if workers is None:
        return None
    listed = ", ".join(quoted(one.worker) for one in workers)
    caring = dict(
        steps.fetch(
            f"SELECT family_id, min(worker) FROM {steps.scan(ASSIGNED)} "
            f"WHERE worker IN ({listed}) GROUP BY family_id"
        )
        if ASSIGNED in steps.rows
        else []
    )
    posts: dict[str, list[str]] = defaultdict(list)
    for one in workers:
        if one.area:
            posts[one.area].append(one.worker)
    return Hands({one.worker: one.begins for one in workers}, caring, posts)
