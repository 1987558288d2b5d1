"""What follows from a step of an objection, a request or a report; registered in work.effects."""

from __future__ import annotations

from tangga.texts import say
from tangga.web.appeals import answers, telling, whom, withdrawing
from tangga.web.appeals.models import Appeal, Objector
from tangga.web.appeals.refusals import Elsewhere, Suspends
from tangga.web.appeals.subjects import ESCALATE, subject
from tangga.web.counter import letters
from tangga.web.database.rows import value
from tangga.web.journeys import objections as stops
from tangga.web.journeys.care import holding
from tangga.web.overlay import write
from tangga.web.today import today
from tangga.web.viewer import Viewer
from tangga.web.work.models import Item, Taken
from tangga.web.work.refusals import Twice

ANSWERED = "objection_decided"
"""The event of the pack that an answer is (notice.toml, `objection_answered`)."""

CONFIRM_WITHDRAWAL, WITHDRAWAL = "confirm_withdrawal", "withdrawal"
UPHELD = {"upheld": True, "rejected": False, "withdrawn": False}
PASSED_ON, WITHDRAWN, FOUNDED = "passed_on", "withdrawn", "founded"
DECIDED_HERE = ("upheld", "rejected")
WITHDRAW = "SELECT public.appeals_withdrawn(%s, %s)"
OTHER_REASON = "other"
CONFIRMED = "confirmed"
LANGUAGE = "id"


def possible(appeal: Appeal, to_state: str) -> bool:
    """Whether this office can end an objection so: what others decide it passes on, and what it
    holds back itself it has to decide."""
    about = subject(appeal.subject, LANGUAGE)
    if to_state in DECIDED_HERE:
        return about is None or not about.elsewhere or appeal.suspends
    return to_state != PASSED_ON or not appeal.suspends


def of_objection(item: Item, taken: Taken, by: Viewer | None) -> None:
    """An answer is an event of the family, ends or confirms what was held back, and is a letter."""
    if taken.step == ESCALATE:
        telling.moved_up(item, item.person_id or whom.of(item).person_id)
    if taken.to_state == WITHDRAWAL:
        withdrawing.told(item, by)
    if not item.closed:
        return
    appeal: Appeal = item.appeal
    if not possible(appeal, taken.to_state):
        about = subject(appeal.subject, LANGUAGE)
        raise Suspends if about is None or appeal.suspends else Elsewhere(decides=about.decides)
    if taken.to_state == PASSED_ON:
        _answer(item, appeal, taken, by)
        return
    upheld = UPHELD[taken.to_state]
    stops.answered(item.family_id, upheld=upheld, by=by, number=item.number)
    write.event(
        item=item,
        event=ANSWERED,
        on_date=today(),
        family_id=item.family_id,
        person_id=item.person_id,
        area=item.area,
        by=by,
        document=item.number,
        objection_upheld=upheld,
    )
    _answer(item, appeal, taken, by)


def of_request(item: Item, taken: Taken, by: Viewer | None) -> None:
    """An answer to a request, or to a complaint, is a letter."""
    if taken.step == ESCALATE:
        telling.moved_up(item, item.person_id or whom.of(item, item.appeal).person_id)
    if taken.to_state == WITHDRAWAL:
        withdrawing.told(item, by)
    if item.closed and (taken.to_state != WITHDRAWN or taken.step == CONFIRM_WITHDRAWAL):
        _answer(item, item.appeal, taken, by)


def of_reactivation(item: Item, taken: Taken, by: Viewer | None) -> None:
    """Once the office has confirmed it, its letter to who decides is written; the end of it is
    answered by a letter as everything is."""
    if taken.to_state == CONFIRMED:
        letters.for_reactivation(item, by)
    elif item.closed and taken.to_state != WITHDRAWN:
        _answer(item, None, taken, by)


def _answer(item: Item, appeal: Appeal | None, taken: Taken, by: Viewer | None) -> None:
    """The letter, and a message that there is one."""
    answers.letter(item, taken, by, appeal)
    telling.answered(item, item.person_id or whom.of(item, appeal).person_id)


def of_report(item: Item, taken: Taken, by: Viewer | None) -> None:
    """Founded, it opens a check, in which nothing stops by itself; else nothing changes. Who
    reported is told by a letter to the holder of the ticket."""
    if not item.closed:
        return
    if taken.to_state == WITHDRAWN:
        value(WITHDRAW, [item.pk, today()])
        return
    reporters = Objector.objects.filter(item=item)
    reporters.update(judged=taken.to_state, judged_on=today())
    if taken.to_state == FOUNDED:
        _check(item, by)
    answers.letter(item, taken, by, item.appeal)
    for one in reporters:
        telling.answered(item, one.person_id)


def _check(item: Item, by: Viewer | None) -> None:
    """A check of the family's support. It stands in the village, so it does not say from what."""
    words = say("web_appeals.check_words", LANGUAGE)
    try:
        holding.raise_case(
            family_id=item.family_id, reason=OTHER_REASON, words=words, by=by, parent=item
        )
    except Twice:
        return
