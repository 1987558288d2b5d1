"""What waits for whom, and what has happened to an item."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import reduce
from operator import or_

from django.db.models import Q, QuerySet

from tangga.rules.workflow import State, Workflow
from tangga.web.access.model import level_of
from tangga.web.database import prepared
from tangga.web.viewer import Viewer
from tangga.web.work import delegations
from tangga.web.work.kinds import workflows
from tangga.web.work.models import Item, Taken

OF_KINDS = """
SELECT array_agg(w.id) FROM public.work_item AS w WHERE w.family_id = %s AND w.kind = ANY(%s)
"""


def waiting(viewer: Viewer, kinds: Iterable[str] = ()) -> QuerySet[Item]:
    """Open items of which the viewer's role, or a delegation, can take the next step; due first.

    kinds: only these. What lies outside the area does not exist for the viewer.
    """
    lent = {one.verb for one in delegations.of_mine(viewer)}
    asked = set(kinds) or set(workflows())
    parts = [
        Q(kind=kind, state=state.name)
        & Q(**{f"{'other_area' if state.side else 'area'}__startswith": viewer.area or ""})
        for kind, flow in workflows().items()
        if kind in asked
        for state in flow.states.values()
        if state.waits_for in lent or (viewer.may(state.waits_for) and _at(flow, state, viewer))
    ]
    if not parts:
        return Item.objects.none()
    # Of the case team, a Sentra opens what was referred to one.
    theirs = Q(care__provider="sentra") if viewer.cases_only else Q()
    found = Item.objects.filter(reduce(or_, parts), theirs, closed_on=None)
    return found.order_by("due", "at", "id")


def _at(flow: Workflow, state: State, viewer: Viewer) -> bool:
    """Whether a state waits for offices of the viewer's level: some only for the province."""
    steps = [one for one in flow.steps_from(state.name) if one.verb == state.waits_for]
    own = level_of(viewer.post.area) if viewer.post else ""
    return not steps or any(not one.level or own in one.level for one in steps)


def about(family_id: str) -> QuerySet[Item]:
    """Every item of a family that the viewer may see, the newest first."""
    return Item.objects.filter(family_id=family_id).order_by("-at", "id")


def of_kinds(family_id: str, kinds: Sequence[str]) -> list[Item]:
    """As `about`, of these kinds; most families have none, which is asked first."""
    ids = prepared.value(OF_KINDS, [family_id, list(kinds)])
    return list(about(family_id).filter(pk__in=ids)) if ids else []


def history(item: Item) -> QuerySet[Taken]:
    """Each step of an item in order."""
    return Taken.objects.filter(item=item).order_by("n")
