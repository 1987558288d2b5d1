"""One family on the ladder, one matter about it, as pages show them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from django.urls import reverse

from tangga.rules.ladder import next_move
from tangga.texts import say
from tangga.web.family.classes import classes
from tangga.web.family.eyes import Eyes
from tangga.web.journeys.climb import at_cap, first, support, undoing
from tangga.web.journeys.climb.actions import KINDS, PLAN, rule_of
from tangga.web.journeys.climb.criteria import Criterion, Judged, asks, criteria, judge
from tangga.web.journeys.climb.letters import part_words
from tangga.web.journeys.climb.models import Effect, Group, Line, Member, Step
from tangga.web.journeys.climb.reading import Reading
from tangga.web.journeys.climb.records import see_release
from tangga.web.journeys.climb.wanted import wanted
from tangga.web.pack import code_label, pack
from tangga.web.policy.book import book
from tangga.web.viewer import Viewer
from tangga.web.work.kinds import workflow
from tangga.web.work.models import Item
from tangga.web.work.views import row as work_row

RUNGS = "rung"
OF_FAMILY = (*KINDS, PLAN, "placement", undoing.KIND)


@dataclass(frozen=True)
class Ruled:
    """A move as the rule sees it. met: of how many requirements how many are a yes."""

    id: str
    label: str
    do: str
    basis: str
    question: str
    to: str
    due: bool
    starts: bool
    acts: bool
    criteria: tuple[Criterion, ...]
    asks: tuple[str, ...]

    @property
    def met(self) -> int:
        """How many requirements are met."""
        return sum(one.answer == "yes" for one in self.criteria)


@dataclass(frozen=True)
class PartShown:
    """A spell that ends or goes on, in words. year, freed: rupiah, None where not known or not to
    be seen."""

    label: str
    person: str
    ends: bool
    year: int | None
    freed: int | None


def eyes_of(viewer: Viewer) -> Eyes:
    """The viewer before the release in force."""
    release = see_release()
    assert release is not None
    return Eyes(viewer, classes(release["number"]), viewer.language)


def ruled(judged: Judged, read: Reading, eyes: Eyes) -> Ruled:
    """A judged move in words."""
    language = eyes.language
    period = judged.rule.period
    return Ruled(
        judged.move.id,
        judged.move.labels[language],
        judged.move.do.get(language, ""),
        period.basis,
        period.question,
        judged.move.to,
        judged.due,
        judged.starts,
        judged.acts,
        tuple(criteria(judged, read, eyes)),
        tuple(asks(judged, read, language)),
    )


def rung_label(rung: str | None, viewer: Viewer) -> str:
    """A rung in words."""
    if not rung:
        return say("explain.ladder_no_rung", viewer.language)
    return code_label(RUNGS, rung, viewer.language)


def parts_shown(read: Reading, on: date, eyes: Eyes) -> list[PartShown]:
    """What a move would end on a day, and what goes on."""
    return _merged(_part(one, read, eyes) for one in support.parts(read, on))


def done(item: Item, read: Reading | None, eyes: Eyes) -> list[PartShown]:
    """What a decision did end, and what it let go on."""
    return _merged(_part(one, read, eyes) for one in Effect.objects.filter(item=item))


def _merged(parts: Iterable[PartShown]) -> list[PartShown]:
    """Rows that the viewer cannot tell apart, since what they are for is hidden, are one."""
    found: dict[tuple[str, str, bool], PartShown] = {}
    for one in parts:
        key = (one.label, one.person, one.ends)
        before = found.get(key)
        found[key] = one if before is None else _sum(before, one)
    return list(found.values())


def _sum(one: PartShown, other: PartShown) -> PartShown:
    """None where the amount of either is not known."""
    year = None if None in (one.year, other.year) else one.year + other.year  # type: ignore[operator]
    freed = None if None in (one.freed, other.freed) else one.freed + other.freed  # type: ignore[operator]
    return replace(one, year=year, freed=freed)


def _part(one: Any, read: Reading | None, eyes: Eyes) -> PartShown:
    money = eyes.viewer.sight("financial") == "full"
    sensitive = eyes.viewer.sight("sensitive") == "full"
    plain = support.Part(one.programme, one.component if sensitive else "", "", one.ends)
    year = one.year if isinstance(one, support.Part) else one.amount_year
    place = read.who(one.person_id) if read and one.person_id else None
    named = "identity" in eyes.full and sensitive
    return PartShown(
        part_words(plain, eyes.language),
        read.name_of(place) if read and named and place is not None else "",
        one.ends,
        year if money else None,
        one.freed if money else None,
    )


def family(read: Reading, viewer: Viewer) -> dict[str, Any]:
    """What the page of one family's climb says."""
    eyes = eyes_of(viewer)
    step = next_move(read.rules, read.facts)
    cap = read.rules.cap
    shown = [judge(read, one.move.id) for one in step.standings]
    standings = [ruled(one, read, eyes) for one in shown if one is not None]
    items = list(Item.objects.filter(family_id=read.family_id, kind__in=OF_FAMILY))
    return {
        "read": read,
        "head": read.head if "identity" in eyes.full else read.family_id,
        "rung": rung_label(read.rung, viewer),
        "rung_since": read.history.rung_since,
        "months": read.history.months_protected,
        "cap": int(cap.says["months"]) if cap else None,
        "cap_in_force": read.rules.cap_in_force,
        "extended_until": read.history.extended_until,
        "due": step.due.move.id if step.due else "",
        "standings": sorted(standings, key=_upwards),
        "items": [work_row(one, viewer) for one in items],
        "can_begin": list(beginnings(read, viewer, items)),
        "ends": parts_shown(read, read.on, eyes) if viewer.sight("personal") == "full" else [],
        "first": first.before(read, viewer.language) if _climbs(read) else [],
        "joining": _joining(read, viewer) if viewer.may("empower") else None,
    }


def _climbs(read: Reading) -> bool:
    """Whether a graduation starts from where the family stands."""
    judged = judge(read, wanted().moves[first.GRADUATION])
    return judged is not None and judged.starts


def _joining(read: Reading, viewer: Viewer) -> dict[str, Any] | None:
    """The groups of the district that still take members, and who of the family could join one;
    None where nobody can."""
    places = [read.area[:digits] for digits in (6, 10)]
    found = Group.objects.filter(item__closed_on=None, area__in=places).select_related("item")
    here = Member.objects.filter(family_id=read.family_id, left_on=None)
    inside = set(here.values_list("person_id", flat=True))
    named = viewer.sight("identity") == "full"
    members = [
        (row["person_id"], row.get("name") if named else row["person_id"])
        for row in read.people
        if row["person_id"] not in inside
    ]
    groups = [(f"{one.pk}:{one.item.version}", one.name) for one in found]
    if not groups or not members:
        return None
    roles, plain = pack().codes["group_role"], wanted().member
    return {
        "groups": groups,
        "people": members,
        "roles": [
            (one, roles.label(one, viewer.language))
            for one in sorted(roles.codes, key=lambda code: code != plain)
        ],
    }


def _upwards(one: Ruled) -> tuple[bool, bool, int]:
    """What is due first, then the way up before the way back."""
    said = wanted()
    order = [said.graduated, said.above, "", said.watched, said.supported]
    return not one.due, not one.acts, order.index(one.to) if one.to in order else len(order)


def beginnings(read: Reading, viewer: Viewer, items: list[Item]) -> Iterator[dict[str, Any]]:
    """The matters that can be begun about a family, each with what still stands against it."""
    open_kinds = {one.kind for one in items if not one.closed}
    for kind in KINDS:
        flow = workflow(kind)
        opening = next(one for one in flow.steps.values() if one.opens)
        if kind in open_kinds or not viewer.may(opening.verb):
            continue
        if kind == "fall_review":
            fits, starts = True, read.rung in wanted().reviewed
        else:
            judged = judge(read, rule_of(kind, read))
            fits = judged is not None and judged.due
            starts = judged is not None and judged.starts
            fits = fits and not (kind == first.GRADUATION and first.before(read, viewer.language))
        if starts:
            yield {
                "kind": kind,
                "label": opening.label(viewer.language),
                "fits": fits,
                "url": reverse("climb_begin", args=[read.family_id, kind]),
                "needs_reason": "reason" in opening.needs,
            }
    if PLAN not in open_kinds and viewer.may("move_propose") and read.rung == wanted().supported:
        yield {
            "kind": PLAN,
            "label": workflow(PLAN).steps["begin"].label(viewer.language),
            "fits": True,
            "url": reverse("climb_begin", args=[read.family_id, PLAN]),
            "needs_reason": False,
        }


def matter(step: Step, item: Item, read: Reading | None, viewer: Viewer) -> dict[str, Any]:
    """What the page of one matter says beside its standing."""
    eyes = eyes_of(viewer)
    move = step.move
    if item.kind == "cap_decision":
        move = at_cap.rule_of(step.choice)
    elif item.kind == "fall_review":
        move = wanted().back.get(step.choice, wanted().moves[item.kind])
    looked_at = read is not None and not item.closed and item.kind != undoing.KIND
    judged = judge(read, move) if looked_at and read is not None else None
    on = step.effect_on or (read.on if read else None)
    moving = judged is not None and bool(judged.move.exit)
    return {
        "ruled": ruled(judged, read, eyes) if judged is not None and read is not None else None,
        "ends": parts_shown(read, on, eyes) if moving and read and on else [],
        "done": done(item, read, eyes),
        "checks": [_check(one, viewer) for one in step.checked],
        "choice": say(f"web_climb.choice_{step.choice}", viewer.language)
        if step.choice and item.kind != undoing.KIND
        else "",
        "lines": lines(item, read, viewer),
        "first": first.before(read, viewer.language)
        if looked_at and read is not None and item.kind == first.GRADUATION
        else [],
        "deciles": first.deciles(read, eyes) if looked_at and read is not None else None,
        "rung": rung_label(read.rung if read else None, viewer),
        "head": read.head if read and "identity" in eyes.full else item.family_id,
        **_undone(step, item, eyes),
    }


def _undone(step: Step, item: Item, eyes: Eyes) -> dict[str, Any]:
    """Which decision a restoration undoes, and what is owed by it; whether this one can be undone,
    and by what it was."""
    money = eyes.viewer.sight("financial") == "full"
    by = item.children.filter(kind=undoing.KIND).order_by("-at").first()
    return {
        "undoes": work_row(item.parent, eyes.viewer) if item.parent else None,
        "undone_by": work_row(by, eyes.viewer) if by else None,
        "may_undo": eyes.viewer.may("move_propose")
        and (by is None or by.closed)
        and undoing.can_be_undone(item),
        "owed": [
            {
                "label": book().label(one["programme"], eyes.language),
                "months": one["months"],
                "amount": one["amount"] if money else None,
            }
            for one in step.owed
        ],
        "owed_sum": sum(one["amount"] or 0 for one in step.owed) if money else None,
    }


def _check(one: dict[str, Any], viewer: Viewer) -> dict[str, Any]:
    """What the rule said at a step, by label."""
    move, _, _ = one["rule"].partition("/")
    found = book().listed(move)
    labels = {}
    if found is not None:
        for version in found.rule.versions:
            labels |= {r.id: r.labels[viewer.language] for r in version.says.requires}
    answers = [
        (labels.get(name, name), say(f"web_climb.answer_{said}", viewer.language), said)
        for name, said in one["answers"].items()
    ]
    return {
        "on": one["on"],
        "by": one["by"],
        "rule": book().label(move, viewer.language),
        "policy": one["policy"],
        "answers": answers,
        "yes": sum(said == "yes" for _, _, said in answers),
    }


def lines(item: Item, read: Reading | None, viewer: Viewer) -> list[dict[str, Any]]:
    """The lines of a plan or a package."""
    found = []
    named = viewer.sight("identity") == "full"
    for one in Line.objects.filter(item=item).select_related("potential"):
        place = read.who(one.person_id) if read and one.person_id else None
        found.append(
            {
                "row": one,
                "programme": book().label(one.programme, viewer.language),
                "person": read.name_of(place) if read and named and place is not None else "",
                "state": say(f"web_climb.line_{one.state}", viewer.language),
            }
        )
    return found
