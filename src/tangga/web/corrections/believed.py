"""What is believed of a family and its members now: the release, and the overlay above it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any

from tangga.web.corrections.written import written
from tangga.web.database.rows import rows
from tangga.web.journeys.care import guests
from tangga.web.overlay.models import Event, Value
from tangga.web.overlay.read import open_rows, text_of
from tangga.web.viewer import Viewer

FAMILIES = "SELECT * FROM families WHERE family_id = ANY(%s)"
PEOPLE = """
SELECT * FROM persons WHERE family_id = ANY(%s)
ORDER BY birth_date NULLS LAST, birth_year NULLS LAST, person_id
"""
DEAD = "dead"
LEFT = frozenset({"death", "move_out", "split", "merge"})
"""Events after which somebody is no longer a member of the family."""
BACK = frozenset({"restored", "found", "move_in"})
NEW = "new-"
"""How the id of somebody begins who is in no release yet."""
Row = dict[str, Any]


@dataclass(frozen=True)
class Family:
    """A family of the release as rows, with corrected values in their place, and its new people.

    gone: who is no longer a member by an event since the release.
    """

    id: str
    area: str
    row: Row
    people: tuple[Row, ...]
    gone: frozenset[str] = frozenset()

    def member(self, person_id: str) -> Row | None:
        """One of its members."""
        return next((one for one in self.people if one["person_id"] == person_id), None)

    @property
    def living(self) -> list[Row]:
        """Members who are not recorded as dead, and have not left since."""
        there = (one for one in self.people if one["person_id"] not in self.gone)
        return [one for one in there if one.get("status") != DEAD]

    def text(self, entity_id: str, column: str) -> str | None:
        """A value as the schema writes it."""
        row = self.row if entity_id == self.id else self.member(entity_id) or {}
        return written(row.get(column))


def family(family_id: str, by: Viewer | None = None) -> Family | None:
    """A family that the viewer may see; None for any other. by: a viewer to whose area a family may
    have moved since the release; its place is the one where it lives now."""
    with guests.reading(family_id, by):
        found = families([family_id]).get(family_id)
        village = guests.where(family_id) if by is not None and found is not None else None
    return replace(found, area=village) if found is not None and village else found


def families(ids: Iterable[str]) -> dict[str, Family]:
    """Those that the viewer may see, in four queries however many."""
    wanted = sorted({one for one in ids if one})
    own = {row["family_id"]: row for row in rows(FAMILIES, [wanted])}
    people: dict[str, list[Row]] = {id_: [] for id_ in own}
    for row in rows(PEOPLE, [list(own)]):
        people[row["family_id"]].append(row)
    changed = newest(open_rows(Value).filter(family_id__in=list(own)).order_by("at"))
    for (id_, _), (of, _text) in changed.items():
        known = {one["person_id"] for one in people[of]}
        if id_.startswith(NEW) and id_ not in known:
            people[of].append({"person_id": id_, "family_id": of})
    by_id = own | {one["person_id"]: one for some in people.values() for one in some}
    for (id_, field), (_, text) in changed.items():
        by_id.get(id_, {})[field] = text
    gone = _gone(own)
    return {
        id_: Family(id_, str(row["area"]), row, tuple(people[id_]), gone)
        for id_, row in own.items()
    }


def _gone(ids: Iterable[str]) -> frozenset[str]:
    """Members who left by an event since the release, and have not come back."""
    last = {
        one.person_id: one.event
        for one in open_rows(Event).filter(family_id__in=list(ids)).order_by("on_date", "at")
        if one.event in LEFT | BACK
    }
    return frozenset(person for person, event in last.items() if event in LEFT)


def newest(found: Iterable[Value]) -> dict[tuple[str, str], tuple[str, str | None]]:
    """(entity_id, field) -> (family, the value that stands), of rows in order of acceptance."""
    return {(one.entity_id, one.field): (one.family_id, text_of(one)) for one in found}
