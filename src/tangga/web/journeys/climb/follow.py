"""Who graduated is visited again: by when, and whether somebody was there."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from tangga.rules.days import months_before
from tangga.web.journeys.climb import queries
from tangga.web.journeys.climb.wanted import wanted
from tangga.web.today import today

SOON = 30
"""Days before it is due at which a visit is one of those to be made now."""


@dataclass(frozen=True)
class Next:
    """The visit that is due next. month: after the graduation."""

    month: int
    by: date

    @property
    def late(self) -> bool:
        """Whether its day has passed."""
        return self.by < today()


def next_visit(graduated_on: date, seen_on: date | None) -> Next | None:
    """The visit after a graduation that nobody made yet; None once all were.

    seen_on: the last day on which somebody was there. A visit is the one of the time it falls in;
    one that was missed is no longer asked for once the next is overdue, too.
    """
    days = [months_before(graduated_on, -int(month)) for month in wanted().visits]
    begun = graduated_on
    for n, (month, by) in enumerate(zip(wanted().visits, days, strict=True)):
        missed = seen_on is None or seen_on <= begun
        if missed and not any(later < today() for later in days[n + 1 :]):
            return Next(int(month), by)
        begun = by
    return None


def visit_by(families: Iterable[str]) -> dict[str, date]:
    """Of those of these families that graduated and still stand: by when they are to be visited
    again, where that is soon or past."""
    found: dict[str, date] = {}
    for row in queries.graduated(most=None, past=0, only=list(families)):
        since = row["graduated_on"]
        if any(fell >= since for fell in row["falls"] or ()):
            continue
        due = next_visit(since, row["seen_on"])
        if due is not None and (due.by - today()).days <= SOON:
            found[row["family_id"]] = due.by
    return found
