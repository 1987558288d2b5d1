"""Putting into the overlay what an accepted item says; each function returns its row."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import date
from typing import Any

from tangga.web.overlay.models import Event, Spell, Value
from tangga.web.secrets import seal
from tangga.web.today import today
from tangga.web.viewer import Viewer
from tangga.web.work.models import Item

NUMBER = "{item}-{n}"


def value(
    *,
    item: Item,
    entity: str,
    entity_id: str,
    family_id: str,
    area: str,
    field: str,
    value: str | None,
    as_of: date,
    basis: str,
    document: str = "",
    by: Viewer | None,
) -> Value:
    """One value. value: as the schema writes it; None: it is not known."""
    return Value.objects.create(
        **_shared(item, family_id, area, document, by),
        entity=entity,
        entity_id=entity_id,
        field=field,
        value=None if value is None else seal(value),
        as_of=as_of,
        basis=basis,
    )


def event(
    *,
    item: Item,
    event: str,
    on_date: date,
    family_id: str,
    area: str,
    by: Viewer | None,
    person_id: str = "",
    document: str = "",
    about: Mapping[str, str] | None = None,
    **columns: Any,
) -> Event:
    """One event. columns: of the table of events (track, rung, exit, until, shock ...); about: what
    identifies others (other_nik, new_kk), sealed."""
    return Event.objects.create(
        **_shared(item, family_id, area, document, by),
        event=event,
        on_date=on_date,
        person_id=person_id,
        cased=item.cased,
        about=seal(json.dumps(dict(about), sort_keys=True)) if about else None,
        **columns,
    )


def spell(
    *,
    item: Item,
    change: str,
    programme: str,
    family_id: str,
    area: str,
    valid_from: date,
    by: Viewer | None,
    document: str = "",
    **columns: Any,
) -> Spell:
    """One change of a spell of support. columns: person_id, component, status, valid_to,
    payee_person_id, exit, reason."""
    return Spell.objects.create(
        **_shared(item, family_id, area, document, by),
        change=change,
        programme=programme,
        valid_from=valid_from,
        **columns,
    )


def _shared(
    item: Item, family_id: str, area: str, document: str, by: Viewer | None
) -> dict[str, Any]:
    return {
        "correction_id": _correction_id(item),
        "item": item,
        "family_id": family_id,
        "area": area,
        "document": document,
        "by": None if by is None else by.user,
        "by_called": "" if by is None or by.user is None else by.user.called,
        "recorded_on": today(),
    }


def _correction_id(item: Item) -> str:
    """The item's number and how manieth row it brings."""
    before = sum(
        model.objects.filter(item=item).count()  # type: ignore[attr-defined]
        for model in (Value, Event, Spell)
    )
    return NUMBER.format(item=item.number, n=before + 1)
