"""What happened to a family, the newest first, and who looked at it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

from tangga.texts import catalogue, say
from tangga.web.access import access
from tangga.web.audit.lookers import lookers
from tangga.web.family import support
from tangga.web.family.eyes import Eyes, Row, as_date, in_words
from tangga.web.family.opening import Opened
from tangga.web.family.people import Names
from tangga.web.family.standing import change_words
from tangga.web.family.support import letter, say_day
from tangga.web.pack import area_name, code_label, pack
from tangga.web.policy.book import book

EARLIEST = date.min


@dataclass(frozen=True)
class Entry:
    """Something that happened. kind: a word of `web_family.kind_...`; notes: what else is known."""

    day: date | None
    kind: str
    title: str
    notes: tuple[str, ...] = ()
    tone: str = ""


def told(opened: Opened) -> dict[str, Any]:
    """The parts of the page."""
    eyes = opened.eyes
    entries = [] if not opened.personal else list(_entries(opened))
    entries.sort(key=lambda one: one.day or EARLIEST, reverse=True)
    return {
        "entries": entries,
        "by_year": _years(entries),
        "payments": support.payments(eyes, opened.found["payments"], opened.names)
        if opened.personal
        else [],
        "lookers": list(_lookers(opened)) if eyes.viewer.may("lookers") else None,
    }


@dataclass(frozen=True)
class Looker:
    """Somebody who opened a page of this family."""

    at: Any
    name: str
    role: str
    area: str
    what: str
    reason: str


def _lookers(opened: Opened) -> Iterator[Looker]:
    language = opened.eyes.language
    roles = access().roles
    for row in lookers(opened.id):
        role, key = roles.get(row["role"]), f"audit.what_{row['what']}"
        yield Looker(
            at=row["at"],
            name=row["by_name"] or say("web_family.the_service", language),
            role=role.label(language) if role else row["role"],
            area=area_name(row["post_area"], language) if row["role"] else "",
            what=say(key, language) if key in catalogue() else row["what"],
            reason=row["reason"],
        )


def _years(entries: list[Entry]) -> list[tuple[str, list[Entry]]]:
    years: dict[str, list[Entry]] = {}
    for entry in entries:
        years.setdefault(str(entry.day.year) if entry.day else "–", []).append(entry)
    return list(years.items())


def _entries(opened: Opened) -> Iterator[Entry]:
    tellers: tuple[tuple[str, Callable[[Eyes, Row, Names], Iterator[Entry]]], ...] = (
        ("events", _event),
        ("visits", _visit),
        ("spells", _spell),
        ("notices", _notice),
        ("objections", _objection),
        ("graduations", _graduation),
        ("corrections", _correction),
    )
    for name, tell in tellers:
        for row in opened.found[name] or ():
            yield from tell(opened.eyes, row, opened.names)
    yield from _changes(opened)
    yield from _lineage(opened)


def _event(eyes: Eyes, row: Row, names: Names) -> Iterator[Entry]:
    whom = names(row.get("person_id"))
    title = code_label("event", row.get("event", ""), eyes.language)
    notes = tuple(_said(eyes, row, "event", ("event", "on_date", "by")))
    day = as_date(row.get("on_date")) or as_date(row.get("as_of"))
    yield Entry(day, "event", f"{title} · {whom}" if whom else title, notes)


def _visit(eyes: Eyes, row: Row, names: Names) -> Iterator[Entry]:
    purpose = row.get("purpose")
    title = say("web_family.visited", eyes.language)
    if purpose:
        title = f"{title}: {code_label('visit_purpose', purpose, eyes.language)}"
    notes = tuple(_said(eyes, row, "visit", ("on_date", "purpose", "planned_on")))
    yield Entry(as_date(row.get("on_date")), "visit", title, notes, "good")


def _said(eyes: Eyes, row: Row, schema: str, leave: tuple[str, ...]) -> Iterator[str]:
    """Each further value of a row that the viewer may see."""
    for name, column in pack().tables[schema].columns.items():
        if name in leave or row.get(name) is None or column.reference:
            continue
        shown = eyes.show(f"{schema}s", row, name, schema)
        if shown:
            yield f"{column.labels[eyes.language]}: {shown.text}"


def _spell(eyes: Eyes, row: Row, names: Names) -> Iterator[Entry]:
    programme = book().label(row["programme"], eyes.language)
    whom = names(row.get("person_id"))
    who = f" · {whom}" if whom else ""
    notes = [row["document"]] if row.get("document") else []
    component = row.get("component")
    if component and eyes.sees("spells", "component"):
        notes.append(code_label("component", component, eyes.language))
    start = as_date(row.get("valid_from"))
    began = say("web_family.support_began", eyes.language, programme=programme)
    yield Entry(start, "support", began + who, tuple(notes), "good")
    end = as_date(row.get("valid_to"))
    if end is not None and not row.get("open"):
        ended = say("web_family.support_ended", eyes.language, programme=programme)
        exit_ = row.get("exit")
        why = (code_label("exit", exit_, eyes.language),) if exit_ else ()
        yield Entry(end, "support", ended + who, why, "warn")


def _notice(eyes: Eyes, row: Row, names: Names) -> Iterator[Entry]:
    title, note = letter(eyes, row)
    yield Entry(as_date(row.get("date")), "letter", title, (note,))


def _objection(eyes: Eyes, row: Row, names: Names) -> Iterator[Entry]:
    day = say_day(row.get("lodged_on"), eyes)
    title = say("web_family.objection_open", eyes.language, day=day)
    yield Entry(as_date(row.get("lodged_on")), "letter", title)
    if row.get("answered_on"):
        key = "objection_upheld" if row.get("upheld") else "objection_rejected"
        yield Entry(as_date(row["answered_on"]), "letter", say(f"web_family.{key}", eyes.language))


def _graduation(eyes: Eyes, row: Row, names: Names) -> Iterator[Entry]:
    day, fell = say_day(row.get("graduated_on"), eyes), say_day(row.get("fell_on"), eyes)
    state = row.get("state", "stands")
    title = say(f"web_family.graduated_{state}", eyes.language, day=day, fell=fell)
    yield Entry(as_date(row.get("graduated_on")), "rung", title, (), "good")


def _correction(eyes: Eyes, row: Row, names: Names) -> Iterator[Entry]:
    """A correction of a field: which one is told; its value only where that may be seen."""
    schema = "person" if row.get("person_id") else "family"
    field = str(row.get("field", ""))
    column = pack().tables[schema].columns.get(field)
    label = column.labels[eyes.language] if column else field
    title = say("web_family.corrected", eyes.language, label=label)
    notes: tuple[str, ...] = ()
    privacy = eyes.classes.of("persons" if schema == "person" else "families", field)
    told = column is not None and column.type != "identifier" and privacy in eyes.full
    if told and row.get("value") is not None:
        notes = (in_words(row["value"], column, eyes.language),)
    yield Entry(as_date(row.get("as_of") or row.get("on_date")), "correction", title, notes)


def _changes(opened: Opened) -> Iterator[Entry]:
    """What the release in force changed against the one before."""
    eyes, row = opened.eyes, opened.found["change"]
    if row is not None:
        for said in change_words(eyes, row):
            yield Entry(opened.on, "rank", said)
    for one in opened.found.get("differences") or ():
        key = f"web_family.change_{one.get('kind')}"
        if key in catalogue():
            before, after = (_told(eyes, one, end) for end in ("before", "after"))
            yield Entry(opened.on, "release", say(key, eyes.language, before=before, after=after))


def _told(eyes: Eyes, row: Row, end: str) -> str:
    value = row.get(end)
    if value is None:
        return "–"
    if row.get("kind") == "rung":
        return code_label("rung", str(value), eyes.language)
    return str(value)


def _lineage(opened: Opened) -> Iterator[Entry]:
    for row in opened.found["lineage"] or ():
        key = f"explain.note_{row.get('kind')}"
        if key in catalogue():
            values = {"old": row["old_id"], "new": row["new_id"], "run": row.get("run", "–")}
            yield Entry(None, "id", say(key, opened.eyes.language, **values))
