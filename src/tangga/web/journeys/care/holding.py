"""Tangguh: a signal, a check, a decision by a second person, a notice, a stop, a restoration.

    item = raise_case(family_id=F, reason="electricity", words="...", by=operator)
    item = check(item, finding="yes", ends=[...], words="...", document="...", by=verifier, ...)
    item = actions.take(item, "decide", by=head, ...)      # the family is told
    overdue(day after the time to object)                  # the clock stops what was decided
    item = actions.take(item, "restore", by=head, ...)     # with what was missed

Nothing stops before that, and what is not known stops nothing: it asks for a visit.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta

from django.db import transaction

from tangga.rules.answer import YES
from tangga.rules.effect import Stop
from tangga.texts import say
from tangga.web.journeys.care import guests, letters, people, stopping
from tangga.web.journeys.care.models import Check
from tangga.web.journeys.care.refusals import BadDay, NoProof
from tangga.web.journeys.care.support import Support, exit_of, is_death, running
from tangga.web.policy.book import book
from tangga.web.today import today
from tangga.web.viewer import Viewer
from tangga.web.work import actions
from tangga.web.work.models import Item, Taken
from tangga.web.work.refusals import SameHand, Twice

KIND = "tangguh"
PROVED, CLEARED, UNKNOWN = "yes", "no", "not_known"
STEPS = {PROVED: "confirm", CLEARED: "clear", UNKNOWN: "ask_visit"}
"""What a check found -> the step that says so."""
BY_HAND, BY_ACT = "raise", "follow_up"


@transaction.atomic
def raise_case(
    *,
    family_id: str,
    reason: str,
    words: str,
    by: Viewer | None,
    person_id: str = "",
    signal: str = "",
    fact_on: date | None = None,
    parent: Item | None = None,
) -> Item:
    """Open a check of a family's support, or of one member's. It stops nothing.

    reason: a code of removal_reason. parent: the matter because of which it is opened; who acted
    there needs no further power here. Twice where the same is under check already.
    """
    with guests.reading(family_id, by):
        found = people.family(family_id)
    if found is None:
        raise Item.DoesNotExist
    if by is not None:
        guests.still_here(family_id, by)
    open_ones = Item.objects.filter(
        kind=KIND, family_id=family_id, person_id=person_id, closed_on=None, check_of__reason=reason
    ).exclude(state="stopped")
    if (already := open_ones.first()) is not None:
        raise Twice(number=already.number)
    item = actions.begin(
        KIND,
        by=by,
        step=BY_ACT if parent is not None else BY_HAND,
        area=guests.where(family_id) or str(found["area"]),
        family_id=family_id,
        person_id=person_id,
        parent=parent,
        reason=words,
    )
    Check.objects.create(item=item, reason=reason, signal=signal, fact_on=fact_on)
    return item


def because_of(*, family_id: str, area: str, reason: str, source: Item, by: Viewer | None) -> Item:
    """`raise_case` because of another matter that was decided: its number is in the words. The one
    that is open about the same already, where there is one."""
    words = say("web_care.because_of", "id", number=source.number)
    try:
        return raise_case(family_id=family_id, reason=reason, words=words, by=by, parent=source)
    except Twice as there:
        return Item.objects.get(number=there.values["number"])


@transaction.atomic
def check(
    item: Item,
    *,
    finding: str,
    words: str,
    by: Viewer,
    version: int,
    document: str = "",
    ends: Sequence[Support] = (),
    fact_on: date | None = None,
) -> Item:
    """What a check found. ends: the running support that would end, where it is proved; fact_on:
    since when (the day of a death). NoProof where what would end is not said, or does not run."""
    found = Item.objects.select_for_update(of=("self",)).get(pk=item.pk)
    mine: Check = found.check_of
    if finding == PROVED:
        if fact_on is not None and fact_on > today():
            raise BadDay(day=fact_on)
        with guests.reading(found.family_id, by):
            mine.ends = [one.kept for one in _that_run(found, mine, ends, fact_on)]
            left = stopping.anybody_left(found)
        mine.fact_on, mine.finding = fact_on, PROVED
        mine.exit = exit_of(mine.reason, today(), anybody_left=left)
        mine.save()
    return actions.take(
        found, STEPS[finding], by=by, version=version, reason=words, document=document
    )


def _that_run(
    item: Item, mine: Check, ends: Sequence[Support], fact_on: date | None
) -> list[Support]:
    """The chosen support, all of which must run. A death ends what it ends by itself."""
    there = running(item.family_id, today())
    if is_death(mine.reason, today()):
        if fact_on is None or not item.person_id:
            raise NoProof(number=item.number)
        return [
            one
            for one in there
            if one.person_id == item.person_id or not stopping.anybody_left(item)
        ]
    if not ends or any(one not in there for one in ends):
        raise NoProof(number=item.number)
    return list(ends)


def after(item: Item, taken: Taken, by: Viewer | None) -> None:
    """What follows from a step of a check."""
    if taken.step in (BY_HAND, BY_ACT):
        return
    mine = Check.objects.select_for_update().get(item=item)
    do = AFTER.get(taken.step)
    if do is not None:
        with guests.reading(item.family_id, by):
            do(item, mine, taken, by)
            mine.save()


def _proved(item: Item, mine: Check, taken: Taken, by: Viewer | None) -> None:
    if mine.finding != PROVED:
        raise NoProof(number=item.number)
    mine.checked_by = taken.called


def _not_proved(item: Item, mine: Check, taken: Taken, by: Viewer | None) -> None:
    mine.finding, mine.checked_by = CLEARED, taken.called
    if is_death(mine.reason, taken.on_day) and stopping.taken_for_dead(item):
        stopping.alive_after_all(item, mine, taken.on_day, by, taken.document)


def _not_known(item: Item, mine: Check, taken: Taken, by: Viewer | None) -> None:
    mine.finding, mine.checked_by = UNKNOWN, taken.called


def _decided(item: Item, mine: Check, taken: Taken, by: Viewer | None) -> None:
    """The rule of a stop is asked once more, the family is told, and the time to object begins."""
    try:
        Stop(mine.checked_by, taken.called, taken.on_day, mine.reason, YES)
    except ValueError:
        raise SameHand(step=say("web_care.decide", "id")) from None
    mine.decided_by, mine.decided_on = taken.called, taken.on_day
    mine.object_by = item.due = max(item.due or taken.on_day, told_until(taken.on_day))
    item.save(update_fields=["due"])
    if by is not None:
        mine.notice = letters.notice(item, mine, taken.reason, by).number


def told_until(on: date) -> date:
    """The last day to object to what is told on a day, as the policy says."""
    says = book().policy.on(on).notice.says
    return on + timedelta(days=max(int(says["days"]), int(says["object_days"])))


def _withdrawn(item: Item, mine: Check, taken: Taken, by: Viewer | None) -> None:
    mine.decided_on = None


def _stops(item: Item, mine: Check, taken: Taken, by: Viewer | None) -> None:
    if mine.finding != PROVED or mine.object_by is None or taken.on_day <= mine.object_by:
        raise NoProof(number=item.number)
    stopping.stop(item, mine, taken.on_day, by)


def _restores(item: Item, mine: Check, taken: Taken, by: Viewer | None) -> None:
    stopping.restore(item, mine, taken.on_day, by, document=taken.document)
    if by is not None:
        upheld = say("web_care.objection_upheld", "id", number=mine.objection)
        letters.restoration(item, mine, taken.reason or upheld, by)


def _denied_early(item: Item, mine: Check, taken: Taken, by: Viewer | None) -> None:
    """The time to object still runs to the day that the family was told."""
    item.due = mine.object_by
    item.save(update_fields=["due"])


AFTER = {
    "confirm": _proved,
    "clear": _not_proved,
    "ask_visit": _not_known,
    "decide": _decided,
    "refuse": _withdrawn,
    "withdraw": _withdrawn,
    "stop": _stops,
    "restore": _restores,
    "uphold_after": _restores,
    "deny_early": _denied_early,
}
