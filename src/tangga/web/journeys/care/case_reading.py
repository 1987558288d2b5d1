"""What the pages of files of rehabilitation show: the list of the team, and one file."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Count, Q, QuerySet

from tangga.texts import Language, long_date, say
from tangga.web.corrections.written import typed
from tangga.web.family.eyes import in_words
from tangga.web.journeys.care import guests, people, sentra
from tangga.web.journeys.care.case_forms import SCHEMA
from tangga.web.journeys.care.models import Assessment, Case, Note
from tangga.web.journeys.care.rehabilitation import KIND, inside, text_of
from tangga.web.pack import code_label, pack
from tangga.web.secrets import unseal
from tangga.web.today import today
from tangga.web.viewer import Viewer
from tangga.web.work.kinds import workflow
from tangga.web.work.models import Item

GROUPS: dict[str, Q] = {
    "open": Q(closed_on=None),
    "late": Q(closed_on=None, state__endswith="_late"),
    "asked": Q(state__startswith="asked") | Q(state__startswith="assessed"),
    "referred": Q(state__startswith="referred") | Q(state__startswith="accepted"),
    "waiting_list": Q(state__startswith="waiting_list"),
    "in_service": Q(state__startswith="in_service"),
    "closed": Q(closed_on__isnull=False),
}
"""The tabs of the team's list."""


def files(group: str, viewer: Viewer) -> QuerySet[Item]:
    """The files of a tab, the most urgent first; of the case team alone, as policies see to."""
    found = Item.objects.filter(_of(group), of_theirs(viewer), kind=KIND).select_related("care")
    if group == "closed":
        return found.order_by("-closed_on", "id")
    return found.order_by("due", "at", "id")


def _of(group: str) -> Q:
    if group == "late":
        return Q(closed_on=None) & (Q(due__lt=today()) | Q(state__endswith="_late"))
    return GROUPS[group]


def of_theirs(viewer: Viewer) -> Q:
    """All files of the area; for a Sentra those that were referred to one."""
    return Q(care__provider=Case.SENTRA) if viewer.cases_only else Q()


def counts(viewer: Viewer) -> dict[str, int]:
    """How many files each tab holds: for the team, whose own files these are."""
    asked = {name: Count("pk", filter=_of(name)) for name in GROUPS}
    return Item.objects.filter(of_theirs(viewer), kind=KIND).aggregate(**asked)


@dataclass(frozen=True)
class Row:
    """A file in the list."""

    item: Item
    name: str
    state: str
    where: str
    late: int | None


def shown(items: Iterable[Item], viewer: Viewer) -> list[Row]:
    """Rows of the list, with the names of the persons."""
    found = list(items)
    moved = {person: people.shown(name, viewer) for person, name in guests.names(viewer).items()}
    named = moved | people.names([one.person_id for one in found], viewer)
    flow, day = workflow(KIND), today()
    return [
        Row(
            item=one,
            name=named.get(one.person_id, one.person_id),
            state=flow.states[one.state].label(viewer.language),
            where=where(one.care, viewer.language),
            late=None if one.due is None or one.closed else (day - one.due).days,
        )
        for one in found
    ]


def name_of(item: Item, viewer: Viewer) -> str:
    """The person of a file by name."""
    with guests.reading(item.family_id, viewer):
        return people.names([item.person_id], viewer).get(item.person_id, item.person_id)


def where(case: Case, language: Language) -> str:
    """Who serves the person; '' before anybody was asked to."""
    if case.provider == Case.SENTRA:
        return sentra.name_of(case.sentra, language)
    return case.place


@dataclass(frozen=True)
class Found:
    """An assessment in words."""

    on_date: date
    by: str
    document: str
    values: tuple[tuple[str, str], ...]


def assessments(item: Item, language: Language) -> list[Found]:
    """Of a file, the latest first."""
    columns = pack().tables[SCHEMA].columns
    told = []
    for one in Assessment.objects.filter(item=item):
        said = said_in(one)
        values = tuple(
            (column.labels[language], in_words(typed(said[name], column), column, language))
            for name, column in columns.items()
            if said.get(name) is not None
        )
        told.append(Found(one.on_date, one.by_called, one.document, values))
    return told


def said_in(assessment: Assessment) -> dict[str, Any]:
    """What is sealed of an assessment, by the schema's names."""
    return dict(json.loads(unseal(assessment.sealed) or "{}"))


def notes(item: Item, language: Language) -> list[dict[str, Any]]:
    """What was written down, the latest first, each with the step it came with."""
    flow = workflow(KIND)
    return [
        {
            "step": flow.steps[one.step].label(language) if one.step in flow.steps else "",
            "text": text_of(one),
            "by": one.by_called,
            "on": one.on_day,
        }
        for one in Note.objects.filter(item=item)
    ]


def facts(case: Case, language: Language) -> list[tuple[str, str]]:
    """What the head of a file says: cluster, need, who serves, and since when."""
    said = inside(case)
    told = []
    if said["cluster"]:
        told.append(("cluster", code_label("case_kind", said["cluster"], language)))
    if said["need"]:
        told.append(("need", code_label("need", said["need"], language)))
    if case.provider:
        told.append(("serves", where(case, language)))
        told.append(("mode", code_label("case_mode", case.mode, language)))
    for name in ("opened", "reviewed", "closed"):
        day = getattr(case, name)
        if day is not None:
            told.append((f"{name}_on", long_date(day, language)))
    if case.goals_met is not None:
        told.append(("goals_met", say(f"rules.{'yes' if case.goals_met else 'no'}", language)))
    if case.violence:
        told.append(("violence", say("rules.yes", language)))
    return [(say(f"web_care.{key}", language), value) for key, value in told]
