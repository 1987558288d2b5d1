"""A decision of the ladder that took effect and was wrong is undone: as if it had never been.

    item = propose(decision, by=worker, reason="...")          # or: upheld(decision, by=, number=)
    item = take(item, "decide", by=head, ...)

Its move no longer counts, neither for the family nor for the worker; support runs again from the
day it ended, and what was missed is owed.
"""

from __future__ import annotations

from datetime import date
from typing import Any

from django.db import transaction

from tangga.texts import say
from tangga.web.journeys.care.support import missed
from tangga.web.journeys.climb import kube, letters
from tangga.web.journeys.climb.acting import Acting, words
from tangga.web.journeys.climb.models import Step
from tangga.web.journeys.climb.reading import Reading, read_for
from tangga.web.journeys.climb.refusals import Missing
from tangga.web.overlay import read as overlay
from tangga.web.overlay import write
from tangga.web.overlay.models import Event, Spell
from tangga.web.programmes import spells
from tangga.web.programmes.timeline import CLOSE, OPEN
from tangga.web.viewer import Viewer
from tangga.web.work import actions
from tangga.web.work.models import Item
from tangga.web.work.refusals import Twice

KIND, RESTORE = "restoration", "restore"
RESTORED = "restored"
OPENING, UPHELD, UPHOLD = "propose", "open_upheld", "uphold"
IN_EFFECT = {"graduation": ("graduated",), "cap_decision": ("moved", "ended")}
"""Kind -> states in which a decision has ended support."""


def can_be_undone(item: Item) -> bool:
    """Whether a matter is the last decision in effect about its family, and was not undone."""
    last = last_in_effect(item.family_id)
    return last is not None and last.pk == item.pk


def last_in_effect(family_id: str, own: Item | None = None) -> Item | None:
    """The last decision that ended support of a family and was not undone; None without one.

    own: a restoration that is looked past.
    """
    states = [state for each in IN_EFFECT.values() for state in each]
    found = Item.objects.filter(family_id=family_id, kind__in=IN_EFFECT, state__in=states)
    undone = Item.objects.filter(
        kind=KIND, state=RESTORED, family_id=family_id, parent__isnull=False
    )
    if own is not None:
        undone = undone.exclude(pk=own.pk)
    left = found.exclude(pk__in=undone.values("parent"))
    return left.order_by("-closed_on", "-at").first()


@transaction.atomic
def propose(decision: Item, *, by: Viewer, reason: str) -> Item:
    """Ask that a decision be undone. Missing where it is none that can be; Twice."""
    return _open(decision, OPENING, by, reason)


@transaction.atomic
def upheld(decision: Item, *, by: Viewer | None, number: str) -> Item:
    """Undo it, since an objection was upheld after it took effect. number: of the objection."""
    open_ = decision.children.filter(kind=KIND, closed_on=None).first()
    item = open_ or _open(decision, UPHELD, by, "")
    return actions.follow(item, UPHOLD, by=by, document=number, about={"objection": number})


def _open(decision: Item, step: str, by: Viewer | None, reason: str) -> Item:
    if not can_be_undone(decision):
        raise Missing(what=words("undo", by))
    already = decision.children.filter(kind=KIND, closed_on=None).first()
    if already is not None:
        raise Twice(number=already.number)
    read = read_for(decision.family_id, by)
    item = actions.begin(
        KIND,
        by=by,
        step=step,
        area=read.area,
        family_id=read.family_id,
        parent=decision,
        reason=reason,
    )
    Step.objects.create(
        item=item,
        area=read.area,
        family_id=read.family_id,
        move=decision.ladder.move,
        choice=RESTORE,
        rung_before=read.rung or "",
        proposed_by=None if by is None else by.user,
    )
    return item


def undo(acting: Acting) -> None:
    """All that the decision did, in the transaction of this step."""
    decision = acting.item.parent
    if decision is None or last_in_effect(acting.step.family_id, acting.item) != decision:
        raise Missing(what=words("undo", acting.by))
    read = acting.read()
    before = list(read.pieces)
    since = decision.ladder.effect_on or decision.closed_on or read.on
    _moves_back(acting, decision, read)
    _support_again(acting, decision, read, since)
    kube.back(read.family_id, since)
    after = spells.pieces_of(family_id=read.family_id)
    acting.step.owed = missed(before, after, read.family_id, since, read.on)
    acting.step.effect_on = since
    acting.step.save(update_fields=["owed", "effect_on"])
    if acting.by is not None:
        _tell(acting, read, since)


def _moves_back(acting: Acting, decision: Item, read: Reading) -> None:
    """The move is taken back; a release that holds it already is told otherwise."""
    found = list(Event.objects.filter(item=decision, ended=None))
    open_ones = {one.pk for one in overlay.events_of(read.family_id)}
    Event.objects.filter(pk__in=[one.pk for one in found]).update(ended=read.on)
    held = [one for one in found if one.pk not in open_ones]
    before = decision.ladder.rung_before
    if held and before:
        write.event(
            item=acting.item,
            event="rung_move",
            rung=before,
            on_date=read.on,
            family_id=read.family_id,
            area=read.area,
            document=acting.taken.document,
            by=acting.by,
        )


def _support_again(acting: Acting, decision: Item, read: Reading, since: date) -> None:
    """What it closed runs again from that day; what it opened in its place does not."""
    shared: dict[str, Any] = {
        "item": acting.item,
        "by": acting.by,
        "family_id": read.family_id,
        "area": read.area,
        "on": since,
        "document": acting.taken.document,
    }
    done = list(Spell.objects.filter(item=decision, ended=None).order_by("at", "id"))
    for change, act in ((OPEN, spells.close), (CLOSE, spells.resume)):
        for one in done:
            if one.change != change:
                continue
            try:
                act(
                    **shared,
                    programme=one.programme,
                    person_id=one.person_id,
                    component=one.component,
                )
            except spells.NothingRuns:
                continue  # it ended otherwise meanwhile


def _tell(acting: Acting, read: Reading, since: date) -> None:
    reason = acting.taken.reason or say(
        "web_climb.objection_upheld", "id", number=acting.taken.document
    )
    paper = letters.restoration(acting.item, acting.step, read, since, reason, acting.by)  # type: ignore[arg-type]
    acting.step.notice = paper.number
    acting.step.save(update_fields=["notice"])
