"""The families of a round: where they live, who lives, who died, whom to ask about the payee.

Read once for all families, under the viewer's row-level security, with what the overlay says since.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from psycopg import sql

from tangga.web.database.rows import rows
from tangga.web.overlay.models import Event
from tangga.web.overlay.read import open_rows
from tangga.web.programmes.owed import Deaths
from tangga.web.programmes.register import table
from tangga.web.secrets import of_the_service

DEATH, RESTORED = "death", "restored"
DEAD = "dead"
Rows = dict[str, dict[str, Any]]

MEMBERS = """
SELECT p.person_id, p.family_id, p.status,
       CASE WHEN p.status = 'dead' THEN (to_jsonb(p) ->> 'death_date')::date END AS died_on
FROM {persons} AS p WHERE p.family_id = ANY(%(families)s)
"""
REGISTERED = """
SELECT d.person_id, min(d.death_date) AS died_on FROM {deaths} AS d
WHERE d.family_id = ANY(%(families)s) GROUP BY d.person_id
"""
TOLD = """
SELECT e.person_id, max(e.on_date) FILTER (WHERE e.event = 'death') AS died_on,
       max(e.on_date) FILTER (WHERE e.event = 'restored') AS restored_on
FROM {events} AS e
WHERE e.family_id = ANY(%(families)s) AND e.event IN ('death', 'restored')
    AND e.person_id IS NOT NULL
GROUP BY e.person_id
"""
PAYEES = """
SELECT y.family_id, y.payee_person_id, y.why, y.proposed_person_id
FROM {payees} AS y WHERE y.programme = %(programme)s AND y.family_id = ANY(%(families)s)
"""
NAMES = """
SELECT p.person_id, p.name, p.nik FROM {persons} AS p WHERE p.person_id = ANY(%(persons)s)
"""
HOMES = """
SELECT f.family_id, f.area, f.head_person_id, f.kk, h.name AS head,
       concat_ws(', ', to_jsonb(f) ->> 'address',
                 'RT ' || (to_jsonb(f) ->> 'rt'), 'RW ' || (to_jsonb(f) ->> 'rw')) AS address
FROM {families} AS f LEFT JOIN {persons} AS h ON h.person_id = f.head_person_id
WHERE f.family_id = ANY(%(families)s)
"""


@dataclass
class Households:
    """What is known of these families today. members: family -> person -> whether they live.

    payees: family -> (the payee that the release found wrong, why, whom it proposes).
    """

    members: dict[str, dict[str, bool]] = field(default_factory=dict)
    deaths: Deaths = field(default_factory=Deaths)
    payees: dict[str, tuple[str, str, str]] = field(default_factory=dict)

    def lives(self, family_id: str, person_id: str) -> bool | None:
        """Whether somebody is a living member of a family; None: no member at all."""
        return self.members.get(family_id, {}).get(person_id)


def households(programme: str, families: Sequence[str]) -> Households:
    """Of a round's families, with every death that the release or the overlay knows."""
    params = {"families": list(families), "programme": programme}
    died: dict[str, date | None] = {}
    members: dict[str, dict[str, bool]] = {}
    for row in _of("persons", MEMBERS, params):
        members.setdefault(row["family_id"], {})[row["person_id"]] = row["status"] != DEAD
        if row["status"] == DEAD:
            died[row["person_id"]] = row["died_on"]
    _hear(died, params)
    _since(died, families)
    living = {
        family: {person: lives and person not in died for person, lives in of.items()}
        for family, of in members.items()
    }
    found = {
        row["family_id"]: (
            row["payee_person_id"] or "",
            row["why"],
            row["proposed_person_id"] or "",
        )
        for row in _of("payees", PAYEES, params)
    }
    return Households(living, Deaths(died, _gone(living, died)), found)


def _hear(died: dict[str, date | None], params: dict[str, Any]) -> None:
    """Add what events and the civil registry say, as the engine does."""
    told = {row["person_id"]: row for row in _of("events", TOLD, params)}
    for row in _of("deaths", REGISTERED, params):
        back = told.get(row["person_id"], {}).get("restored_on")
        if not (back and row["died_on"] and back >= row["died_on"]):
            died.setdefault(row["person_id"], row["died_on"])
    for person, day in list(died.items()):
        if day is None and person in told:
            died[person] = told[person]["died_on"]


def _since(died: dict[str, date | None], families: Sequence[str]) -> None:
    """What was accepted since the release: deaths, and who is alive after all."""
    events = open_rows(Event).filter(
        event__in=(DEATH, RESTORED), family_id__in=list(families), person_id__gt=""
    )
    for event in events.order_by("at", "id"):
        if event.event == DEATH:
            died[event.person_id] = event.on_date
        else:
            died.pop(event.person_id, None)


def _gone(
    living: dict[str, dict[str, bool]], died: dict[str, date | None]
) -> dict[str, date | None]:
    """Families in which nobody lives any more, and since when."""
    found: dict[str, date | None] = {}
    for family, members in living.items():
        if members and not any(members.values()):
            days = [died.get(person) for person in members]
            known = [day for day in days if day is not None]
            found[family] = max(known) if len(known) == len(days) else None
    return found


def who_of(families: Iterable[str], persons: Iterable[str]) -> tuple[Rows, Rows]:
    """(home of each family, name and number of each person), opened, for a list that names them."""
    homes = {
        row["family_id"]: {**row, "kk": _opened(row["kk"])}
        for row in _of("families", HOMES, {"families": list(families)}, also="persons")
    }
    named = {
        row["person_id"]: {"name": row["name"] or "", "nik": _opened(row["nik"])}
        for row in _of("persons", NAMES, {"persons": list(persons)})
    }
    return homes, named


def _opened(sealed: Any) -> str:
    return "" if sealed is None else of_the_service().unseal(sealed)


def _of(name: str, query: str, params: dict[str, Any], also: str = "") -> list[dict[str, Any]]:
    held, other = table(name), table(also) if also else None
    if held is None or (also and other is None):
        return []
    more = {also: other} if also and other is not None else {}
    return rows(sql.SQL(query).format(**{name: held}, **more), params)
