"""What has become true of one family since the release: the overlay, visits, cases, groups."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from tangga.rules.records import Assessment, Case, Event
from tangga.web.database import prepared
from tangga.web.journeys.care.read import assessments_of, cases_of
from tangga.web.journeys.climb import groups
from tangga.web.journeys.climb.records import assessment_of, case_of
from tangga.web.journeys.visits.read import visits_of
from tangga.web.overlay import read as overlay
from tangga.web.overlay.models import Event as Happened
from tangga.web.pack import pack
from tangga.web.programmes import spells
from tangga.web.programmes.timeline import Piece

FAMILY, PERSON = "family", "person"
DEATH, RESTORED = "death", "restored"
# Of most families nothing is held here: asked in one round trip, so that little else is.
HOLDS = """
SELECT
    EXISTS (SELECT FROM public.overlay_value AS v WHERE v.family_id = %(id)s AND v.ended IS NULL),
    EXISTS (SELECT FROM public.overlay_event AS e WHERE e.family_id = %(id)s AND e.ended IS NULL),
    EXISTS (SELECT FROM public.visits_visit AS t WHERE t.family_id = %(id)s),
    EXISTS (SELECT FROM public.work_item AS c WHERE c.family_id = %(id)s AND c.kind = 'referral'),
    EXISTS (SELECT FROM public.climb_member AS m WHERE m.family_id = %(id)s AND m.left_on IS NULL),
    EXISTS (SELECT FROM public.work_item AS a WHERE a.family_id = %(id)s AND a.kind = 'area_move')
"""


@dataclass(frozen=True)
class Since:
    """family_values, person_values: accepted values by column. deaths: people who died. case_rows,
    assessed: (person, record). pieces: support through time, that of the release included. moved:
    there is a move to another area, be it accepted or not."""

    family_values: Mapping[str, Any]
    person_values: Mapping[str, Mapping[str, Any]]
    deaths: Sequence[Happened]
    events: Sequence[Event]
    visits: Sequence[Mapping[str, Any]]
    case_rows: Sequence[tuple[str, Case]]
    assessed: Sequence[tuple[str, Assessment]]
    group_members: frozenset[str]
    pieces: Sequence[Piece]
    moved: bool

    @property
    def cases(self) -> list[Case]:
        """Every case of the family's members."""
        return [case for _, case in self.case_rows]


def of_family(family_id: str) -> Since:
    """All of it, as far as the viewer's area goes."""
    own: dict[str, Any] = {}
    persons: dict[str, dict[str, Any]] = {}
    found = prepared.row(HOLDS, {"id": family_id}) or (True,) * 6
    holds_values, holds_events, holds_visits, holds_files, holds_groups, moved = found
    for row in overlay.values_of(family_id) if holds_values else ():
        into = own if row.entity == FAMILY else persons.setdefault(row.entity_id, {})
        into[row.field] = _parsed(row.entity, row.field, overlay.text_of(row))
    visits = visits_of(family_id) if holds_visits else []
    for visit in visits:
        for person_id, seen in visit["people"].items():
            into = persons.setdefault(person_id, {})
            into |= {field: _parsed(PERSON, field, text) for field, text in seen.items()}
    happened = overlay.events_of(family_id) if holds_events else []
    cases = cases_of(family_id) if holds_files else []
    assessed = assessments_of(family_id) if holds_files else []
    back = {row.person_id for row in happened if row.event == RESTORED}
    return Since(
        family_values=own,
        person_values=persons,
        deaths=[
            r for r in happened if r.event == DEATH and r.person_id and r.person_id not in back
        ],
        events=[_event(row) for row in happened if not (row.person_id and row.track)],
        visits=visits,
        case_rows=[pair for row in cases if (pair := case_of(row))],
        assessed=[pair for row in assessed if (pair := assessment_of(row))],
        group_members=groups.members_of(family_id) if holds_groups else frozenset(),
        pieces=spells.pieces_of(family_id=family_id),
        moved=moved,
    )


def _event(row: Happened) -> Event:
    return Event(
        event=row.event,
        on_date=row.on_date,
        shock=row.shock or None,
        track=row.track or None,
        rung=row.rung or None,
        exit=row.exit or None,
        until=row.until,
        by=row.by_called or None,
        document=row.document or None,
    )


def _parsed(entity: str, field: str, text: str | None) -> Any:
    """A value as the schema writes it, as a row of the release would hold it."""
    if text is None:
        return None
    kind = _kind(entity, field)
    if kind in ("integer", "money"):
        return int(text)
    return text.lower() in ("true", "yes", "1") if kind == "boolean" else text


@lru_cache(maxsize=512)
def _kind(entity: str, field: str) -> str:
    table = pack().tables.get(entity)
    column = table.columns.get(field) if table else None
    return column.type if column else ""
