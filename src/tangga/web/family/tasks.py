"""What is to be done for a family: what to ask, what is open, who comes."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

from tangga.texts import catalogue, say
from tangga.web.family.classes import UNNAMED
from tangga.web.family.eyes import Eyes, Row, as_date
from tangga.web.family.people import Names
from tangga.web.family.support import letter, say_day
from tangga.web.journeys.care import service
from tangga.web.pack import code_label
from tangga.web.policy.book import book

ASKABLE = "personal"
"""Who sees this class goes on visits: a question tells nothing, whatever its answer would."""

UNKNOWN_WORD = "other"


@dataclass(frozen=True)
class Visit:
    """The next visit. questions: (whom it is about, "" for the family; what to ask)."""

    why: str
    since: date | None
    deadline: date | None
    questions: tuple[tuple[str, tuple[str, ...]], ...]
    hidden: int


def visit(eyes: Eyes, row: Row | None, names: Names) -> Visit | None:
    """What the next visit has to ask; None where nothing is to be asked."""
    if row is None:
        return None
    by_person: dict[str, list[str]] = {}
    hidden = 0
    for asked in json.loads(row.get("questions") or "[]"):
        if not _askable(eyes, asked):
            hidden += 1
            continue
        whom = names(asked.get("person_id"))
        by_person.setdefault(whom, []).append(asked[f"ask_{eyes.language}"])
    questions = tuple((whom, tuple(dict.fromkeys(said))) for whom, said in by_person.items())
    why = say(f"web_family.visit_{_known('visit', row.get('why'))}", eyes.language)
    return Visit(why, as_date(row.get("since")), as_date(row.get("deadline")), questions, hidden)


def _askable(eyes: Eyes, asked: Row) -> bool:
    """A question about a case is the case team's alone; the others are what a visit needs."""
    entity = "person" if asked.get("person_id") else "family"
    privacy = eyes.classes.of_fact(entity, asked["fact"])
    if privacy == UNNAMED:
        return UNNAMED in eyes.full
    return ASKABLE in eyes.full


def _known(section: str, code: Any) -> str:
    known = f"web_family.{section}_{code}" in catalogue()
    return str(code) if known else UNKNOWN_WORD


@dataclass(frozen=True)
class Open:
    """Something that waits for somebody. tone as of a tag; note: what to do, by when."""

    label: str
    note: str
    tone: str = "warn"


def open_matters(eyes: Eyes, found: dict[str, Any], names: Names) -> list[Open]:
    """Signals, notices, objections, and what of the support does not add up."""
    return [
        *_signals(eyes, found["signals"], names),
        *_letters(eyes, found),
        *_money(eyes, found, names),
    ]


def _signals(eyes: Eyes, rows: list[Row] | None, names: Names) -> Iterator[Open]:
    hidden = 0
    for row in rows or ():
        if not eyes.sees("signals", "signal"):
            hidden += 1
            continue
        signal = book().policy.signals.get(row["signal"])
        label = book().label(row["signal"], eyes.language)
        whom = names(row.get("person_id"))
        check = signal.check.get(eyes.language, "") if signal else ""
        days = say("web_family.within_days", eyes.language, n=row.get("deadline_days") or 0)
        yield Open(f"{whom}: {label}" if whom else label, f"{check} {days}".strip())
    if hidden:
        yield Open(
            say("web_family.signals_hidden", eyes.language, n=hidden),
            say("web_family.stops_nothing", eyes.language),
        )


def _letters(eyes: Eyes, found: dict[str, Any]) -> Iterator[Open]:
    for row in found["objections"] or ():
        if row.get("answered_on") is None:
            day = say_day(row.get("lodged_on"), eyes)
            label = say("web_family.objection_open", eyes.language, day=day)
            yield Open(label, say("web_family.objection_runs", eyes.language))
    for row in found["notices"] or ():
        yield Open(*letter(eyes, row), "")


def _money(eyes: Eyes, found: dict[str, Any], names: Names) -> Iterator[Open]:
    for row in found["mismatches"] or ():
        programme = book().label(row["programme"], eyes.language)
        label = say("web_family.outside_list", eyes.language, programme=programme)
        yield Open(label, say("explain.determined_outside", eyes.language))
    for row in found["unpaid"] or ():
        label = say(
            "web_family.unpaid",
            eyes.language,
            programme=book().label(row["programme"], eyes.language),
            start=say_day(row.get("period_start"), eyes),
            end=say_day(row.get("period_end"), eyes),
        )
        why = say(f"web_family.unpaid_{_known('unpaid', row.get('why'))}", eyes.language)
        missing = eyes.show("unpaid", row, "unpaid")
        amount = f" Rp{missing.text}" if missing else ""
        yield Open(label, f"{why}{amount}", "bad")
    for row in found["after_death"] or ():
        programme = book().label(row["programme"], eyes.language)
        name, day = names(row.get("person_id")), say_day(row.get("died_on"), eyes)
        yield Open(
            say("web_family.after_death", eyes.language, programme=programme, name=name, day=day),
            say(f"web_family.after_death_{_known('after_death', row.get('what'))}", eyes.language),
        )


def in_service(eyes: Eyes, found: dict[str, Any], names: Names) -> list[str]:
    """Who is in a service of rehabilitation: to others than the case team, nothing but that."""
    released = [row.get("person_id") for row in found.get("in_service") or ()]
    return sorted(names(one) for one in service.now(found["family"]["family_id"], released))


@dataclass(frozen=True)
class CaseNote:
    """A case or an assessment, for the case team."""

    person: str
    label: str
    day: date | None
    closed: date | None
    state: str
    values: tuple[tuple[str, str], ...]


def case_notes(eyes: Eyes, found: dict[str, Any], names: Names) -> list[CaseNote]:
    """The cases and assessments of the family, the newest first; none for anybody else."""
    told = []
    for row in found.get("cases") or ():
        told.append(
            CaseNote(
                person=names(row.get("person_id")),
                label=code_label("case_kind", row.get("kind", ""), eyes.language),
                day=as_date(row.get("opened")),
                closed=as_date(row.get("closed")),
                state=code_label("case_state", row.get("state", ""), eyes.language),
                values=(),
            )
        )
    for row in found.get("assessments") or ():
        need = row.get("need")
        told.append(
            CaseNote(
                person=names(row.get("person_id")),
                label=code_label("assessment_kind", row.get("kind", ""), eyes.language),
                day=as_date(row.get("on_date")),
                closed=None,
                state=code_label("need", need, eyes.language) if need else "",
                values=(),
            )
        )
    return told


@dataclass(frozen=True)
class Worker:
    """Who comes to this family. proposed: by the plan; nobody has assigned them yet."""

    pilar: str
    worker: str
    proposed: bool


def workers(eyes: Eyes, rows: list[Row] | None) -> list[Worker]:
    """The workers of a family, by their numbers: names of workers are not the family's data."""
    return [
        Worker(
            pilar=code_label("pilar", row.get("pilar") or "", eyes.language),
            worker=row.get("worker") or "–",
            proposed=row.get("how") == "proposed",
        )
        for row in rows or ()
    ]
