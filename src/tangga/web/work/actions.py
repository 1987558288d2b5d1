"""Opening an item and taking its steps: who may, when, with which hand, and what follows."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.db import IntegrityError, transaction

from tangga.rules.workflow import Step, Workflow
from tangga.texts import Language, say
from tangga.web.access.model import level_of
from tangga.web.audit.actions import record
from tangga.web.database.rows import value
from tangga.web.today import today
from tangga.web.viewer import Viewer
from tangga.web.work import delegations
from tangga.web.work.effects import after
from tangga.web.work.kinds import workflow
from tangga.web.work.models import Item, Taken
from tangga.web.work.refusals import Closed, Lacking, NotYours, SameHand, Stale, WrongState

OFFICE_DIGITS = 4
"""Ticket numbers are counted by regency or city; a wider office counts its own."""

NEXT = """
INSERT INTO public.work_counter (prefix, office, year, last) VALUES (%s, %s, %s, 1)
ON CONFLICT (prefix, office, year) DO UPDATE SET last = public.work_counter.last + 1
RETURNING last
"""
THREE_HANDS = "three_hands"
"""The constraint of the database by which one user has one hand of an item."""


@dataclass(frozen=True)
class Act:
    """A step as it is taken. by None: a resident, or the clock. on_behalf: the document of the
    delegation by which it is allowed; '' by the role itself."""

    step: Step
    by: Viewer | None
    day: date
    on_behalf: str = ""
    reason: str = ""
    document: str = ""
    about: Mapping[str, Any] = field(default_factory=dict)


@transaction.atomic
def begin(
    kind: str,
    *,
    by: Viewer | None,
    area: str,
    step: str = "",
    family_id: str = "",
    person_id: str = "",
    title: str = "",
    parent: Item | None = None,
    other_area: str = "",
    reason: str = "",
    document: str = "",
    evidence: int = 0,
    about: Mapping[str, Any] | None = None,
) -> Item:
    """Open an item by its opening step (the workflow's first, where none is named).

    by None: a resident, or the clock. evidence: how many files will be kept with it at once. about:
    further values of the step, nothing personal. Refusal where the step cannot be taken.
    """
    flow, day = workflow(kind), today()
    opening = _opening(flow, step, by)
    on_behalf = _allowed(flow, opening, by, area, day)
    _has_what_it_needs(opening, by, reason=reason, document=document, evidence=bool(evidence))
    state = flow.states[opening.to]
    item = Item.objects.create(
        number=_number(flow, area, day),
        kind=kind,
        area=area,
        other_area=other_area,
        state=state.name,
        family_id=family_id,
        person_id=person_id,
        parent=parent,
        title=title,
        by=None if by is None else by.user,
        cased=flow.case,
        opened_on=day,
        due=state.due(day),
        closed_on=day if state.final else None,
    )
    _note(item, Act(opening, by, day, on_behalf, reason, document, about or {}), "")
    return item


def _opening(flow: Workflow, name: str, by: Viewer | None) -> Step:
    """The step by which an item is opened; WrongState where that one opens nothing."""
    step = flow.steps[name] if name else next(one for one in flow.steps.values() if one.opens)
    if not step.opens:
        raise WrongState(step=step.label(_language(by)))
    return step


@transaction.atomic
def take(
    item: Item,
    step: str,
    *,
    by: Viewer,
    version: int,
    reason: str = "",
    document: str = "",
    about: Mapping[str, Any] | None = None,
) -> Item:
    """A person takes a step of an item; the item as it is then. Refusal: nothing has changed.

    version: of the item as the form showed it.
    """
    flow, found = workflow(item.kind), _locked(item)
    asked = _step(flow, step, found, by)
    if found.version != version:
        raise Stale(number=found.number, state=flow.states[found.state].label(by.language))
    if asked.system:
        raise NotYours(verb=asked.label(by.language))
    day = today()
    on_behalf = _allowed(flow, asked, by, found.area, day, found.other_area)
    proven = "evidence" in asked.needs and found.evidence.exists()
    _has_what_it_needs(asked, by, reason=reason, document=document, evidence=proven)
    return _move(flow, found, Act(asked, by, day, on_behalf, reason, document, about or {}))


@transaction.atomic
def follow(
    item: Item,
    step: str,
    *,
    by: Viewer | None,
    reason: str = "",
    document: str = "",
    about: Mapping[str, Any] | None = None,
) -> Item:
    """A `system` step: taken by the clock (by None), or because of another act of `by`."""
    flow, found = workflow(item.kind), _locked(item)
    asked = _step(flow, step, found, by)
    if not asked.system:
        raise NotYours(verb=asked.label(_language(by)))
    return _move(flow, found, Act(asked, by, today(), "", reason, document, about or {}))


def steps_for(item: Item, viewer: Viewer) -> list[tuple[Step, date | None]]:
    """What the viewer can do with an item, and when a closed window opens (None: it is open)."""
    flow, day = workflow(item.kind), today()
    hands = dict(
        Taken.objects.filter(item=item, user_id=viewer.user.pk)
        .exclude(hand="")
        .values_list("hand", "step")
    )
    found = []
    for step in flow.steps_from(item.state):
        if _right(step, viewer, item.area, item.other_area) is None:
            continue
        if step.hand and hands and step.hand not in hands:
            continue
        found.append((step, flow.closed_on(step, day)))
    return found


def _locked(item: Item) -> Item:
    return Item.objects.select_for_update(of=("self",)).get(pk=item.pk)


def _step(flow: Workflow, name: str, item: Item, by: Viewer | None) -> Step:
    step = flow.steps.get(name)
    if step is None or item.state not in step.sources:
        language = _language(by)
        raise WrongState(
            step=step.label(language) if step else "?",
            number=item.number,
            state=flow.states[item.state].label(language),
        )
    return step


def _allowed(
    flow: Workflow, step: Step, by: Viewer | None, area: str, day: date, other_area: str = ""
) -> str:
    """The document of the delegation by which it is allowed, '' by the role itself.

    NotYours, Closed. What nobody's verb guards (by None) is the caller's own to guard.
    """
    on_behalf = ""
    if by is not None and not step.system:
        right = _right(step, by, area, other_area)
        if right is None:
            raise NotYours(verb=step.label(by.language))
        on_behalf = right
    opens = flow.closed_on(step, day)
    if opens is not None:
        raise Closed(step=step.label(_language(by)), day=opens)
    return on_behalf


def _right(step: Step, viewer: Viewer, area: str, other_area: str) -> str | None:
    """'' by the role, the document of a delegation, None: not allowed."""
    place = other_area if step.side else area
    if viewer.may(step.verb) and viewer.covers(place):
        own = viewer.post.area if viewer.post else ""
        if not step.level or level_of(own) in step.level:
            return ""
    held = delegations.held(viewer, step.verb, place)
    if held is None or (step.level and level_of(held.area) not in step.level):
        return None
    return held.document


def _has_what_it_needs(step: Step, by: Viewer | None, **given: object) -> None:
    for need in step.needs:
        said = given[need]
        if not (said.strip() if isinstance(said, str) else said):
            language = _language(by)
            raise Lacking(needs=say(f"work.need_{need}", language), step=step.label(language))


def _move(flow: Workflow, item: Item, act: Act) -> Item:
    before = item.state
    if act.step.to:
        state = flow.states[act.step.to]
        item.due = item.due if state.keeps_due else state.due(act.day)
        item.state = state.name
        item.closed_on = act.day if state.final else None
    item.version += 1
    item.save()
    _note(item, act, before)
    return item


def _note(item: Item, act: Act, before: str) -> None:
    """The step, the trail's event, and what follows. SameHand where the database says so."""
    try:
        with transaction.atomic():
            taken = _taken(item, act, before)
    except IntegrityError as wrong:
        if THREE_HANDS not in str(wrong):
            raise
        raise SameHand(step=act.step.label(_language(act.by))) from None
    record(
        "work_step",
        by=act.by,
        # Who reads the trail may not see cases, and so not whose a step of one is.
        family_id=None if item.cased else item.family_id or None,
        person_id=None if item.cased else item.person_id or None,
        area=item.area,
        about={
            "item": item.number,
            "kind": item.kind,
            "step": act.step.name,
            "state": item.state,
        },
    )
    after(item, taken, act.by)


def _taken(item: Item, act: Act, before: str) -> Taken:
    by = act.by
    post = None if by is None else by.post
    return Taken.objects.create(
        item=item,
        n=item.version,
        step=act.step.name,
        from_state=before,
        to_state=item.state,
        hand=act.step.hand,
        user=None if by is None else by.user,
        called="" if by is None or by.user is None else by.user.called,
        post=None if post is None else post.id,
        role="" if post is None else post.role.code,
        on_behalf=act.on_behalf,
        on_day=act.day,
        reason=act.reason,
        document=act.document,
        about=dict(act.about),
    )


def _number(flow: Workflow, area: str, day: date) -> str:
    office = area[:OFFICE_DIGITS]
    last = value(NEXT, [flow.number, office, day.year])
    return "/".join(part for part in (flow.number, office, str(day.year), f"{last:06d}") if part)


def _language(by: Viewer | None) -> Language:
    return "id" if by is None else by.language
