"""Telling residents and officers: that there is an answer, and that a deadline comes near."""

from __future__ import annotations

from datetime import date, timedelta

from tangga.texts import long_date, say
from tangga.web import secrets
from tangga.web.appeals import pending
from tangga.web.appeals.models import Appeal, Reminder
from tangga.web.audit.actions import record
from tangga.web.public import tasks
from tangga.web.public.models import Phone
from tangga.web.today import today
from tangga.web.work.models import Item

NEAR_DAYS = 2
"""A deadline so near is shown first, and recorded as reminded of."""

OBJECT_DAYS = 4
"""So many days before something takes effect its family is reminded of its right to object."""

LANGUAGE = "id"


def answered(item: Item, person_id: str) -> bool:
    """A message to the registered telephone of who lodged it: the ticket and where to read the
    answer, and nothing of what it says. False where there is no telephone."""
    return _told(item, person_id, say("web_appeals.message", LANGUAGE, number=item.number))


def moved_up(item: Item, person_id: str) -> bool:
    """A message that nobody answered in time, and what follows from that."""
    text = say("web_appeals.message_up", LANGUAGE, number=item.number)
    return _told(item, person_id, text)


def withdrawal(item: Item, person_id: str) -> bool:
    """A message that somebody handed in that it be withdrawn, so that who did not can say so."""
    text = say("web_appeals.message_withdrawal", LANGUAGE, number=item.number)
    return _told(item, person_id, text)


def _told(item: Item, person_id: str, text: str) -> bool:
    phone = Phone.objects.filter(person_id=person_id, ended_on=None).first() if person_id else None
    if phone is None:
        return False
    tasks.put(secrets.unseal(bytes(phone.number)), text)
    record("ticket_told", by=None, area=item.area, about={"item": item.number})
    return True


def remind_residents(day: date | None = None) -> int:
    """Whoever registered a telephone, and whose family was told of something that takes effect
    soon, is reminded once that an objection before then suspends it; how many."""
    on = day or today()
    found = 0
    for phone in Phone.objects.filter(ended_on=None, family_id__in=_soon(on)):
        for one in pending.stops(phone.family_id, LANGUAGE):
            effect = one.takes_effect
            if not one.past and effect and on < effect <= on + timedelta(days=OBJECT_DAYS):
                found += _reminded(phone, one.number, effect, on)
    return found


def _soon(on: date) -> set[str]:
    """Families for whom something may take effect within those days."""
    until = on + timedelta(days=OBJECT_DAYS)
    items = Item.objects.filter(closed_on=None, due__gte=on, due__lte=until).exclude(family_id="")
    families = set(items.values_list("family_id", flat=True))
    return families | pending.letters_between(on, until)


def _reminded(phone: Phone, number: str, effect: date, on: date) -> bool:
    _, new = Reminder.objects.get_or_create(
        number=number,
        person_id=phone.person_id,
        defaults={"area": phone.area, "on_day": on},
    )
    if new:
        before = long_date(effect, LANGUAGE)
        text = say("web_appeals.message_object", LANGUAGE, number=number, day=before)
        tasks.put(secrets.unseal(bytes(phone.number)), text)
        record("resident_reminded", by=None, area=phone.area, about={"notice": number})
    return new


def remind(day: date | None = None) -> int:
    """Each open matter whose deadline comes near is recorded once in the trail of its area; how
    many. Its page and the list show it first from then on."""
    on = day or today()
    near = Appeal.objects.filter(
        item__closed_on=None, item__due__lte=on + timedelta(days=NEAR_DAYS), reminded_on=None
    ).select_related("item")
    found = list(near)
    for one in found:
        item = one.item
        about = {"item": item.number, "due": str(item.due), "state": item.state}
        record("deadline_near", by=None, area=item.area, about=about)
    Appeal.objects.filter(pk__in=[one.pk for one in found]).update(reminded_on=on)
    return len(found)
