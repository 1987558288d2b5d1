"""Visits since the release, as the family's page and the page of a visit show them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from tangga.registry.model import Column
from tangga.texts import say
from tangga.web.family.eyes import Eyes, Row, as_date
from tangga.web.family.people import Names
from tangga.web.journeys.visits import values
from tangga.web.journeys.visits.facts import FAMILY, VISIT, Seen, each, seen_of
from tangga.web.journeys.visits.models import Visit
from tangga.web.pack import code_label, pack
from tangga.web.policy.book import book
from tangga.web.today import today

YES_NO_UNKNOWN = "yes_no_unknown"


@dataclass(frozen=True)
class Told:
    """One thing that was seen. whom: '' the family; recorded: what the register says, where that is
    something else; hidden: it was noted, and this viewer does not read it."""

    section: str
    whom: str
    label: str
    text: str
    recorded: str = ""
    hidden: bool = False

    @property
    def group(self) -> str:
        """Under which heading it stands: a person, or a section of the form."""
        return self.whom or self.section


@dataclass(frozen=True)
class Since:
    """A visit since the release. planned: not made yet."""

    id: str
    day: Any
    planned: bool
    purpose: str
    result: str
    worker: str
    told: tuple[Told, ...]


def since_release(eyes: Eyes, rows: Iterable[Row] | None, family: Row, names: Names) -> list[Since]:
    """The visits of a family that no release holds, the newest first."""
    found = [_since(eyes, row, family, names) for row in rows or ()]
    return sorted(found, key=lambda one: (one.planned, str(one.day)), reverse=True)


def _since(eyes: Eyes, row: Row, family: Row, names: Names) -> Since:
    planned = row["on_date"] is None
    own = row.get("by_id") == eyes.viewer.user.pk
    return Since(
        id=str(row["id"]),
        day=as_date(row["planned_on"] if planned else row["on_date"]),
        planned=planned,
        purpose=_label("visit_purpose", row["purpose"], eyes),
        result=_label("visit_result", row["result"], eyes),
        worker=row["worker"],
        told=tuple(_told(eyes, seen_of(row["facts"]), family, names, own)),
    )


def told_of(visit: Visit, eyes: Eyes, names: Names) -> list[Told]:
    """What one visit saw, in the order of the form."""
    own = visit.by_id == eyes.viewer.user.pk
    return list(_told(eyes, seen_of(visit.facts), {}, names, own))


def _told(eyes: Eyes, seen: Seen, family: Row, names: Names, own: bool) -> Iterable[Told]:
    """own: who wrote it reads what they wrote, also what others of their role do not."""
    sections = pack().tables[VISIT].sections
    for person, column, text in each(seen):
        whom = names(person) if person else ""
        section = "" if person else sections.get(column.section, {}).get(eyes.language, "")
        label = column.labels[eyes.language]
        if eyes.viewer.sight(column.privacy) != "full" and not own:
            yield Told(section, whom, label, say("web_visits.noted", eyes.language), hidden=True)
            continue
        words = values.words(column, text, eyes.language)
        yield Told(section, whom, label, words, _recorded(eyes, column, text, family, person))
    for key, answer in seen.told.items():
        person, _, fact = key.partition("/")
        whom = names(person) if person else ""
        yield Told("", whom, _question(person, fact, eyes), _label(YES_NO_UNKNOWN, answer, eyes))


def _recorded(eyes: Eyes, column: Column, text: str, family: Row, person: str) -> str:
    """What the register says of the same, where it says something else."""
    known = pack().tables[FAMILY].columns.get(column.name)
    if person or known is None or family.get(column.name) is None:
        return ""
    if values.kept(column, family[column.name]) == text:
        return ""
    shown = eyes.show("families", family, column.name, FAMILY)
    return shown.text if shown.state == "known" else ""


def _question(person: str, fact: str, eyes: Eyes) -> str:
    """A question that is no column, as the rules word it."""
    known = book().policy.on(today()).facts.facts.get(("person" if person else "family", fact))
    return known.ask.get(eyes.language, fact) if known and known.ask else fact


def _label(codes: str, code: str, eyes: Eyes) -> str:
    return code_label(codes, code, eyes.language) if code else ""
