"""What the release in force holds of one family, as the rules' records take it."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import lru_cache
from typing import Any

from tangga.rules.clock_settings import Clock
from tangga.rules.records import Assessment, Case
from tangga.web.database.rows import one, rows, value
from tangga.web.database.scope import FIRST, LAST
from tangga.web.family.classes import classes
from tangga.web.jinja import release_in_force
from tangga.web.policy.book import book

Row = Mapping[str, Any]

AGGREGATED = (
    "(SELECT json_agg(json_strip_nulls(row_to_json(t))) FROM {} AS t WHERE t.family_id = %(id)s)"
)
PATH = "SELECT set_config('search_path', %s, true)"
PATH_NOW = "SELECT current_setting('search_path')"
PARTS = (
    *("families", "persons", "family_clock", "ranking", "spells", "spells_case", "events"),
    *("events_case", "visits", "cases", "assessments", "groups", "near_cap"),
)
BOUNDS = """
SELECT current_setting('app.area_from', true) AS low, current_setting('app.area_to', true) AS high
"""
REACH = "SELECT set_config('app.area_from', %s, true), set_config('app.area_to', %s, true)"


def as_day(said: Any) -> date | None:
    """A day of a row that came as JSON or as it is."""
    if isinstance(said, date):
        return said
    return date.fromisoformat(said[:10]) if isinstance(said, str) and len(said) >= 10 else None


@dataclass(frozen=True)
class Rows:
    """Rows of one family. case_rows, assessed: (person, record)."""

    number: int
    as_of: date
    family: Row
    people: Sequence[Row]
    clock: Row | None
    ranking: Row | None
    spells: Sequence[Row]
    events: Sequence[Row]
    visits: Sequence[Row]
    case_rows: Sequence[tuple[str, Case]]
    assessed: Sequence[tuple[str, Assessment]]
    near_cap: Row | None
    group_members: frozenset[str]
    listed: frozenset[str] = field(default_factory=frozenset)

    @property
    def cases(self) -> list[Case]:
        """Every case of the family's members."""
        return [case for _, case in self.case_rows]


def see_release() -> dict[str, Any] | None:
    """The release in force; the clock's transaction, which pins none, sees its tables from here
    on."""
    found = release_in_force()
    if found is not None and f"r_{found['number']}" not in str(value(PATH_NOW)):
        value(PATH, [f"r_{found['number']}, public"])
    return found


def of_release(family_id: str) -> Rows | None:
    """None where there is no release, or no such family in it for this viewer."""
    release = see_release()
    if release is None:
        return None
    number, held = release["number"], classes(release["number"])
    parts = [f"'{name}', {AGGREGATED.format(name)}" for name in PARTS if held.says_something(name)]
    said = value(f"SELECT json_build_object({', '.join(parts)})::text", {"id": family_id})
    found = {name: part or [] for name, part in json.loads(said).items()}
    if not found.get("families"):
        return None
    clock = Clock.of(book().policy.on(release["as_of"]).clock.says)
    return Rows(
        number=number,
        as_of=release["as_of"],
        family=found["families"][0],
        people=sorted(found.get("persons", ()), key=_age),
        clock=next(iter(found.get("family_clock", ())), None),
        ranking=next(iter(found.get("ranking", ())), None),
        spells=[*found.get("spells", ()), *found.get("spells_case", ())],
        events=[
            row
            for row in (*found.get("events", ()), *found.get("events_case", ()))
            if not row.get("person_id") or not row.get("track")
        ],
        visits=found.get("visits", ()),
        case_rows=[pair for row in found.get("cases", ()) if (pair := case_of(row))],
        assessed=[pair for row in found.get("assessments", ()) if (pair := assessment_of(row))],
        near_cap=next(iter(found.get("near_cap", ())), None),
        group_members=frozenset(
            row["person_id"]
            for row in found.get("groups", ())
            if row.get("person_id")
            and row.get("kind") in clock.groups
            and row.get("state") not in clock.group_over
            and not _left(row, release["as_of"])
        ),
        listed=listed(number),
    )


def case_of(row: Row) -> tuple[str, Case] | None:
    """(person, case) of a row; None without a kind or a day."""
    opened = as_day(row.get("opened"))
    if opened is None or not row.get("kind"):
        return None
    return str(row.get("person_id") or ""), Case(
        kind=row["kind"],
        opened=opened,
        closed=as_day(row.get("closed")),
        state=row.get("state"),
        reviewed=as_day(row.get("review_on")),
        as_of=as_day(row.get("as_of")),
    )


def assessment_of(row: Row) -> tuple[str, Assessment] | None:
    """(person, assessment) of a row; None without a kind or a day."""
    day = as_day(row.get("on_date"))
    if day is None or not row.get("kind"):
        return None
    return str(row.get("person_id") or ""), Assessment(
        kind=row["kind"],
        on_date=day,
        need=row.get("need"),
        grade=row.get("grade"),
        finding=row.get("disability_kind"),
    )


def _left(row: Row, on: date) -> bool:
    left = as_day(row.get("left_on"))
    return left is not None and left <= on


def _age(row: Row) -> tuple[str, str]:
    return str(row.get("birth_date") or row.get("birth_year") or "~"), str(row["person_id"])


@lru_cache(maxsize=8)
def listed(number: int) -> frozenset[str]:
    """The programmes of which the release holds any list, wherever: asked once a process."""
    low, high = (one(BOUNDS) or {"low": "", "high": ""}).values()
    held = classes(number)
    tables = [name for name in ("spells", "spells_case") if held.says_something(name)]
    if not tables:
        return frozenset()
    asked = " UNION ".join(f"SELECT DISTINCT programme FROM {name}" for name in tables)
    value(REACH, [FIRST, LAST])
    try:
        return frozenset(row["programme"] for row in rows(asked) if row["programme"])
    finally:
        value(REACH, [low or "", high or ""])
