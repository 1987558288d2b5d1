"""The ladder on the page of a family: what moved since the release, open matters, the group."""

from __future__ import annotations

import json
from datetime import date
from typing import TYPE_CHECKING, Any

from django.urls import reverse

from tangga.rules.records import RUNG_LEFT, RUNG_MOVE
from tangga.texts import long_date, say
from tangga.web.database import prepared
from tangga.web.journeys.climb.shown import OF_FAMILY, rung_label
from tangga.web.viewer import Viewer
from tangga.web.work.kinds import workflow
from tangga.web.work.models import Item
from tangga.web.work.pages import address

if TYPE_CHECKING:
    from tangga.web.family.opening import Opened

SHOWN = 8
GROUP = "group"
# In one round trip: the page of a family is opened more often than any other.
FOUND = f"""
SELECT json_build_object(
    'items', (SELECT json_agg(i) FROM (
        SELECT w.id, w.number, w.kind, w.state FROM public.work_item AS w
        WHERE w.family_id = %(id)s AND w.kind = ANY(%(kinds)s)
        ORDER BY w.at DESC LIMIT {SHOWN}) AS i),
    'moved', (SELECT row_to_json(m) FROM (
        SELECT e.on_date, e.rung, e.correction_id,
               (SELECT w.number FROM public.work_item AS w WHERE w.id = e.item_id) AS number
        FROM public.overlay_event AS e
        WHERE e.family_id = %(id)s AND e.event = ANY(%(moves)s) AND e.person_id = ''
            AND e.track = '' AND e.ended IS NULL
            AND NOT EXISTS (SELECT 1 FROM public.register_consumed AS c
                JOIN public.register_current AS n ON n.number = c.number
                WHERE c.correction_id = e.correction_id)
        ORDER BY e.on_date DESC, e.at DESC LIMIT 1) AS m),
    'groups', (SELECT json_agg(g) FROM (
        SELECT DISTINCT w.id, w.state, o.name FROM public.climb_member AS b
        JOIN public.climb_group AS o ON o.item_id = b.group_id
        JOIN public.work_item AS w ON w.id = o.item_id
        WHERE b.family_id = %(id)s AND b.left_on IS NULL AND b.counts) AS g)
)::text
"""


def on_family(opened: Opened) -> dict[str, Any] | None:
    """None for who may not read of families."""
    viewer = opened.eyes.viewer
    if viewer.cases_only or not opened.personal:
        return None
    asked = {"id": opened.id, "kinds": list(OF_FAMILY), "moves": [RUNG_MOVE, RUNG_LEFT]}
    found = json.loads(prepared.value(FOUND, asked))
    return {
        "url": reverse("climb_family", args=[opened.id]),
        "moved": _moved(found["moved"], viewer),
        "matters": [_matter(one, viewer) for one in found["items"] or ()],
        "groups": [
            {**_matter({**one, "kind": GROUP, "number": ""}, viewer), "name": one["name"]}
            for one in found["groups"] or ()
        ],
    }


def _matter(row: dict[str, Any], viewer: Viewer) -> dict[str, Any]:
    flow = workflow(row["kind"])
    return {
        "url": address(Item(pk=row["id"], kind=row["kind"])),
        "kind": flow.label(viewer.language),
        "state": flow.states[row["state"]].label(viewer.language),
        "number": row["number"],
    }


def _moved(row: dict[str, Any] | None, viewer: Viewer) -> str:
    """The last move since the release."""
    if row is None:
        return ""
    return say(
        "web_climb.moved_since",
        viewer.language,
        day=long_date(date.fromisoformat(row["on_date"]), viewer.language),
        rung=rung_label(row["rung"], viewer),
        number=row["number"] or "–",
    )
