"""Beginning a matter on the ladder, and the details that its steps bring along."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.db import transaction

from tangga.web.journeys.care import guests
from tangga.web.journeys.climb.acting import language_of, words
from tangga.web.journeys.climb.criteria import Judged, judge, snapshot
from tangga.web.journeys.climb.effects import empower_rule
from tangga.web.journeys.climb.first import GRADUATION, must_be_first
from tangga.web.journeys.climb.models import Line, Step
from tangga.web.journeys.climb.queries import worker_of
from tangga.web.journeys.climb.reading import Reading, read_for
from tangga.web.journeys.climb.refusals import DoesNotFit, Missing
from tangga.web.journeys.climb.wanted import wanted
from tangga.web.today import today
from tangga.web.viewer import Viewer
from tangga.web.work import actions
from tangga.web.work.models import Item
from tangga.web.work.refusals import Twice

KINDS = ("graduation", "cap_decision", "empowerment", "prevention", "fall_review")
PLAN = "empowerment_plan"
CHOICES = {
    "propose_move": "move",
    "propose_extension": "extension",
    "propose_end": "end",
    "propose_protection": "protection",
    "propose_watch": "watch",
    "propose_stands": "stands",
}
"""Which step chooses what."""


def rule_of(kind: str, read: Reading) -> str:
    """The move of the ladder that a matter begins from; "" where none is asked."""
    if kind == "empowerment":
        return empower_rule(read.rung)
    if kind == "fall_review":
        back = (one for one in wanted().back.values() if _due(judge(read, one)))
        return next(back, wanted().moves[kind])
    if kind == "cap_decision" and not _due(judge(read, wanted().moves[kind])):
        # Who found a place need not wait for the end of an extension.
        with_place = wanted().moves["cap_move"]
        return with_place if _due(judge(read, with_place)) else wanted().moves[kind]
    return wanted().moves.get(kind, "")


def _due(judged: Judged | None) -> bool:
    return judged is not None and judged.due


@transaction.atomic
def begin(kind: str, *, family_id: str, by: Viewer | None, reason: str = "") -> Item:
    """Open a matter about a family, once the rule fits: for a review, once there is something to
    review. NoSuchFamily, Twice, DoesNotFit."""
    read = read_for(family_id, by)
    once(kind, family_id)
    move = rule_of(kind, read)
    judged = judge(read, move)
    if kind != "fall_review":
        _must(judged, move, by)
        if kind == GRADUATION:
            must_be_first(read, language_of(by))
    elif read.rung not in wanted().reviewed:
        raise DoesNotFit(move=words("review", by), unmet=words("rung", by))
    item = actions.begin(kind, by=by, area=read.area, family_id=family_id, reason=reason)
    Step.objects.create(
        item=item,
        area=read.area,
        family_id=family_id,
        move=move,
        rung_before=read.rung or "",
        worker=_worker(by, family_id),
        proposed_by=None if by is None else by.user,
        due_since=today(),
        checked=[] if judged is None else [snapshot(judged, "begin", read, by)],
    )
    return item


@transaction.atomic
def plan(*, family_id: str, by: Viewer) -> Item:
    """A plan for a family that the rule asks one of, or that wants one: nothing ends by it."""
    read = read_for(family_id, by)
    once(PLAN, family_id)
    item = actions.begin(PLAN, by=by, area=read.area, family_id=family_id)
    Step.objects.create(
        item=item,
        area=read.area,
        family_id=family_id,
        move=wanted().moves[PLAN],
        rung_before=read.rung or "",
        worker=_worker(by, family_id),
        proposed_by=by.user,
    )
    return item


def once(kind: str, family_id: str) -> None:
    """Twice where a matter of this kind is open about the family."""
    found = Item.objects.filter(kind=kind, family_id=family_id, closed_on=None).first()
    if found is not None:
        raise Twice(number=found.number)


def _must(judged: Judged | None, move: str, by: Viewer | None) -> None:
    language = language_of(by)
    if judged is None or not judged.due:
        unmet = [one.requirement.labels[language] for one in judged.unmet] if judged else []
        if judged is not None and not judged.starts:
            unmet = [words("rung", by)]
        elif judged is not None and not judged.acts:
            unmet = [words("force", by)]
        raise DoesNotFit(
            move=judged.move.labels[language] if judged else move, unmet="; ".join(unmet) or "–"
        )


def _worker(by: Viewer | None, family_id: str) -> str:
    """Whose work it counts as: the worker who proposes, else the one who accompanies the family."""
    return by.worker if by is not None and by.worker else worker_of(family_id)


@transaction.atomic
def take(
    item: Item,
    step: str,
    *,
    by: Viewer,
    version: int,
    reason: str = "",
    document: str = "",
    until: date | None = None,
    place: Item | None = None,
) -> Item:
    """A step of a matter on the ladder, with what it chooses. Refusal: nothing has changed."""
    guests.still_here(item.family_id, by)
    chosen = CHOICES.get(step)
    if chosen is not None:
        row = Step.objects.select_for_update(of=("self",)).get(pk=item.pk)
        row.choice, row.until = chosen, until if chosen == "extension" else None
        row.place = place if chosen == "move" else None
        row.proposed_by = by.user
        row.worker = by.worker or row.worker
        row.save()
        if chosen == "extension" and until is None:
            raise Missing(what=words("until", by))
    return actions.take(item, step, by=by, version=version, reason=reason, document=document)


@transaction.atomic
def line(
    item: Item,
    *,
    by: Viewer,
    version: int,
    programme: str,
    person_id: str = "",
    state: str = "planned",
    **more: Any,
) -> Line:
    """A line of a plan or a package, or its new state. more: potential, by_when."""
    step = {PLAN: "write", "prevention": "record"}[item.kind]
    about = {"programme": programme, "state": state}
    actions.take(item, step, by=by, version=version, about=about)
    found, _ = Line.objects.update_or_create(
        item=item,
        person_id=person_id,
        programme=programme,
        defaults={
            **more,
            "state": state,
            "state_on": today(),
            "area": item.area,
            "family_id": item.family_id,
        },
    )
    return found
