"""What a step of each kind changes beyond the item itself, in the same transaction."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from django.utils.module_loading import import_string

if TYPE_CHECKING:
    from tangga.web.viewer import Viewer
    from tangga.web.work.models import Item, Taken

Effect = Callable[["Item", "Taken", "Viewer | None"], None]

EFFECTS: dict[str, str] = {
    "determination": "tangga.web.programmes.determinations.step",
    "quota": "tangga.web.programmes.quotas.step",
    "delivery_complaint": "tangga.web.programmes.complaints.step",
    "objection": "tangga.web.appeals.effects.of_objection",
    "request": "tangga.web.appeals.effects.of_request",
    "report": "tangga.web.appeals.effects.of_report",
    "reactivation": "tangga.web.appeals.effects.of_reactivation",
    "complaint": "tangga.web.appeals.effects.of_request",
    "correction": "tangga.web.corrections.effects.after",
    "rank_appeal": "tangga.web.corrections.effects.after",
    "family_event": "tangga.web.corrections.effects.after",
    "group": "tangga.web.journeys.climb.kube.after_step",
    "placement": "tangga.web.journeys.climb.places.after_step",
    "graduation": "tangga.web.journeys.climb.effects.after_step",
    "cap_decision": "tangga.web.journeys.climb.effects.after_step",
    "empowerment": "tangga.web.journeys.climb.effects.after_step",
    "prevention": "tangga.web.journeys.climb.effects.after_step",
    "fall_review": "tangga.web.journeys.climb.effects.after_step",
    "empowerment_plan": "tangga.web.journeys.climb.effects.after_step",
    "restoration": "tangga.web.journeys.climb.effects.after_step",
    "round": "tangga.web.programmes.rounds.step",
    "tangguh": "tangga.web.journeys.care.holding.after",
    "area_move": "tangga.web.journeys.care.moves.after",
    "referral": "tangga.web.journeys.care.rehabilitation.after",
}
"""Kind -> dotted name of `function(item, taken, by)`; by None: the clock took the step."""


def after(item: Item, taken: Taken, by: Viewer | None) -> None:
    """Let the kind of an item do what follows from a step; nothing for a kind without an effect."""
    named = EFFECTS.get(item.kind)
    if named is not None:
        effect: Effect = import_string(named)
        effect(item, taken, by)
