"""The lists of the ladder: who may graduate, is past the cap, is watched, has graduated."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any

from tangga.rules.days import whole_months
from tangga.rules.exits import Lasted, lasted
from tangga.texts import say
from tangga.web.journeys.climb import follow, queries, undoing
from tangga.web.journeys.climb.criteria import judge
from tangga.web.journeys.climb.models import Effect
from tangga.web.journeys.climb.reading import read_family
from tangga.web.journeys.climb.wanted import wanted
from tangga.web.policy.book import book
from tangga.web.today import today
from tangga.web.viewer import Viewer
from tangga.web.work.models import Item
from tangga.web.work.views import row as work_row

A_PAGE = 40


@dataclass(frozen=True)
class Part:
    """One list. slug: of its address; kinds: whose matters it shows; verbs: who sees it."""

    slug: str
    name: str
    kinds: tuple[str, ...]
    rows: Callable[[Viewer, int], list[dict[str, Any]]]


def _base(row: dict[str, Any], viewer: Viewer) -> dict[str, Any]:
    named = viewer.sight("identity") == "full"
    return {**row, "called": row["head"] if named and row.get("head") else row["family_id"]}


def _with_items(
    found: list[dict[str, Any]], kinds: tuple[str, ...], viewer: Viewer
) -> list[dict[str, Any]]:
    """Each family with its open matter of these kinds."""
    ids = [row["family_id"] for row in found]
    items = Item.objects.filter(family_id__in=ids, kind__in=kinds, closed_on=None)
    by_family = {one.family_id: work_row(one, viewer) for one in items}
    return [{**row, "item": by_family.get(row["family_id"])} for row in found]


def candidates(viewer: Viewer, past: int) -> list[dict[str, Any]]:
    """Families in empowerment, with how many requirements of a graduation they meet today."""
    found = queries.on_rung(wanted().above, most=A_PAGE + 1, past=past)
    rows_ = [{**_base(row, viewer), **_met(row["family_id"])} for row in found]
    return _with_items(rows_, ("graduation",), viewer)


def _met(family_id: str) -> dict[str, Any]:
    read = read_family(family_id)
    judged = judge(read, wanted().moves["graduation"]) if read is not None else None
    if judged is None:
        return {"met": None, "of": None, "unmet": []}
    return {
        "met": len(judged.verdict.all) - len(judged.unmet),
        "of": len(judged.verdict.all),
        "unmet": [(one.requirement.labels, one.answer.name) for one in judged.unmet],
    }


def at_cap(viewer: Viewer, past: int) -> list[dict[str, Any]]:
    """Families past the cap: since when they wait, or until when they are extended."""
    cap = _cap()
    found = queries.near_cap(cap, None, most=A_PAGE + 1, past=past) if cap else []
    return _with_items([_base(row, viewer) for row in found], ("cap_decision",), viewer)


def planning(viewer: Viewer, past: int) -> list[dict[str, Any]]:
    """Families from the month of planning on, before the cap."""
    cap, first = _cap(), _cap("planning_from")
    found = queries.near_cap(first, cap, most=A_PAGE + 1, past=past) if cap and first else []
    return _with_items([_base(row, viewer) for row in found], ("empowerment_plan",), viewer)


def cap_queue() -> int | None:
    """How many families wait for a decision at the cap; None where there is no cap."""
    cap = _cap()
    return queries.waiting_at_cap(cap) if cap else None


def _cap(key: str = "months") -> int | None:
    cap = book().policy.on(today()).cap
    return int(cap.says[key]) if cap is not None else None


def watched(viewer: Viewer, past: int) -> list[dict[str, Any]]:
    """Families on watch, and those of which the release says that they belong there."""
    on = queries.on_rung(wanted().watched, most=A_PAGE + 1, past=past)
    due = queries.due(wanted().moves["prevention"], most=A_PAGE) if not past else []
    known = {row["family_id"] for row in on}
    found = [{**row, "proposed": True} for row in due if row["family_id"] not in known]
    found += [{**row, "proposed": False} for row in on]
    return _with_items([_base(row, viewer) for row in found], ("prevention",), viewer)


def graduated(viewer: Viewer, past: int) -> list[dict[str, Any]]:
    """Families that graduated: since when, seen when, and whether they still stand."""
    found = [
        {
            **_base(row, viewer),
            **_standing(row["graduated_on"], row["falls"]),
            "follow": follow.next_visit(row["graduated_on"], row["seen_on"]),
        }
        for row in queries.graduated(most=A_PAGE + 1, past=past)
    ]
    return _with_items(found, ("fall_review",), viewer)


def _standing(since: date, falls: list[date]) -> dict[str, Any]:
    day, months = today(), int(book().policy.on(today()).notice.says["stands_months"])
    return {
        "months": whole_months(since, day) if since <= day else 0,
        "lasted": lasted(since, [one for one in falls or () if one], day, months).value,
    }


def pair() -> dict[str, int]:
    """Lulus / bertahan: graduated a year ago, and still standing; and those too young to tell."""
    counts = {one.value: 0 for one in Lasted}
    for row in queries.graduated(most=None, past=0):
        counts[_standing(row["graduated_on"], row["falls"])["lasted"]] += 1
    settled = counts["stands"] + counts["fell"]
    return {**counts, "settled": settled, "all": settled + counts["too_early"]}


def freed(viewer: Viewer) -> dict[str, Any] | None:
    """What decisions of this year leave unspent of it: rupiah by programme, and of how many
    families; None where the viewer may not see money. What was undone frees nothing."""
    if viewer.sight("financial") != "full":
        return None
    undone = Item.objects.filter(
        kind=undoing.KIND, state=undoing.RESTORED, parent__isnull=False
    ).values("parent")
    found = Effect.objects.filter(ends=True, on_date__year=today().year).exclude(item__in=undone)
    by_programme: dict[str, int] = {}
    families: set[str] = set()
    unknown = 0
    for programme, family_id, amount in found.values_list("programme", "family_id", "freed"):
        by_programme[programme] = by_programme.get(programme, 0) + (amount or 0)
        families.add(family_id)
        unknown += amount is None
    return {
        "programmes": [
            (book().label(one, viewer.language), by_programme[one]) for one in sorted(by_programme)
        ],
        "sum": sum(by_programme.values()),
        "families": len(families),
        "unknown": unknown,
    }


def prevented() -> dict[str, int]:
    """Packages of prevention by how they stand: being followed, and how those ended that are over.
    They count here and in no graduation."""
    states = ("followed", "kept", "climbed", "fell")
    found = Item.objects.filter(kind="prevention", state__in=(*states, "reviewed"))
    counts = dict.fromkeys(states, 0)
    for state in found.values_list("state", flat=True):
        counts["followed" if state == "reviewed" else state] += 1
    return counts


PARTS: dict[str, Part] = {
    one.slug: one
    for one in (
        Part("graduasi", "graduation", ("graduation",), candidates),
        Part("batas", "cap", ("cap_decision",), at_cap),
        Part("rencana", "plan", ("empowerment_plan",), planning),
        Part("pencegahan", "prevention", ("prevention",), watched),
        Part("lulus", "graduated", ("fall_review",), graduated),
    )
}


def unmet_words(row: dict[str, Any], viewer: Viewer) -> str:
    """What a candidate still lacks."""
    said = [
        f"{labels[viewer.language]}"
        + (f" ({say('web_climb.answer_not_known', viewer.language)})" if answer != "NO" else "")
        for labels, answer in row.get("unmet") or ()
    ]
    return "; ".join(said)
