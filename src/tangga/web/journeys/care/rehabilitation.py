"""What the case team does with a file of rehabilitation: each step with its note, sealed.

item = open_file(person, cluster="disability", words="...", by=viewer)
item = keep_assessment(item, values={...}, on_date=day, by=viewer, version=item.version)
item = refer(item, plan=Plan(...), words="...", by=viewer, version=item.version)
item = go(item, "accept", words="...", by=viewer, version=item.version)
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import IntegrityError, transaction

from tangga.texts import say
from tangga.web.journeys.care import guests, late, sentra
from tangga.web.journeys.care.models import Assessment, Case, Note
from tangga.web.journeys.care.people import Person
from tangga.web.journeys.care.refusals import BadDay, LocalFirst, NoSentra, NotHere
from tangga.web.journeys.care.wanted import missing
from tangga.web.journeys.care.wide import seeing
from tangga.web.pack import pack
from tangga.web.secrets import seal, unseal
from tangga.web.today import today
from tangga.web.viewer import Viewer
from tangga.web.work import actions
from tangga.web.work.models import Item, Taken
from tangga.web.work.refusals import Lacking, Twice

KIND = "referral"
OFFICE_DIGITS = 4
"""Of the area of a regency or city: whose case team it is."""
ONE_FILE = "care_one_file"
OPENING, ASSESS, AGAIN, REFER, BEGIN = "ask", "assess", "assess_again", "refer", "begin"
ASKED, TOLD = "ask_from_outside", "told_from_outside"
LOOKED = ("begin", "review", "finish")
"""Steps with which somebody of the team has looked at how the person is."""
CLOSING = ("finish", "send_back", "no_need")
LATE = "_late"


@dataclass(frozen=True)
class Plan:
    """Where a person is referred to. provider: Case.SENTRA or Case.LOCAL; place: the name of the
    local institution; why_not_local: why nobody nearer can serve, for a Sentra; violence, against:
    see `Case`."""

    cluster: str
    need: str
    mode: str
    provider: str
    place: str = ""
    why_not_local: str = ""
    violence: bool = False
    against_payee: bool = False
    against: str = ""


@transaction.atomic
def open_file(
    person: Person, *, cluster: str, words: str, by: Viewer, parent: Item | None = None
) -> Item:
    """A file of a person, for an assessment within the days of the workflow. Twice where one is
    open already; refusals as `actions.begin`."""
    said = _needed(words, by)
    guests.still_here(person.family_id, by)
    already = Item.objects.filter(kind=KIND, person_id=person.id, closed_on=None).first()
    if already is not None:
        raise Twice(number=already.number)
    try:
        with transaction.atomic():
            item = actions.begin(
                KIND,
                by=by,
                area=person.area,
                family_id=person.family_id,
                person_id=person.id,
                parent=parent,
                reason=in_the_file(by),
            )
    except IntegrityError as wrong:
        if ONE_FILE not in str(wrong):
            raise
        raise Twice(number="–") from None
    inside = {"cluster": cluster, "need": ""}
    Case.objects.create(item=item, sealed=_sealed(inside), state_on=today(), worker=by.worker)
    _write_down(item, OPENING, item.version, said, by)
    return item


@transaction.atomic
def ask_for(person: Person, *, words: str, by: Viewer) -> None:
    """Somebody outside of the team asks it to look at a person. Whether there is a file already is
    not told: then what they say is added to it."""
    said = _needed(words, by)
    guests.still_here(person.family_id, by)
    with seeing(by, person.area[:OFFICE_DIGITS], case=True):
        item = Item.objects.filter(kind=KIND, person_id=person.id, closed_on=None).first()
        if item is None:
            item = actions.begin(
                KIND,
                by=by,
                step=ASKED,
                area=person.area,
                family_id=person.family_id,
                person_id=person.id,
            )
            inside = {"cluster": "", "need": ""}
            Case.objects.create(item=item, sealed=_sealed(inside), state_on=today())
            _write_down(item, ASKED, item.version, said, by)
        else:
            found = _locked(item)
            _write_down(found, TOLD, found.version + 1, said, by)
            actions.follow(found, TOLD, by=by)


@transaction.atomic
def keep_assessment(
    item: Item,
    *,
    values: Mapping[str, Any],
    on_date: date,
    by: Viewer,
    version: int,
    document: str = "",
) -> Item:
    """What was found. values: columns of the schema's table of assessments, as codes and texts. The
    first one moves the file on; later ones are kept beside it, and of a file in service they are
    its review. BadDay for a day to come, Lacking where it does not say what the pack asks of it."""
    if on_date > today():
        raise BadDay(day=on_date)
    if lacking := missing(values):
        columns = pack().tables["assessment"].columns
        named = ", ".join(columns[name].labels[by.language] for name in lacking)
        raise Lacking(needs=named, step=say("web_care.assess", by.language))
    found = _locked(item)
    Assessment.objects.create(
        item=found,
        person_id=found.person_id,
        on_date=on_date,
        sealed=seal(json.dumps(dict(values), default=str, sort_keys=True)),
        document=document,
        by=by.user,
        by_called=by.user.called,
        worker=by.worker,
    )
    if by.worker and not found.care.worker:
        Case.objects.filter(pk=found.pk).update(worker=by.worker)
    need = values.get("need")
    if need:
        _put(found.care, need=str(need))
    step = _assessing(found)
    return go(found, step, words=say("web_care.assessed", by.language), by=by, version=version)


def _assessing(item: Item) -> str:
    """By which step an assessment is kept, where the file is."""
    if item.state.startswith("asked"):
        return ASSESS
    return "review" if item.state.startswith("in_service") else AGAIN


@transaction.atomic
def refer(item: Item, *, plan: Plan, words: str, by: Viewer, version: int) -> Item:
    """To the Sentra that serves the area, or to a local institution. NoSentra, LocalFirst."""
    found = _locked(item)
    case, said = found.care, words
    if plan.provider == Case.SENTRA:
        serving = sentra.of_area(found.area, plan.need, today(), by.language)
        if serving is None:
            raise NoSentra(place=found.area)
        if not plan.why_not_local.strip():
            raise LocalFirst()
        case.sentra, case.place = serving.id, ""
        said = f"{words}\n{say('web_care.why_not_local', by.language)}: {plan.why_not_local}"
    else:
        case.sentra, case.place = "", plan.place.strip()
        if not case.place:
            raise Lacking(needs=say("web_care.place", by.language), step=REFER)
    case.provider, case.mode = plan.provider, plan.mode
    case.violence = plan.violence
    case.against_payee = plan.violence and plan.against_payee
    case.against = plan.against if plan.violence else ""
    _put(case, cluster=plan.cluster, need=plan.need)
    return go(found, REFER, words=said, by=by, version=version)


@transaction.atomic
def go(
    item: Item,
    step: str,
    *,
    words: str,
    by: Viewer,
    version: int,
    document: str = "",
    goals_met: bool | None = None,
) -> Item:
    """Any step of the file. words: what happened, kept sealed in it. goals_met: at closing."""
    said = _needed(words, by)
    found = _locked(item)
    _answered_by_the_sentra(found, step, document, by)
    _write_down(found, step, found.version + 1, said, by)
    if goals_met is not None:
        Case.objects.filter(item=found).update(goals_met=goals_met)
    return actions.take(
        found, step, by=by, version=version, reason=in_the_file(by), document=document
    )


def after(item: Item, taken: Taken, by: Viewer | None) -> None:
    """What follows from a step: the days of the case, and the office's queue."""
    if taken.step in (OPENING, ASKED):
        return
    if by is not None and not Note.objects.filter(item=item, n=taken.n, step=taken.step).exists():
        raise NotHere(number=item.number)
    case = Case.objects.select_for_update().get(item=item)
    day = taken.on_day
    if taken.from_state != taken.to_state:
        case.state_on = day
    if taken.step == REFER:
        case.opened = case.reviewed = day
    if taken.step in LOOKED:
        case.reviewed = day
    if taken.step in CLOSING and case.opened is not None:
        case.closed = day
    case.save()
    if item.state.endswith(LATE) and by is None:
        late.tell(item)
    elif taken.from_state.endswith(LATE) and not item.state.endswith(LATE):
        late.settle(item, by)


def inside(case: Case) -> dict[str, str]:
    """Cluster and need of a case, as codes."""
    return dict(json.loads(unseal(case.sealed) or "{}"))


def in_the_file(by: Viewer) -> str:
    """What stands in the steps of an item, in the place of what only the file says."""
    return say("web_care.in_the_file", by.language)


def text_of(note: Note) -> str:
    """What a note says."""
    return unseal(note.text)


def _answered_by_the_sentra(item: Item, step: str, document: str, by: Viewer) -> None:
    """Its own account says that a Sentra accepts, or else the number of its letter does."""
    case: Case = item.care
    if step not in ("accept", "put_on_list") or case.provider != Case.SENTRA or by.cases_only:
        return
    if item.state.startswith("referred") and not document.strip():
        raise Lacking(
            needs=say("web_care.letter_of_sentra", by.language),
            step=sentra.name_of(case.sentra, by.language),
        )


def _needed(words: str, by: Viewer) -> str:
    said = words.strip()
    if not said:
        raise Lacking(
            needs=say("work.need_reason", by.language), step=say("web_care.note", by.language)
        )
    return said


def _write_down(item: Item, step: str, n: int, words: str, by: Viewer) -> None:
    Note.objects.create(
        item=item,
        n=n,
        step=step,
        text=seal(words),
        by=by.user,
        by_called=by.user.called,
        on_day=today(),
    )


def _locked(item: Item) -> Item:
    return Item.objects.select_for_update(of=("self",)).get(pk=item.pk)


def _put(case: Case, **values: str) -> None:
    """Change what is sealed of a case, and keep the rest of it."""
    case.sealed = _sealed({**inside(case), **values})
    case.save()


def _sealed(said: Mapping[str, str]) -> bytes:
    return seal(json.dumps(dict(said), sort_keys=True))
