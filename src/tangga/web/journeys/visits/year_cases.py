"""Files of rehabilitation that no release holds yet, as a worker's year counts them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from tangga.web.journeys.care.models import Assessment, Case
from tangga.web.journeys.care.read import state_of
from tangga.web.overlay.consumed import taken
from tangga.web.viewer import Viewer


@dataclass(frozen=True)
class CaseDeed:
    """One file: when it was opened and closed, its state, and the days on which the person was
    assessed. own: it is the worker's; of an assessed one whoever assessed first."""

    opened: date
    closed: date | None
    state: str
    assessed: tuple[date, ...]
    own: bool


def cases_of(viewer: Viewer) -> list[CaseDeed]:
    """Those of the viewer's area; none where they are not of the case team."""
    if not viewer.may("case"):
        return []
    found = list(Case.objects.filter(opened__isnull=False).select_related("item"))
    held = taken(str(one.pk) for one in found)
    open_ones = [one for one in found if str(one.pk) not in held]
    by_item: dict[Any, list[Assessment]] = {}
    ids = [one.pk for one in open_ones]
    for one in Assessment.objects.filter(item__in=ids).order_by("on_date", "at"):
        by_item.setdefault(one.item_id, []).append(one)
    return [_deed(one, by_item.get(one.pk, []), viewer) for one in open_ones]


def _deed(case: Case, assessed: list[Assessment], viewer: Viewer) -> CaseDeed:
    assert case.opened is not None
    days = tuple(one.on_date for one in assessed)
    own = bool(case.worker) and case.worker == viewer.worker
    return CaseDeed(case.opened, case.closed, state_of(case.item), days, own)


def assessed_in_time(measure: Mapping[str, Any], cases: list[CaseDeed], day: date) -> list[bool]:
    """Of each file of the year whether its person was assessed within the days, before or after it
    was opened; those with time left are not counted yet."""
    most = timedelta(days=int(measure["days"]))
    found = []
    for one in cases:
        in_time = any(abs(on - one.opened) <= most for on in one.assessed)
        of_year = one.opened.year == day.year and one.opened <= day
        if one.own and of_year and (in_time or one.opened + most < day):
            found.append(in_time)
    return found


def ended_well(measure: Mapping[str, Any], cases: list[CaseDeed], day: date) -> list[bool]:
    """Of each file that ended in the year whether it ended as it should."""
    return [
        one.state in measure["states"]
        for one in cases
        if one.own and one.closed is not None and one.closed.year == day.year and one.closed <= day
    ]
