"""What a pilar records besides visits: something that happened in a place, and whom it struck.

Each is an item of a workflow of the pack; each family (or person) struck by it becomes an event of
the overlay, counted for the worker who recorded it.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from django.db import transaction

from tangga.texts import long_date, say
from tangga.web.audit.actions import record as note
from tangga.web.database.rows import rows
from tangga.web.journeys.visits.actions import Refused
from tangga.web.journeys.visits.models import Field, Handed
from tangga.web.journeys.visits.wanted import Record, wanted
from tangga.web.overlay import write
from tangga.web.overlay.models import Event
from tangga.web.pack import area_name, code_label
from tangga.web.secrets import seal, unseal
from tangga.web.today import today
from tangga.web.viewer import Viewer
from tangga.web.work import actions as work
from tangga.web.work.models import Item

SHOCK = "shock"
HOURS_A_DAY = 24
MOST_AT_ONCE = 200
FAMILIES = "SELECT family_id, area FROM families WHERE family_id = ANY(%s)"
PEOPLE = "SELECT person_id, family_id, area FROM persons WHERE person_id = ANY(%s)"


class Wrong(Refused):
    """Something of what was written cannot be. why: a text of `web_visits.record_wrong_...`."""

    def __init__(self, why: str) -> None:
        self.key = f"record_{why}"
        super().__init__()


@dataclass(frozen=True)
class Struck:
    """One family or person that something struck. in_time: None where there is no limit."""

    event: Event
    in_time: bool | None


def of(item: Item) -> Record:
    """Which record an item is; KeyError where the pack no longer has it."""
    return wanted().records[item.field.record]  # type: ignore[attr-defined]


@transaction.atomic
def begin(
    record: Record,
    *,
    area: str,
    happened_on: date,
    shock: str = "",
    topic: str = "",
    words: str = "",
    family_id: str = "",
    by: Viewer,
) -> Item:
    """Record that something happened. Wrong, or a refusal of the workflow."""
    if not area or not by.covers(area):
        raise Wrong("area")
    if happened_on > today():
        raise Wrong("day")
    if record.shocks and shock not in record.shocks:
        raise Wrong("shock")
    if record.topics and topic not in record.topics:
        raise Wrong("topic")
    title = f"{record.label('id')} · {area_name(area)} · {long_date(happened_on, 'id')}"
    item = work.begin(record.workflow, by=by, area=area, family_id=family_id, title=title[:200])
    Field.objects.create(
        item=item,
        record=record.name,
        area=area,
        worker=by.worker,
        happened_on=happened_on,
        shock=shock,
        topic=topic,
        note=seal(words) if words else None,
        cased=item.cased,
    )
    return item


def words_of(item: Item) -> str:
    """What was written of it."""
    sealed = item.field.note  # type: ignore[attr-defined]
    return unseal(bytes(sealed)) if sealed is not None else ""


def deadline(item: Item, record: Record) -> date | None:
    """The last day on which families are recorded in time."""
    happened: date = item.field.happened_on  # type: ignore[attr-defined]
    return happened + timedelta(days=record.hours // HOURS_A_DAY) if record.hours else None


@transaction.atomic
def strike(
    item: Item, *, event: str, ids: Iterable[str], on_date: date, by: Viewer
) -> tuple[int, int]:
    """Record families (or persons) that it struck: how many are new, and how many had been recorded
    before. Wrong; who is not in the viewer's area is nobody."""
    record = of(item)
    by.require("visit")
    locked = Item.objects.select_for_update(of=("self",)).get(pk=item.pk)
    if locked.closed_on is not None or event not in record.events:
        raise Wrong("closed" if locked.closed_on is not None else "event")
    if on_date > today() or on_date < item.field.happened_on:  # type: ignore[attr-defined]
        raise Wrong("day")
    asked = list(dict.fromkeys(ids))
    if len(asked) > MOST_AT_ONCE:
        raise Wrong("too_many")
    found = rows(PEOPLE if record.person else FAMILIES, [asked])
    known = {_unit(one, record) for one in Event.objects.filter(item=item, event=event)}
    new = [row for row in found if row["person_id" if record.person else "family_id"] not in known]
    for row in new:
        _strike(locked, record, event, row, on_date, by)
    note("families_struck", by=by, area=item.area, about={"item": item.number, "many": len(new)})
    return len(new), len(found) - len(new)


def _unit(event: Event, record: Record) -> str:
    return event.person_id if record.person else event.family_id


def _strike(
    item: Item, record: Record, event: str, row: dict[str, Any], on_date: date, by: Viewer
) -> None:
    write.event(
        item=item,
        event=event,
        on_date=on_date,
        family_id=row["family_id"] or "",
        area=row["area"],
        by=by,
        person_id=row.get("person_id") or "",
        shock=item.field.shock if event == SHOCK else "",  # type: ignore[attr-defined]
        incident=item.number,
        worker=by.worker,
    )


def struck(item: Item) -> list[Struck]:
    """Whom it struck, in the order in which they were recorded."""
    record, found = of(item), Event.objects.filter(item=item, ended=None).order_by("at", "id")
    days = record.hours // HOURS_A_DAY
    return [
        Struck(one, (one.recorded_on - one.on_date).days <= days if record.hours else None)
        for one in found
    ]


@transaction.atomic
def hand(
    item: Item,
    *,
    key: uuid.UUID,
    family_id: str,
    goods: str,
    amount: Decimal,
    unit: str,
    receipt: str,
    on_date: date,
    by: Viewer,
) -> tuple[Handed, bool]:
    """Goods handed to a family that was struck, against a receipt; the same form twice is one.
    Wrong."""
    by.require("deliver")
    before = Handed.objects.filter(pk=key).first()
    if before is not None:
        return before, False
    Item.objects.select_for_update(of=("self",)).get(pk=item.pk)
    event = _struck(item, family_id, receipt, on_date)
    made = Handed.objects.create(
        id=key,
        item=item,
        family_id=family_id,
        area=event.area,
        goods=goods,
        amount=amount,
        unit=unit,
        receipt=receipt,
        on_date=on_date,
        by=by.user,
        worker=by.worker,
    )
    about = {"item": item.number, "receipt": receipt}
    note("goods_handed", by=by, family_id=family_id, area=event.area, about=about)
    return made, True


def _struck(item: Item, family_id: str, receipt: str, on_date: date) -> Event:
    """The event that struck the family; Wrong where goods cannot be handed out for it."""
    event = Event.objects.filter(item=item, family_id=family_id, ended=None).first()
    if event is None:
        raise Wrong("not_struck")
    if not of(item).goods or item.closed_on is not None:
        raise Wrong("closed")
    if on_date > today() or on_date < item.field.happened_on:  # type: ignore[attr-defined]
        raise Wrong("day")
    if Handed.objects.filter(item=item, receipt=receipt).exists():
        raise Wrong("receipt")
    return event


MOST_OPEN = 5


def still_open(viewer: Viewer) -> list[dict[str, Any]]:
    """What the viewer recorded and is not closed yet, the nearest deadline first: id, title, due,
    how many families are recorded."""
    if not viewer.worker:
        return []
    own = Item.objects.filter(field__worker=viewer.worker, closed_on=None)
    found = own.filter(field__record__in=wanted().records).select_related("field")
    return [
        {"id": one.pk, "title": title_of(one, viewer), "due": one.due, "many": len(struck(one))}
        for one in found.order_by("due", "at")[:MOST_OPEN]
    ]


def title_of(item: Item, viewer: Viewer) -> str:
    """What it is, in the words of the viewer."""
    record, language = of(item), viewer.language
    detail = item.field  # type: ignore[attr-defined]
    what = code_label(SHOCK, detail.shock, language) if detail.shock else ""
    topic = record.topics.get(detail.topic, {}).get(language, "") if detail.topic else ""
    parts = [what or topic or record.label(language), area_name(item.area, language)]
    return " · ".join([*parts, say("web_visits.on_day", language, day=_day(item, language))])


def _day(item: Item, language: Any) -> str:
    return long_date(item.field.happened_on, language)  # type: ignore[attr-defined]
