"""What the release in force says of support: spells, deaths, graduations. Plain rows, no rule.

Everything is read under the viewer's own row-level security; of a release that lacks a table there
are no rows.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any

from psycopg import sql

from tangga.rules.exits import kept_at_cap
from tangga.web.database.rows import rows, value
from tangga.web.policy.book import book
from tangga.web.programmes.timeline import CLOSE, Change, Kind, Listed

WHERE_IS = """
SELECT coalesce(
    to_regclass(%(name)s)::text,
    (SELECT to_regclass('r_' || number || '.' || %(name)s)::text
     FROM public.register_current WHERE number IS NOT NULL LIMIT 1))
"""
CASE = "_case"

SPELLS = """
SELECT s.family_id, s.programme, s.person_id, s.component, s.status, s.valid_from, s.valid_to,
       s.open, s.payee_person_id, s.document, s.area
FROM {spells} AS s WHERE {which}
"""
COUNT = """
SELECT count(*) FROM (SELECT FROM {spells} AS s
    WHERE s.programme = %(programme)s AND s.area >= %(area)s AND s.area < %(past)s
    LIMIT 200000) AS few
"""
GRADUATED = """
SELECT g.family_id, g.graduated_on, g.fell_on, min(to_jsonb(e) ->> 'exit') AS exit
FROM {graduations} AS g
JOIN {events} AS e ON e.family_id = g.family_id AND e.on_date = g.graduated_on
WHERE g.family_id = ANY(%(families)s) AND e.event = 'rung_move'
    AND to_jsonb(e) ->> 'rung' = 'graduated'
    AND to_jsonb(e) ->> 'track' IS NULL AND to_jsonb(e) ->> 'exit' = ANY(%(exits)s)
GROUP BY g.family_id, g.graduated_on, g.fell_on
"""


def table(name: str) -> sql.SQL | None:
    """A table of the release that this transaction is pinned to (of the one in force, where it is
    pinned to none); None where the release has no such table."""
    found = value(WHERE_IS, {"name": name})
    return None if found is None else sql.SQL(found)


def unit_of(programme: str) -> str:
    """Whom a programme is for: family or person; a programme that these rules lack: the family."""
    known = book().policy.programmes.get(programme)
    return known.unit if known is not None else "family"


def spells_of(family_id: str) -> list[Listed]:
    """The listed spells of one family, of every programme."""
    return _listed("s.family_id = %(family)s", {"family": family_id})


def spells_in(programme: str, area: str) -> tuple[list[Listed], dict[str, str]]:
    """The listed spells of a programme in an area, and the village of each family."""
    return _with_areas(
        "s.programme = %(programme)s AND s.area >= %(area)s AND s.area < %(past)s",
        {"programme": programme, "area": area, "past": f"{area}~"},
    )


def count_in(programme: str, area: str) -> int:
    """How many listed spells a programme has in an area, as far as it is counted."""
    held = table("spells")
    if held is None:
        return 0
    params = {"programme": programme, "area": area, "past": f"{area}~"}
    return int(value(sql.SQL(COUNT).format(spells=held), params))


def _listed(which: str, params: dict[str, Any]) -> list[Listed]:
    return _with_areas(which, params)[0]


def _with_areas(which: str, params: dict[str, Any]) -> tuple[list[Listed], dict[str, str]]:
    found: list[Listed] = []
    areas: dict[str, str] = {}
    for name in ("spells", "spells" + CASE):
        held = table(name)
        if held is None:
            continue
        query = sql.SQL(SPELLS).format(spells=held, which=sql.SQL(which))
        for row in rows(query, params):
            areas[row["family_id"]] = row["area"] or ""
            one = _spell(row)
            if one is not None:
                found.append(one)
    return found, areas


def _spell(row: dict[str, Any]) -> Listed | None:
    """None: it ended, nobody knows when."""
    if row["family_id"] is None or (not row["open"] and row["valid_to"] is None):
        return None
    suspended = book().policy.settings["budget"].versions[-1].says["suspended"]
    return Listed(
        kind_of(row["family_id"], row["programme"], row["person_id"], row["component"]),
        row["valid_from"] or date.min,
        row["valid_to"],
        paused=row["status"] in suspended,
        payee=row["payee_person_id"] or "",
        document=row["document"] or "",
    )


def kind_of(family_id: str, programme: str, person_id: str | None, component: str | None) -> Kind:
    """Support as it is told apart: of a family's support as a whole the person is only named."""
    whole = not component and unit_of(programme) == "family"
    return Kind(family_id, programme, "" if whole else person_id or "", component or "")


def graduations(listed: Iterable[Listed], on: date) -> list[Change]:
    """What recorded graduations end of these spells, whatever the list says, until a fall.

    What the clock counts ends; components that it never ends go on (`exits.kept_at_cap`).
    """
    today = book().policy.on(on)
    counted = set(today.clock.says["programmes"])
    kept = kept_at_cap(today)
    spells = [one for one in listed if one.kind.programme in counted]
    by_family: dict[str, list[Kind]] = {}
    for one in spells:
        if (one.kind.programme, one.kind.component) not in kept:
            by_family.setdefault(one.kind.family_id, []).append(one.kind)
    exits = today.settings.get("exits")
    found = _graduated(sorted(by_family), exits.says["counts"] if exits else ())
    return [
        Change(kind, CLOSE, row["graduated_on"], row["fell_on"], exit=row["exit"])
        for row in found
        for kind in dict.fromkeys(by_family[row["family_id"]])
    ]


def _graduated(families: Sequence[str], exits: Sequence[str]) -> list[dict[str, Any]]:
    held, events = table("graduations"), table("events")
    if held is None or events is None or not families:
        return []
    query = sql.SQL(GRADUATED).format(graduations=held, events=events)
    return rows(query, {"families": list(families), "exits": list(exits)})
