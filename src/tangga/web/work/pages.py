"""Where an item of each kind is opened."""

from __future__ import annotations

from django.urls import reverse

from tangga.web.work.models import Item

PAGES: dict[str, str] = {
    "disaster": "visit_record",
    "tension": "visit_record",
    "outreach": "visit_record",
    "group": "climb_group",
    "placement": "climb_place",
    "round": "programmes_round",
    "determination": "programmes_determination",
    "quota": "programmes_quota",
    "delivery_complaint": "programmes_complaint",
    "objection": "appeal",
    "request": "appeal",
    "report": "appeal",
    "complaint": "appeal",
    "reactivation": "appeal",
    "graduation": "climb_step",
    "cap_decision": "climb_step",
    "empowerment": "climb_step",
    "prevention": "climb_step",
    "fall_review": "climb_step",
    "empowerment_plan": "climb_step",
    "restoration": "climb_step",
    "correction": "proposal",
    "rank_appeal": "proposal",
    "family_event": "proposal",
    "correction_batch": "batch",
    "plan_line": "plan_line",
    "referral": "case_file",
    "tangguh": "tangguh_case",
    "area_move": "area_move",
}
"""Kind -> name of the URL that takes the item's id."""

OWN_STEPS = frozenset(
    {
        "plan_line",
        "correction",
        "correction_batch",
        "family_event",
        "rank_appeal",
        "graduation",
        "cap_decision",
        "empowerment",
        "prevention",
        "fall_review",
        "empowerment_plan",
        "placement",
    }
)
"""Kinds whose steps need more than a reason or a document: only their own pages take them."""

OWN_FORMS: dict[str, frozenset[str]] = {
    "objection": frozenset({"withdraw"}),
    "request": frozenset({"withdraw"}),
    "group": frozenset({"plan", "aid", "record"}),
    "determination": frozenset({"change"}),
}
"""Kind -> those of its steps that only its own page takes."""


def only_there(kind: str, step: str) -> bool:
    """Whether a step is taken by the page of its kind alone."""
    return kind in OWN_STEPS or step in OWN_FORMS.get(kind, ())


def address(item: Item) -> str:
    """The page of an item; a kind without a page of its own has the plain one."""
    return reverse(PAGES.get(item.kind, "work_item"), args=[item.pk])
