"""Visits as sources of the next run: `visits`, `people` with what was answered of a person, and
`payments` with goods that were handed out after something happened."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from datetime import date
from typing import Any

from tangga.web.journeys.visits import values
from tangga.web.journeys.visits.facts import PERSON, VISIT, seen_of
from tangga.web.journeys.visits.models import Handed, Visit
from tangga.web.journeys.visits.wanted import wanted
from tangga.web.pack import pack

Table = tuple[str, tuple[str, ...], list[tuple[object, ...]]]
FIRST = ("id", "person_id", "family_id", "as_of")
OWN = ("worker", "on_date", "planned_on", "purpose", "result", "village")
GOODS = ("programme", "period_start", "period_end", "paid_on", "status", "round")
PAID = "paid"
SPACE = uuid.UUID("0d9c0f52-7a55-5f0c-8b0e-3a1d3b0a7c41")


def exported() -> list[Table]:
    """Every visit that stands, planned ones included, and each person's answers; nothing that was
    dropped, and of a corrected visit only what it says now."""
    found = list(Visit.objects.filter(dropped=False).order_by("id"))
    return [_visits(found), _people(found), _goods()]


def _goods() -> Table:
    """Each receipt is one delivery on one day."""
    of = {name: one.programme for name, one in wanted().records.items() if one.programme}
    found = Handed.objects.filter(item__field__record__in=of).select_related("item__field")
    rows = [_handed(one, of[one.item.field.record]) for one in found.order_by("id")]
    return "payments", (*FIRST, *GOODS), rows


def _handed(one: Handed, programme: str) -> tuple[object, ...]:
    day = one.on_date
    return (str(one.pk), None, one.family_id, day, programme, day, day, day, PAID, one.item.number)


def _visits(found: list[Visit]) -> Table:
    columns = _columns(VISIT, {name for one in found for name in seen_of(one.facts).visit})
    names = [name for name in columns if name not in OWN]
    rows = [_visit(one, names) for one in found]
    return "visits", (*FIRST, *OWN, *names), rows


def _visit(one: Visit, names: list[str]) -> tuple[object, ...]:
    seen = seen_of(one.facts).visit
    own = (one.worker or None, one.on_date, one.planned_on)
    coded = (one.purpose or None, one.result or None, one.area or None)
    rest = [_typed(VISIT, name, seen) for name in names]
    return (str(one.pk), None, one.family_id, _day(one), *own, *coded, *rest)


def _people(found: list[Visit]) -> Table:
    named = {n for one in found for kept in seen_of(one.facts).people.values() for n in kept}
    names = _columns(PERSON, named)
    return "people", (*FIRST, *names), list(_answers(found, names))


def _answers(found: list[Visit], names: list[str]) -> Iterator[tuple[object, ...]]:
    """One row a person and visit, under an id of its own."""
    for one in found:
        for person, kept in sorted(seen_of(one.facts).people.items()):
            number = str(uuid.uuid5(SPACE, f"{one.pk}/{person}"))
            rest = [_typed(PERSON, name, kept) for name in names]
            yield (number, person, one.family_id, _day(one), *rest)


def _columns(entity: str, named: set[str]) -> list[str]:
    """Those of the schema, in its order: what the pack no longer has cannot be exported."""
    return [name for name in pack().tables[entity].columns if name in named]


def _typed(entity: str, name: str, kept: dict[str, Any]) -> object:
    text = kept.get(name)
    return None if text is None else values.typed(pack().tables[entity].columns[name], text)


def _day(one: Visit) -> date | None:
    return one.on_date or one.planned_on
