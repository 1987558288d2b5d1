"""A family's page with what has become true since the release: both values are told."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from django.urls import reverse

from tangga.rules.facts import DEAD
from tangga.texts import say
from tangga.web.corrections.believed import NEW
from tangga.web.corrections.conflicts import kinds, undecided
from tangga.web.corrections.doors import VERBS
from tangga.web.corrections.models import Proposal
from tangga.web.corrections.shown import View
from tangga.web.corrections.sorts import FAMILY, PERSON
from tangga.web.corrections.written import typed
from tangga.web.family.eyes import WAS, Eyes, Row, Shown, as_date
from tangga.web.family.eyes import opened as unsealed
from tangga.web.family.opening import Opened
from tangga.web.family.people import Names
from tangga.web.family.queries import Part
from tangga.web.pack import code_label, pack
from tangga.web.viewer import Viewer
from tangga.web.work.kinds import workflow

DEATH, RESTORED = "death", "restored"
LIVING = "active"
OPEN = """
x.family_id = %(id)s AND x.ended IS NULL AND NOT EXISTS (
    SELECT FROM public.register_consumed AS c JOIN public.register_current AS now
    ON now.number = c.number WHERE c.correction_id = x.correction_id)
"""
SHARED = "'upward', x.upward, 'item', i.id, 'number', i.number, 'kind', i.kind"
OVERLAY = Part(
    "families",
    f"""SELECT json_build_object(
    'values', (SELECT json_agg(json_build_object('entity', x.entity, 'entity_id', x.entity_id,
        'field', x.field, 'value', x.value, 'as_of', x.as_of, {SHARED}) ORDER BY x.at, x.id)
        FROM public.overlay_value AS x JOIN public.work_item AS i ON i.id = x.item_id
        WHERE {OPEN}),
    'events', (SELECT json_agg(json_build_object('event', x.event, 'person_id', x.person_id,
        'on_date', x.on_date, {SHARED}) ORDER BY x.on_date, x.at)
        FROM public.overlay_event AS x JOIN public.work_item AS i ON i.id = x.item_id
        WHERE {OPEN}),
    'open', (SELECT json_agg(json_build_object('item', i.id, 'kind', i.kind, 'state', i.state)
        ORDER BY i.at) FROM public.corrections_proposal AS p
        JOIN public.work_item AS i ON i.id = p.item_id
        WHERE i.family_id = %(id)s AND i.closed_on IS NULL))""",
)
"""What of a family stands in the overlay, and which proposals are open."""


@dataclass(frozen=True)
class Happened:
    """One thing that became true since the release. was: as released; None of an event."""

    whose: str
    label: str
    now: str
    was: str | None
    day: date | None
    number: str
    url: str
    upward: str


@dataclass(frozen=True)
class SinceThen:
    """What a family's page says of proposals. propose: where one is made, "" for who may not."""

    happened: tuple[Happened, ...]
    undecided: tuple[View, ...]
    propose: str

    def __bool__(self) -> bool:
        return bool(self.happened or self.undecided or self.propose)


def since_then(opened: Opened) -> tuple[Opened, SinceThen]:
    """The family with values of the overlay in place of the release's, each with what it was; and
    what the page tells of it."""
    said = opened.found.get("overlay") or {}
    values, events = said.get("values") or [], said.get("events") or []
    now = _with(opened, values, events) if values or events else opened
    told = tuple(_values(opened, now.names, values)) + tuple(_events(now, events))
    viewer = opened.eyes.viewer
    propose = reverse("propose", args=[opened.id]) if viewer.may("propose") else ""
    views = _undecided(opened.eyes, said.get("open") or ()) if _has_a_part(viewer) else ()
    return now, SinceThen(told, tuple(views), propose)


def _has_a_part(viewer: Viewer) -> bool:
    return any(viewer.may(verb) for verb in VERBS)


def _undecided(eyes: Eyes, rows: Sequence[Row]) -> list[View]:
    wanted = [one["item"] for one in rows if one["state"] in undecided(one["kind"])]
    if not wanted:
        return []
    found = Proposal.objects.filter(pk__in=wanted).select_related("item").order_by("item__at")
    return [View(one, eyes) for one in found]


def _with(opened: Opened, values: Sequence[Row], events: Sequence[Row]) -> Opened:
    family, people = opened.family, list(opened.found.get("people") or ())
    found = {**opened.found, "released": (family, people)}
    changed = _changed(values)
    rows = [_row(PERSON, one, changed.pop(one["person_id"], {})) for one in people]
    own = _row(FAMILY, family, changed.pop(opened.id, {}))
    known = {one["person_id"] for one in people}
    fresh = [
        _row(PERSON, {"person_id": id_, "family_id": opened.id}, said)
        for id_, said in changed.items()
        if id_ not in known and id_.startswith(NEW)
    ]
    rows = [_lives(one, events) for one in (*rows, *fresh)]
    before = sum(one.get("status") != DEAD for one in people)
    after = sum(one.get("status") != DEAD for one in rows)
    if family.get("member_count") is not None:
        own["member_count"] = int(family["member_count"]) + after - before
    found |= {"family": own, "people": rows}
    return replace(opened, found=found, names=Names.of(opened.eyes, rows))


def _text(row: Row) -> str | None:
    return None if row["value"] is None else unsealed(row["value"])


def _changed(values: Sequence[Row]) -> dict[str, dict[str, str | None]]:
    """entity_id -> column -> the value that stands."""
    found: dict[str, dict[str, str | None]] = {}
    for one in values:
        found.setdefault(one["entity_id"], {})[one["field"]] = _text(one)
    return found


def _row(entity: str, row: Row, changed: Mapping[str, str | None]) -> dict[str, Any]:
    """A row with changed values in it, and beside them what they were."""
    columns = pack().tables[entity].columns
    made = dict(row)
    was = {name: row.get(name) for name in changed if name in columns}
    for name in was:
        made[name] = typed(changed[name], columns[name])
    return made | {WAS: was} if was else made


def _lives(row: dict[str, Any], events: Sequence[Row]) -> dict[str, Any]:
    """A person as deaths recorded since then, and deaths taken back, leave them."""
    own = [one["event"] for one in events if one["person_id"] == row["person_id"]]
    last = next((one for one in reversed(own) if one in (DEATH, RESTORED)), "")
    return row | {"status": DEAD if last == DEATH else LIVING} if last else row


def _values(opened: Opened, names: Names, values: Sequence[Row]) -> Iterator[Happened]:
    """Each corrected value beside the release's; of new people only who they are."""
    eyes = opened.eyes
    released = {one["person_id"]: one for one in opened.found.get("people") or ()}
    newest = {(one["entity_id"], one["field"]): one for one in values}
    for (id_, field), one in newest.items():
        column = pack().tables[one["entity"]].columns.get(field)
        if column is None or eyes.viewer.sight(column.privacy) == "hidden" or id_.startswith(NEW):
            continue
        row = opened.family if one["entity"] == FAMILY else released.get(id_, {})
        now = eyes.shown(column.privacy, typed(_text(one), column), column)
        was = eyes.shown(column.privacy, row.get(field), column)
        whose = names(id_) if one["entity"] == PERSON else ""
        label = column.labels[eyes.language]
        yield _happened(eyes, one, whose, label, one["as_of"], now, was)
    label = say("web_corrections.family_new_person", eyes.language)
    fresh = {one["entity_id"]: one for one in values if one["entity_id"].startswith(NEW)}
    for id_, one in fresh.items():
        yield _happened(eyes, one, names(id_), label, one["as_of"])


def _events(now: Opened, events: Sequence[Row]) -> Iterator[Happened]:
    """Each event; row-level security has left out those of cases."""
    for one in events:
        label = code_label("event", one["event"], now.eyes.language)
        whose = now.names(one["person_id"]) if one["person_id"] else ""
        yield _happened(now.eyes, one, whose, label, one["on_date"])


def _happened(
    eyes: Eyes,
    row: Row,
    whose: str,
    label: str,
    day: Any,
    now: Shown | None = None,
    was: Shown | None = None,
) -> Happened:
    ours = row["kind"] in kinds()
    return Happened(
        whose=whose,
        label=label,
        now="" if now is None else now.text,
        was=None if was is None else was.text,
        day=as_date(day),
        number=row["number"],
        url=reverse("proposal", args=[row["item"]]) if ours and _has_a_part(eyes.viewer) else "",
        upward=_upward(row, eyes.viewer) if ours else "",
    )


def _upward(row: Row, viewer: Viewer) -> str:
    """How far it came on its way up, of what goes up."""
    if "enter" not in workflow(row["kind"]).steps:
        return ""
    return say(f"web_corrections.upward_{row['upward']}", viewer.language)
