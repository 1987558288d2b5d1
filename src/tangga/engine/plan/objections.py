"""Objections: who lodged one, how it was answered, and which due moves it holds back.

An objection is an event of a family or of a member, its answer another (which ones, says
`notice.toml`). Whoever of a family objects, no move against it or a member takes effect until the
answer is there. When it takes effect is read by `rules.effect`: few families have an objection.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date
from itertools import groupby
from typing import Any

from tangga.engine.plan.clock import codes
from tangga.engine.plan.rows import relation_of
from tangga.engine.plan.statements import statement
from tangga.engine.received import received
from tangga.engine.runner import Steps
from tangga.rules.effect import Objection, takes_effect
from tangga.rules.on_date import OnDate

EVENT = {
    "family_id": "VARCHAR",
    "person_id": "VARCHAR",
    "event": "VARCHAR",
    "on_date": "DATE",
    "document": "VARCHAR",
    "source": "VARCHAR",
    "source_id": "VARCHAR",
}
EFFECT = {
    "family_id": "VARCHAR",
    "person_id": "VARCHAR",
    "move": "VARCHAR",
    "effect": "VARCHAR",
    "takes_effect_on": "DATE",
    "objected_on": "DATE",
}
OBJECTED = "objected"


def write_objections(steps: Steps, today: OnDate) -> None:
    """Write `objections`, every one lodged by the day, and the scratch table of their answers."""
    says = today.notice.says
    column = says["upheld_column"]
    wanted = {**EVENT, **({column: "BOOLEAN"} if column else {})}
    rows = received(steps, "events", wanted, where=f"latest AND on_date <= DATE '{today.day}'")
    named = f"{', '.join(EVENT)}, {column or 'NULL::BOOLEAN'} AS upheld"
    sql = statement(
        "objected",
        events=f"(SELECT {named} FROM {rows} WHERE family_id IS NOT NULL)",
        lodged=codes(says["objection"]),
        answered=codes(says["objection_answered"]),
    )
    steps.whole(OBJECTED, sql, scratch=True)
    given = {"objected": steps.scan(OBJECTED), "notices": steps.scan("notices")}
    steps.whole("objections", statement("objections", **given))


def effects(steps: Steps, told: str, on: date) -> str:
    """A relation of EFFECT: each due move whose letter met an objection, as it stands on the day.

    told: letters of due moves, with `since`. Objections that were answered before the move stood
    due were about something else.
    """
    rows = steps.fetch(
        "SELECT t.family_id, t.person_id, t.move, t.date, t.takes_effect_on, "
        "o.lodged_on, o.answered_on, o.upheld "
        f"FROM {told} AS t JOIN {steps.scan(OBJECTED)} AS o ON o.family_id = t.family_id "
        "AND (o.lodged_on >= t.since OR coalesce(o.answered_on >= t.since, TRUE)) "
        "ORDER BY t.family_id, t.person_id, t.move, o.lodged_on"
    )
    return relation_of(EFFECT, _effects(rows, on))


def _effects(rows: Iterable[tuple[Any, ...]], on: date) -> Iterator[tuple[object, ...]]:
    for (*of, told_on, effect_on), some in groupby(rows, key=lambda row: row[:5]):
        objections = [Objection(lodged, answered, upheld) for *_, lodged, answered, upheld in some]
        found = takes_effect(on, told_on, (effect_on - told_on).days, objections)
        yield *of, found.state.value, found.on, objections[-1].lodged_on
