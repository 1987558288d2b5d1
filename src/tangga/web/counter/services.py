"""What a counter gives: letters, referrals, reactivations, complaints, telephones."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from datetime import date, timedelta
from typing import IO, Any

from django.db import transaction

from tangga.rules.days import months_before
from tangga.texts import say
from tangga.web.appeals import lodging
from tangga.web.appeals.models import Appeal
from tangga.web.appeals.subjects import answer_by, decider
from tangga.web.appeals.tickets import digits_of
from tangga.web.appeals.whom import Whom
from tangga.web.counter import register
from tangga.web.counter.desk import desk
from tangga.web.counter.letters import about_decile, about_registration
from tangga.web.counter.models import Reactivation
from tangga.web.journeys.care import guests
from tangga.web.papers.issue import issue
from tangga.web.papers.models import Paper
from tangga.web.public import codes
from tangga.web.secrets import seal, unseal
from tangga.web.today import today
from tangga.web.viewer import Viewer
from tangga.web.work import evidence
from tangga.web.work.actions import begin
from tangga.web.work.kinds import workflow
from tangga.web.work.models import Item
from tangga.web.work.refusals import Twice

LANGUAGE = "id"
"""Letters are in the language of the office."""

REGISTERED, DECILE = "keterangan_terdaftar", "keterangan_desil"
LETTERS = (REGISTERED, DECILE)
REACTIVATION, COMPLAINT, REFERRAL = "reactivation", "complaint", "referral_letter"
URGENT_STEP, STEP = "request_urgent", "request"


def once(form: str, *what: str) -> uuid.UUID | None:
    """The id of what a form asks for, so that one sent twice makes one. form: its own key; None
    where it has none."""
    try:
        return uuid.uuid5(uuid.UUID(form), "\n".join(what))
    except ValueError:
        return None


@transaction.atomic
def letter(
    kind: str, *, by: Viewer, whom: Whom, purpose: str, pk: uuid.UUID | None = None
) -> Paper:
    """A letter of registration or of the decile, for who stands at the counter.

    pk: of the form that asked (`once`); IntegrityError where it was sent before.
    """
    about = about_registration if kind == REGISTERED else about_decile
    said = about(whom, purpose or say("web_counter.purpose_any", LANGUAGE))
    paper = issue(
        kind,
        by=by,
        area=whom.area,
        family_id=whom.family_id,
        person_id=whom.person_id or None,
        about=said,
        pk=pk,
    )
    _note(kind, by, whom, paper=paper)
    return paper


@transaction.atomic
def refer(*, by: Viewer, whom: Whom, to: str, need: str, pk: uuid.UUID | None = None) -> Paper:
    """A letter to another office. to: a referral of counter.toml; pk: as of `letter`."""
    days = timedelta(days=desk().answer_days)
    said = _who(whom) | {
        "to": desk().referrals[to].label(LANGUAGE),
        "need": need,
        "answer_by": today() + days,
    }
    paper = issue(
        "rujukan_layanan",
        by=by,
        area=whom.area,
        family_id=whom.family_id,
        person_id=whom.person_id or None,
        about=said,
        pk=pk,
    )
    _note(REFERRAL, by, whom, paper=paper)
    return paper


@transaction.atomic
def reactivate(
    *, by: Viewer, whom: Whom, reason: str, facility: str, files: Iterable[IO[bytes]]
) -> Item:
    """A request to pay somebody's health insurance again; an urgent illness has this day.

    Its ground stands apart from the matter, which the village sees. Refusal where one is open for
    the same person.
    """
    guests.still_here(whom.family_id, by)
    open_one = Item.objects.filter(
        kind=REACTIVATION, person_id=whom.person_id, closed_on=None
    ).first()
    if open_one is not None:
        raise Twice(number=open_one.number)
    asked, kept = desk().reasons[reason], list(files)
    called = workflow(REACTIVATION).label(LANGUAGE)
    item = begin(
        REACTIVATION,
        by=by,
        area=whom.area,
        step=URGENT_STEP if asked.urgent else STEP,
        family_id=whom.family_id,
        person_id=whom.person_id,
        reason=called,
        evidence=len(kept),
    )
    for file in kept:
        evidence.keep(file, item=item, by=by, kind="document")
    Reactivation.objects.create(
        item=item,
        area=item.area,
        reason=reason,
        urgent=asked.urgent,
        facility=facility,
        update_by=months_before(today(), -desk().update_months),
    )
    _receipt(item, by, whom, _answered(item))
    _note(REACTIVATION, by, whom, item=item)
    return item


@transaction.atomic
def complain(*, by: Viewer, whom: Whom, words: str, files: Iterable[IO[bytes]]) -> Item:
    """A complaint about a service; it decides nothing about anybody's support. The same words of
    the same person on one day are one complaint."""
    same = Item.objects.filter(
        kind=COMPLAINT, person_id=whom.person_id, family_id=whom.family_id, opened_on=today()
    )
    for one in same.select_related("appeal"):
        if unseal(bytes(one.appeal.said)) == words:
            return one
    kept = list(files)
    title = workflow(COMPLAINT).label(LANGUAGE)
    item = begin(
        COMPLAINT,
        by=by,
        area=whom.area,
        family_id=whom.family_id,
        person_id=whom.person_id,
        title=title,
        reason=title,
        evidence=len(kept),
    )
    for file in kept:
        evidence.keep(file, item=item, by=by, kind="document")
    day = _answered(item)
    Appeal.objects.create(
        item=item, area=item.area, subject="other", said=seal(words), answer_by=day
    )
    _receipt(item, by, whom, day)
    _note(COMPLAINT, by, whom, item=item)
    return item


@transaction.atomic
def telephone(*, by: Viewer, whom: Whom, number: str) -> None:
    """The telephone to which this person's codes go from now on. UserError for no such number."""
    codes.register(
        by=by,
        person_id=whom.person_id,
        family_id=whom.family_id,
        area=whom.area,
        number=number,
        since=today(),
    )
    _note("telephone", by, whom)


def _answered(item: Item) -> date:
    return answer_by(workflow(item.kind), item.opened_on)


def sheet(*, by: Viewer, whom: Whom) -> None:
    """The family sheet was given out."""
    _note("sheet", by, whom)


def explained(*, by: Viewer, whom: Whom) -> None:
    """Reasons and money were told to who stands there."""
    _note("explain", by, whom)


def _receipt(item: Item, by: Viewer, whom: Whom, day: date) -> None:
    issue(
        "tanda_terima",
        by=by,
        area=item.area,
        item=item,
        family_id=item.family_id,
        person_id=item.person_id or None,
        about={
            "received": workflow(item.kind).label(LANGUAGE),
            "name": whom.name or "–",
            "ticket": item.number,
            "digits": digits_of(item),
            "subject": item.title or workflow(item.kind).label(LANGUAGE),
            "answer_by": day,
            "decides": decider(item, LANGUAGE),
            "silence": say(f"web_appeals.silence_{item.kind}", LANGUAGE),
        },
    )


def _who(whom: Whom) -> dict[str, Any]:
    said = {"name": whom.name or "–", "address": whom.address or "–", "nik": whom.nik}
    return {key: value for key, value in said.items() if value}


def _note(service: str, by: Viewer, whom: Whom, **more: Any) -> None:
    register.note(
        by=by,
        service=service,
        area=whom.area,
        family_id=whom.family_id,
        person_id=whom.person_id,
        **more,
    )


files_of = lodging.files_of
