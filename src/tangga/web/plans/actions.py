"""Offering a line, answering it, and spreading a total over the areas below."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from django.db import transaction

from tangga.errors import UserError
from tangga.rules.plan_lines import ACCEPTED, CANCELLED, CHANGED, DONE, NEEDS, PROPOSED, REJECTED
from tangga.texts import say
from tangga.web.access.model import level_of
from tangga.web.plans.models import PlanLine, PlanVersion
from tangga.web.plans.queries import SAID, Line, line_of, must_repair
from tangga.web.today import today
from tangga.web.viewer import Viewer
from tangga.web.work import actions as work
from tangga.web.work.models import Item
from tangga.web.work.refusals import Refusal, SameHand

KIND = "plan_line"
STATES = {
    "accept": ACCEPTED,
    "accept_there": ACCEPTED,
    "reject": REJECTED,
    "reject_there": REJECTED,
    "counter": CHANGED,
    "counter_there": CHANGED,
    "counter_here": CHANGED,
    "finish": DONE,
    "cancel": CANCELLED,
}
"""Step of the workflow -> the state of the version that it brings."""
ADOPTED = {ACCEPTED: "adopt_accepted", REJECTED: "adopt_rejected"}
COUNTERS = frozenset(step for step, state in STATES.items() if state == CHANGED)


class NotAllowed(Refusal):
    """A line that says something impossible, or stands on data that come first."""

    key = "plan"


@transaction.atomic
def offer(
    *,
    by: Viewer,
    area: str,
    year: int,
    said: Mapping[str, Any],
    repairs: str = "",
    ask: str | None = None,
) -> Item:
    """A new line of an area. said: what `queries.SAID` names. ask: the wider area that is asked for
    it; None: the line is offered to the area itself.

    NotAllowed where the area is none of the viewer's, or the line lacks what it cannot do without.
    """
    own = by.post.area if by.post else ""
    if not area.startswith(own) or (ask is not None and not area.startswith(ask)):
        raise NotAllowed(why=say("web_plans.not_your_area", by.language))
    _sound(said, by)
    item = work.begin(
        KIND,
        by=by,
        area=area,
        step="offer" if ask is None else "ask",
        other_area=(own if own != area else "") if ask is None else ask,
        title=str(said["action"])[:200],
    )
    kept = PlanLine.objects.create(
        item=item,
        line=item.number,
        area=area,
        other_area=item.other_area,
        year=year,
        level=level_of(area) or "country",
        repairs=repairs,
    )
    _write(kept, 1, PROPOSED, said, by, "")
    return item


@transaction.atomic
def answer(
    item: Item,
    step: str,
    *,
    by: Viewer,
    version: int,
    reason: str = "",
    document: str = "",
    said: Mapping[str, Any] | None = None,
) -> Item:
    """Take a step of a line: accept, reject, counter with other figures, finish, cancel.

    said: of a counter, all of the line's figures. Whoever wrote the last version does not accept
    it. Nothing is written where the data of the area come first.
    """
    line = line_of(PlanLine.objects.get(item=item).line)
    if line is None or line.kept is None:
        raise NotAllowed(why=say("web_plans.no_line", by.language))
    figures = dict(line.now.said)
    if step in COUNTERS:
        figures |= dict(said or {})
        _sound(figures, by)
        if figures == dict(line.now.said):
            raise NotAllowed(why=say("web_plans.nothing_differs", by.language))
    state = STATES.get(step, PROPOSED)
    if state == ACCEPTED:
        _can_be_accepted(line, by)
    moved = work.take(item, step, by=by, version=version, reason=reason, document=document)
    _write(line.kept, line.now.version + 1, state, figures, by, reason)
    return moved


@transaction.atomic
def adopt(line: Line, *, by: Viewer) -> Item:
    """Keep a line of the files of the plan here, so that it can be answered; as it stands there."""
    if line.kept is not None:
        return line.kept.item
    step = ADOPTED.get(line.now.state, "adopt")
    if line.now.state in (DONE, CANCELLED):
        raise NotAllowed(why=say("web_plans.closed", by.language))
    item = work.begin(
        KIND, by=by, area=line.area, step=step, title=str(line.now.said["action"])[:200]
    )
    PlanLine.objects.create(
        item=item,
        line=line.line,
        area=line.area,
        year=line.year,
        level=line.level,
        repairs=line.repairs,
        before=line.now.version,
    )
    return item


@transaction.atomic
def offer_spread(
    parts: Sequence[tuple[str, int | None, int | None]],
    *,
    by: Viewer,
    year: int,
    said: Mapping[str, Any],
) -> list[Item]:
    """A line for each area: (area, target, cost), as they were shown and confirmed."""
    return [
        offer(by=by, area=area, year=year, said={**said, "target": target, "cost": cost})
        for area, target, cost in parts
    ]


def _can_be_accepted(line: Line, by: Viewer) -> None:
    last = None if line.kept is None else line.kept.versions.order_by("-version").first()
    if last is not None and last.by_id == by.user.pk:
        raise SameHand(step=say("web_plans.accept", by.language))
    for name in NEEDS[ACCEPTED]:
        if not line.now.said[name]:
            lacking = say(f"web_plans.{name}", by.language)
            raise NotAllowed(why=say("web_plans.lacks", by.language, what=lacking))
    if line.now.said["cost"] and not (line.now.said["focus"] and line.now.said["fund_source"]):
        raise NotAllowed(why=say("web_plans.cost_of_what", by.language))
    villages = must_repair(line)
    if villages is not None and not villages.all:
        raise NotAllowed(why=say("web_plans.nobody_registered", by.language))
    if villages is not None:
        why = say(
            "web_plans.repair_first",
            by.language,
            many=villages.without_repair,
            of=villages.all,
        )
        raise NotAllowed(why=why)


def _sound(said: Mapping[str, Any], by: Viewer) -> None:
    """NotAllowed for what the files of a plan would not take either."""
    due: date | None = said.get("due")
    wrong = [
        (not said.get("action"), "no_action"),
        (said.get("target") is not None and not said.get("measure"), "target_of_what"),
        (said.get("target") is not None and not said.get("pilar"), "target_of_whom"),
        (due is not None and due < today(), "due_is_past"),
    ]
    for is_so, key in wrong:
        if is_so:
            raise NotAllowed(why=say(f"web_plans.{key}", by.language))


def _write(
    kept: PlanLine, version: int, state: str, said: Mapping[str, Any], by: Viewer, reason: str
) -> PlanVersion:
    if by.post is None:
        raise UserError("only who holds a post decides about a line")
    figures = {name: said.get(name) for name in SAID}
    plain = {
        name: "" if figure is None and name not in ("cost", "target", "due") else figure
        for name, figure in figures.items()
    }
    return PlanVersion.objects.create(
        line=kept,
        version=version,
        state=state,
        reason=reason,
        by=by.user,
        by_called=f"{by.user.called}, {by.post.role.label('id')}"[:200],
        by_area=by.post.area,
        on_day=today(),
        **plain,
    )
