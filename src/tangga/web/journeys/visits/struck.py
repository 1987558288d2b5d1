"""Families that something of the field struck since the release: they wait for a visit."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from tangga.web.database.rows import rows
from tangga.web.journeys.visits import queries
from tangga.web.journeys.visits.pilar import pilar_of, settings_of
from tangga.web.journeys.visits.wanted import wanted
from tangga.web.pack import code_label
from tangga.web.viewer import Viewer

MOST = 2000
SHOCK = "shock"
FOLLOWED_UP = "followed_up"


@dataclass(frozen=True)
class Blow:
    """What struck a family, the latest. own: the viewer recorded it; by: until when the viewer's
    pilar follows it up, None where it says nothing of that."""

    on: date
    event: str
    shock: str
    own: bool
    by: date | None

    def words(self, language: Any) -> str:
        """What it was."""
        if self.event == SHOCK and self.shock:
            return code_label(SHOCK, self.shock, language)
        return code_label("event", self.event, language)


def blows(viewer: Viewer, ids: Iterable[str]) -> dict[str, Blow]:
    """By family: of these, and of those whom the viewer recorded."""
    given = {
        "events": list(wanted().struck),
        "worker": viewer.worker or None,
        "ids": list(ids),
        "most": MOST,
    }
    found = rows(queries.STRUCK, given) if given["events"] else []
    return {row["family_id"]: _blow(row, viewer) for row in found}


def _blow(row: Mapping[str, Any], viewer: Viewer) -> Blow:
    own = bool(viewer.worker) and row["worker"] == viewer.worker
    days = _days(pilar_of(viewer), row["event"], row["shock"]) if own else None
    by = None if days is None else row["on_date"] + timedelta(days=days)
    return Blow(row["on_date"], row["event"], row["shock"], own, by)


def _days(pilar: str, event: str, shock: str) -> int | None:
    """Within how many days this pilar follows up such an event."""
    said = settings_of()
    for one in said["measure"] if said else ():
        if one["kind"] != FOLLOWED_UP or pilar not in one["pilar"] or event not in one["events"]:
            continue
        if event != SHOCK or not one["shocks"] or shock in one["shocks"]:
            return int(one["days"])
    return None
