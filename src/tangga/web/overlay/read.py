"""What the overlay holds of a family: rows that no release in force has taken up yet."""

from __future__ import annotations

import json
from datetime import date
from typing import Any, TypeVar

from django.db import models
from django.db.models.expressions import RawSQL

from tangga.web.database.rows import one
from tangga.web.overlay.models import Event, Overlaid, Spell, Value
from tangga.web.secrets import unseal

Row = TypeVar("Row", bound=Overlaid)

CONSUMED = """
SELECT c.correction_id FROM public.register_consumed AS c
JOIN public.register_current AS now ON now.number = c.number
"""
RUNG = "SELECT rung FROM moves WHERE family_id = %s AND person_id IS NULL LIMIT 1"


def open_rows(model: type[Row]) -> models.QuerySet[Row]:
    """Rows that hold: not taken back, and in no release in force."""
    found = model.objects.filter(ended=None)  # type: ignore[attr-defined]
    # A constant, without anything put into it.
    consumed = RawSQL(CONSUMED, [])  # nosec B611
    return found.exclude(correction_id__in=consumed)  # type: ignore[no-any-return]


def values_of(family_id: str) -> list[Value]:
    """Corrected values of a family and its members, the oldest first."""
    return list(open_rows(Value).filter(family_id=family_id))


def events_of(family_id: str) -> list[Event]:
    """Events of a family and its members, in order."""
    return list(open_rows(Event).filter(family_id=family_id).order_by("on_date", "at"))


def spells_of(family_id: str) -> list[Spell]:
    """Changes of its spells of support, in order."""
    return list(open_rows(Spell).filter(family_id=family_id).order_by("valid_from", "at"))


def text_of(row: Value) -> str | None:
    """A corrected value as the schema writes it."""
    return None if row.value is None else unseal(row.value)


def about_of(row: Event) -> dict[str, Any]:
    """What identifies others in an event."""
    return {} if row.about is None else dict(json.loads(unseal(row.about)))


def rung_of(family_id: str) -> tuple[str | None, date | None]:
    """The rung of a family now, and since when where a move of the overlay says so."""
    moved = [
        row
        for row in events_of(family_id)
        if row.event == "rung_move" and row.rung and not row.person_id
    ]
    if moved:
        return moved[-1].rung, moved[-1].on_date
    found = one(RUNG, [family_id])
    return (None if found is None else found["rung"]), None
