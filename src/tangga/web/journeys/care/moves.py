"""A family moves to another area: proposed by the one it leaves, accepted by the other, or decided
by the province of destination. Support stays where it is until then.

    item = propose(family_id=F, to_village=V, moved_on=day, consent=Consent(day), by=operator)
    item = actions.take(item, "accept", by=verifier_there, version=1)
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import IntegrityError, transaction

from tangga.registry.privacy import masked
from tangga.web.database.rows import run, value
from tangga.web.family.eyes import opened
from tangga.web.journeys.care import guests, people
from tangga.web.journeys.care.models import AreaMove
from tangga.web.journeys.care.refusals import BadDay, BadPlace, NotTheirs
from tangga.web.journeys.care.support import running
from tangga.web.journeys.care.wide import seeing
from tangga.web.journeys.climb import kube
from tangga.web.overlay import read, write
from tangga.web.pack import NATION, area_name, areas, code_label
from tangga.web.papers.issue import issue
from tangga.web.papers.models import Paper
from tangga.web.policy.book import book
from tangga.web.secrets import seal, unseal
from tangga.web.today import today
from tangga.web.viewer import Viewer
from tangga.web.work import actions
from tangga.web.work.models import Item, Taken
from tangga.web.work.refusals import Twice

KIND = guests.KIND
ACCEPTING = ("accept", "place")
ONE_MOVE = "care_one_move"
OFFICE_DIGITS, DISTRICT_DIGITS = 4, 6
LETTER = "surat_pindah"
EMPTIED: dict[str, Any] = {"head": "", "members": [], "months": None, "programmes": [], "rung": ""}
"""What was packed, once retention has emptied it."""
ARRIVED, LEFT = "move_in", "move_out"
VILLAGE, BASIS = "village", "document"
MONTHS = "SELECT months_protected FROM family_clock WHERE family_id = %s"
CARRY = "SELECT public.care_carry(%s)"


@dataclass(frozen=True)
class Consent:
    """That the family agreed that what is known of it goes along: when, and by which paper."""

    on: date
    document: str = ""


@transaction.atomic
def propose(
    *,
    family_id: str,
    to_village: str,
    moved_on: date,
    consent: Consent,
    words: str,
    document: str,
    by: Viewer,
) -> Item:
    """Ask the area of destination to take a family over. Twice where that was asked already;
    BadDay for a day to come, BadPlace for a village that is none or the same."""
    with guests.reading(family_id, by):
        found = people.family(family_id)
        packed = _packet(found) if found else {}
    if found is None:
        raise Item.DoesNotExist
    guests.still_here(family_id, by)
    place = guests.where(family_id) or str(found["area"])
    village = areas().by_code.get(to_village)
    if village is None or village.level != VILLAGE or to_village == place:
        raise BadPlace(place=area_name(to_village, by.language))
    for day in (moved_on, consent.on):
        if day > today():
            raise BadDay(day=day)
    open_one = Item.objects.filter(kind=KIND, family_id=family_id, closed_on=None).first()
    if open_one is not None:
        raise Twice(number=open_one.number)
    item = _begin(family_id, place, to_village, words, document, by)
    AreaMove.objects.create(
        item=item,
        from_village=place,
        to_village=to_village,
        moved_on=moved_on,
        packet=seal(json.dumps(packed, default=str)),
        consent_on=consent.on,
        consent_document=consent.document,
    )
    letter(item, packed, moved_on, by)
    return item


def _begin(
    family_id: str, place: str, to_village: str, words: str, document: str, by: Viewer
) -> Item:
    try:
        with transaction.atomic():
            return actions.begin(
                KIND,
                by=by,
                area=place,
                other_area=to_village,
                family_id=family_id,
                reason=words,
                document=document,
            )
    except IntegrityError as wrong:
        if ONE_MOVE not in str(wrong):
            raise
        raise Twice(number="–") from None


def _packet(found: dict[str, Any]) -> dict[str, Any]:
    """What the destination needs to know of the family: members, months counted, what it receives.
    The cases of its members are not in it: they go to the case team of the destination alone."""
    rows = [people.whole(one["person_id"]) or one for one in people.members(found["family_id"])]
    head = found.get("head_person_id")
    return {
        "head": next((one.get("name") for one in rows if one["person_id"] == head), None),
        "members": [
            {
                "person_id": one["person_id"],
                "name": one.get("name"),
                "nik": opened(one["nik"]) if one.get("nik") else "",
                "relation": one.get("relation"),
                "born": one.get("birth_date"),
                "birth_year": one.get("birth_year"),
            }
            for one in rows
        ],
        "months": value(MONTHS, [found["family_id"]]) or 0,
        "programmes": sorted({one.programme for one in running(found["family_id"], today())}),
        "rung": read.rung_of(found["family_id"])[0],
    }


def packet(item: Item) -> dict[str, Any]:
    """What was packed."""
    return EMPTIED | json.loads(unseal(item.move_of.packet) or "{}")


def masked_nik(nik: str) -> str:
    """A number as everybody sees it."""
    return masked("last4", nik) or "–"


def letter(item: Item, packed: dict[str, Any], moved_on: date, by: Viewer) -> Paper:
    """To the office of the destination."""
    about = {
        "to": area_name(item.other_area[:OFFICE_DIGITS], "id"),
        "name": packed["head"] or item.family_id,
        "from_place": area_name(item.area, "id"),
        "to_place": area_name(item.other_area, "id"),
        "moved_on": moved_on,
        "programmes": "; ".join(book().label(one, "id") for one in packed["programmes"]),
        "months": int(packed["months"]),
        "answer_by": item.due or today(),
    }
    rows = [
        {
            "name": one["name"],
            "nik": one["nik"],
            "relation": code_label("relation", one["relation"], "id") if one["relation"] else "",
            "birth_date": date.fromisoformat(one["born"][:10]) if one["born"] else None,
            "family_id": item.family_id,
            "person_id": one["person_id"],
        }
        for one in packed["members"]
    ]
    return issue(
        LETTER,
        by=by,
        area=item.area,
        about=about,
        rows=rows,
        item=item,
        family_id=item.family_id,
    )


def after(item: Item, taken: Taken, by: Viewer | None) -> None:
    """What follows from a step: an accepted family lives there from now on, and what is open about
    it goes along."""
    if taken.step not in ACCEPTING:
        return
    if by is None or not by.covers(item.other_area):
        raise NotTheirs(number=item.number)
    mine = AreaMove.objects.select_for_update().get(item=item)
    mine.correction_id = _arrives(item, mine, taken.document, by)
    mine.accepted_on = taken.on_day
    mine.save()
    run(CARRY, [item.pk])
    with seeing(by, NATION):  # both areas, since the rows of an item are counted
        _leaves(item, mine, taken.document, by)
        if mine.from_village[:DISTRICT_DIGITS] != mine.to_village[:DISTRICT_DIGITS]:
            # A business group is one of its district; what it owns stays with it.
            kube.leave_all(item.family_id, item, by, "moved")


def _arrives(item: Item, mine: AreaMove, document: str, by: Viewer) -> str:
    """What the next run is to know of it; the id of its event."""
    shared: dict[str, Any] = {
        "item": item,
        "family_id": item.family_id,
        "area": mine.to_village,
        "document": document,
        "by": by,
    }
    moved = write.event(
        **shared,
        event=ARRIVED,
        on_date=mine.moved_on,
        from_area=mine.from_village,
        to_area=mine.to_village,
    )
    write.value(
        **shared,
        entity="family",
        entity_id=item.family_id,
        field=VILLAGE,
        value=mine.to_village,
        as_of=mine.moved_on,
        basis=BASIS,
    )
    return str(moved.correction_id)


def _leaves(item: Item, mine: AreaMove, document: str, by: Viewer) -> None:
    """That it left, where it was: who works there sees it."""
    write.event(
        item=item,
        family_id=item.family_id,
        area=mine.from_village,
        document=document,
        by=by,
        event=LEFT,
        on_date=mine.moved_on,
        from_area=mine.from_village,
        to_area=mine.to_village,
    )
