"""Taking in an objection, a request or a report: what is kept, what it suspends, its receipt."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import IO, Any

from django.db import transaction

from tangga.rules.days import months_before
from tangga.texts import say
from tangga.web.appeals import pending
from tangga.web.appeals.models import Appeal, Objector
from tangga.web.appeals.refusals import BadFaith, NotNeighbour, Oneself
from tangga.web.appeals.subjects import Subject, answer_by, decider, subject
from tangga.web.appeals.tickets import digits_of
from tangga.web.appeals.whom import Whom, sealed
from tangga.web.counter import register
from tangga.web.counter.desk import desk
from tangga.web.database.rows import value
from tangga.web.journeys import objections as stops
from tangga.web.journeys.care import guests
from tangga.web.overlay import write
from tangga.web.papers.issue import issue
from tangga.web.secrets import seal
from tangga.web.today import today
from tangga.web.viewer import Viewer
from tangga.web.work import evidence
from tangga.web.work.actions import begin
from tangga.web.work.kinds import workflow
from tangga.web.work.models import Item
from tangga.web.work.refusals import Twice

OBJECTION, REQUEST, REPORT = "objection", "request", "report"
LODGED = "objection"
"""The event of the pack that an objection is (notice.toml, `objection`)."""

BAD_FAITH = "SELECT public.appeals_bad_faith(%s, %s)"
OPEN_REPORTS = "SELECT public.appeals_open_reports(%s, %s)"
REGENCY = 4


@dataclass(frozen=True)
class Said:
    """What somebody says at the counter. files: photos or documents, as the form brings them."""

    subject: str
    words: str
    files: tuple[IO[bytes], ...] = ()


@transaction.atomic
def objection(*, by: Viewer, whom: Whom, said: Said, notice: str = "") -> Item:
    """An objection of a family, or of one member, against what was decided about themselves.

    notice: the letter it is about. Lodged before a stop takes effect it suspends the stop. Refusal
    where one about the same is open already.
    """
    about = _subject(said.subject, by)
    guests.still_here(whom.family_id, by)
    _not_twice(OBJECTION, whom, said.subject)
    item = _begin(OBJECTION, by, whom, about, said)
    stop = pending.stop(whom.family_id, notice)
    held = stops.lodged(whom.family_id, by=by, number=item.number, item=stop.item if stop else None)
    effect = stop.takes_effect if stop else None
    suspends = held or (effect is not None and effect > today())
    _keep(item, said, notice=notice, effect_on=effect, suspends=suspends)
    write.event(
        item=item,
        event=LODGED,
        on_date=today(),
        family_id=whom.family_id,
        person_id=whom.person_id,
        area=whom.area,
        by=by,
        document=item.number,
    )
    _receipt(item, by, about, whom)
    return item


@transaction.atomic
def request(
    *, by: Viewer, whom: Whom, said: Said, unknown: Mapping[str, str] | None = None
) -> Item:
    """That somebody be included: a family of the register, or (unknown: name, address) one that no
    register knows. The village of `whom.area` answers first."""
    about = _subject(said.subject, by, REQUEST)
    if whom.family_id:
        guests.still_here(whom.family_id, by)
        _not_twice(REQUEST, whom, said.subject)
    item = _begin(REQUEST, by, whom, about, said)
    _keep(item, said, whom=sealed(unknown) if unknown else None)
    _receipt(item, by, about, whom)
    return item


@transaction.atomic
def report(*, by: Viewer, about_family: Whom, objector: Whom, said: Said, summary: str) -> Item:
    """A report about another family, taken in by the office of the regency.

    said: in the objector's own words, kept with who they are; summary: what is to be checked,
    without anything that tells who said so. The item stands in the regency, so that the village
    does not see it. Refusal for who lives elsewhere, belongs to the family, has one open about it,
    or reported in bad faith too often.
    """
    if objector.family_id == about_family.family_id:
        raise Oneself
    if not objector.area or objector.area != about_family.area:
        raise NotNeighbour
    guests.still_here(about_family.family_id, by)
    _in_good_faith(objector)
    if value(OPEN_REPORTS, [objector.person_id, about_family.family_id]):
        raise Twice(number="–")
    about = _subject(said.subject, by)
    at = Whom("", family_id=about_family.family_id, area=about_family.area[:REGENCY])
    item = _begin(REPORT, by, at, about, said)
    _keep(item, Said(said.subject, summary))
    Objector.objects.create(
        item=item, area=item.area, person_id=objector.person_id, said=seal(said.words)
    )
    _receipt(item, by, about, None)
    return item


def _in_good_faith(objector: Whom) -> None:
    faith = desk().faith
    since = months_before(today(), max(faith.within_months, faith.for_months))
    if value(BAD_FAITH, [objector.person_id, since]) >= faith.many:
        raise BadFaith(months=faith.for_months)


def _subject(code: str, by: Viewer, kind: str = "") -> Subject:
    found = subject(code, by.language, kind)
    if found is None:
        raise ValueError(f"no subject {code!r}")
    return found


def _not_twice(kind: str, whom: Whom, code: str) -> None:
    same = Item.objects.filter(
        kind=kind,
        family_id=whom.family_id,
        person_id=whom.person_id,
        closed_on=None,
        appeal__subject=code,
    ).first()
    if same is not None:
        raise Twice(number=same.number)


def _begin(kind: str, by: Viewer, whom: Whom, about: Subject, said: Said) -> Item:
    """The item, its files, and its line in the register of the counter."""
    item = begin(
        kind,
        by=by,
        area=whom.area,
        family_id=whom.family_id,
        person_id=whom.person_id,
        title=about.label,
        reason=about.label,
        evidence=len(said.files),
    )
    for file in said.files:
        evidence.keep(file, item=item, by=by, kind="document")
    if kind == REPORT:
        register.note(by=by, service=kind, area=item.area, item=item)
    else:
        register.note(
            by=by,
            service=kind,
            area=whom.area,
            family_id=whom.family_id,
            person_id=whom.person_id,
            item=item,
        )
    return item


def _keep(item: Item, said: Said, **more: Any) -> Appeal:
    promised = answer_by(workflow(item.kind), item.opened_on)
    return Appeal.objects.create(
        item=item,
        area=item.area,
        subject=said.subject,
        said=seal(said.words),
        answer_by=promised,
        **more,
    )


def _receipt(item: Item, by: Viewer, about: Subject, whom: Whom | None) -> None:
    """What who lodged it takes along: the ticket, until when, who decides, and what silence means.
    Of a report it names nobody."""
    language = "id"
    name = whom.name if whom else say("web_appeals.holder", language, number=item.number)
    issue(
        "tanda_terima",
        by=by,
        area=item.area,
        item=item,
        family_id=item.family_id if whom else None,
        person_id=item.person_id or None,
        about={
            "received": workflow(item.kind).label(language),
            "name": name or "–",
            "ticket": item.number,
            "digits": digits_of(item),
            "subject": about.label,
            "answer_by": item.appeal.answer_by,
            "decides": decider(item, language),
            "silence": say(f"web_appeals.silence_{item.kind}", language),
        },
    )


def files_of(uploads: Iterable[Any]) -> tuple[IO[bytes], ...]:
    """The files of a form that were chosen."""
    return tuple(one for one in uploads if one)


def promised(item: Item) -> date:
    """Until when who lodged it was promised an answer."""
    return item.appeal.answer_by
