"""A workbook of visits that came back: each row is saved, or stands on a page and says why."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from django.db import transaction

from tangga.registry.model import Column
from tangga.texts import say
from tangga.web.audit.actions import record
from tangga.web.database.rows import rows
from tangga.web.journeys.visits import actions, moved, queries, values
from tangga.web.journeys.visits.book_in import Rows
from tangga.web.journeys.visits.compared import Typed, compared, sheet_of, typed_of
from tangga.web.journeys.visits.facts import (
    PERSON,
    VISIT,
    YES_NO_UNKNOWN,
    Seen,
    column_of,
    told_key,
)
from tangga.web.journeys.visits.forms import ON_DATE, OWN, PURPOSE, RESULT, TOLD
from tangga.web.journeys.visits.models import Returned, Row, Sheet, Visit
from tangga.web.journeys.visits.sheet_rows import versions_of
from tangga.web.journeys.visits.whole import complete, known_of, lacks
from tangga.web.pack import code_label, pack
from tangga.web.today import today
from tangga.web.viewer import Viewer

SPACE = uuid.UUID("6a1f9c1e-6a0b-5d0e-9d3b-0f3f6a3f9f10")


def key_of(sheet: Sheet, family_id: str) -> uuid.UUID:
    """The key of the visit that a row becomes: the same each time the workbook comes back."""
    return uuid.uuid5(SPACE, f"{sheet.pk}/{family_id}")


@dataclass(frozen=True)
class Reading:
    """A row as a visit. problems: (column or question, what is wrong) in words of the viewer."""

    on_date: date | None
    purpose: str
    result: str
    seen: Seen
    problems: list[tuple[str, str]]


def read_row(typed: Typed, viewer: Viewer) -> Reading:
    """What a row says, each value read as a form reads it."""
    problems: list[tuple[str, str]] = []
    language, columns = viewer.language, pack().tables[VISIT].columns

    def value(column: Column, text: str, label: str) -> str:
        try:
            return values.read(column, text, today())
        except values.Unread as wrong:
            problems.append((label, wrong.words(language)))
            return ""

    for name in typed.formula:
        label = columns[name].labels[language] if name in columns else name.split("/")[1]
        problems.append((label, say("web_visits.wrong_formula", language)))
    read = {
        name: value(columns[name], text, columns[name].labels[language])
        for name, text in typed.cells.items()
    }
    people: dict[str, dict[str, str]] = {}
    told: dict[str, str] = {}
    for key, text in typed.answers.items():
        person, fact, name = key.split("/", 2)
        column = column_of(PERSON if person else VISIT, name)
        if column is None:
            told[told_key(person, fact)] = _told(text, fact, problems, viewer)
        elif person:
            people.setdefault(person, {})[name] = value(column, text, column.labels[language])
        else:
            read.setdefault(name, value(column, text, column.labels[language]))
    for name in (ON_DATE, RESULT):
        if not read.get(name) and not any(columns[name].labels[language] == p for p, _ in problems):
            missing = say("web_visits.wrong_missing", language)
            problems.append((columns[name].labels[language], missing))
    seen = Seen({n: v for n, v in read.items() if n not in OWN and v}, people, told)
    day = values.day_of(read.get(ON_DATE, ""))
    return Reading(day, read.get(PURPOSE, ""), read.get(RESULT, ""), seen, problems)


def _whole(read: Reading, family_id: str, sheet: Sheet, by: Viewer) -> Reading:
    """A complete visit has seen something, and answers what decides."""
    if read.problems or not complete(read.result):
        return read
    label = pack().tables[VISIT].columns[RESULT].labels[by.language]
    lacking = lacks(read.seen, known_of(sheet.questions, family_id, by), by.language)
    return replace(read, problems=[(label, words) for words in lacking])


def _told(text: str, fact: str, problems: list[tuple[str, str]], viewer: Viewer) -> str:
    for code in TOLD:
        said = {code_label(YES_NO_UNKNOWN, code, one).casefold() for one in ("id", "en")}
        if text.casefold() in {code, *said}:
            return code
    problems.append((fact, say("web_visits.wrong_code", viewer.language)))
    return ""


@transaction.atomic
def take_in(book: Mapping[str, Rows], sha256: str, by: Viewer) -> tuple[Returned, bool]:
    """Save every row that can be saved; all rows are kept with what became of them, whatever it is.
    The return, and whether this very file came for the first time. Beyond: nothing is taken."""
    sheet = sheet_of(book)
    before = Returned.objects.filter(sheet=sheet, sha256=sha256).first()
    if before is not None:
        return before, False
    typed = compared(book, sheet)
    returned = Returned.objects.create(sheet=sheet, area=sheet.area, by=by.user, sha256=sha256)
    ids = [one.family_id for one in typed]
    here = {row["family_id"]: row["area"] for row in rows(PLACES, [ids])}
    versions = versions_of(ids)
    for one in typed:
        row = Row(
            returned=returned,
            n=one.n,
            family_id=one.family_id,
            area=here.get(one.family_id, sheet.area),
            version=one.version,
            typed=one.sealed(),
        )
        _decide(row, one, sheet, here, versions.get(one.family_id, 0), by)
        row.save()
    about = {"sheet": sheet.pk, "rows": len(typed)}
    record("visits_returned", by=by, area=sheet.area, about=about)
    return returned, True


PLACES = "SELECT family_id, area FROM families WHERE family_id = ANY(%s)"


def _decide(
    row: Row, one: Typed, sheet: Sheet, here: Mapping[str, str], version: int, by: Viewer
) -> None:
    """What becomes of one row."""
    if one.blank:
        row.state = "blank"
        row.problems = [["", say("web_visits.row_missing", by.language)]] if one.missing else []
        return
    read = _whole(read_row(one, by), one.family_id, sheet, by)
    left = moved.gone(one.family_id, by)
    if one.family_id not in here or (left and read.on_date and read.on_date >= left.since):
        row.state, row.problems = "wrong", [["", say("web_visits.row_moved", by.language)]]
        return
    if read.problems:
        row.state, row.problems = "wrong", [list(one) for one in read.problems]
        return
    key = key_of(sheet, one.family_id)
    known = Visit.objects.filter(pk=key).first()
    if known is None and version != one.version:
        row.state = "conflict"
        return
    save_row(row, read, sheet, here[one.family_id], by)


def save_row(
    row: Row, read: Reading, sheet: Sheet, area: str, by: Viewer, *, second: bool = False
) -> None:
    """Save what a row says; a conflict where this row was saved before with something else, and
    where this worker has another visit of that day."""
    assert read.on_date is not None
    try:
        visit, new = actions.save(
            key=key_of(sheet, row.family_id),
            family_id=row.family_id,
            area=area,
            on_date=read.on_date,
            purpose=read.purpose,
            result=read.result,
            seen=read.seen,
            by=by,
            sheet=sheet,
            second=second,
        )
    except actions.Replayed as again:
        row.state, row.visit = "conflict", again.visit
    except actions.SameDay:
        row.state = "conflict"
    else:
        row.state, row.visit = ("saved" if new else "same"), visit


OTHERS = f"""
SELECT v.id, v.on_date, v.purpose, v.result, v.worker, v.facts, v.by_id,
       {queries.CONSUMED.format(id="v.id")} AS taken
FROM public.visits_visit AS v WHERE v.family_id = %s AND v.on_date IS NOT NULL AND NOT v.dropped
AND (v.at > %s OR v.by_id = %s) ORDER BY v.at DESC LIMIT 5
"""


def others(row: Row) -> list[dict[str, Any]]:
    """The visits that were recorded since the workbook was made, and those of this worker."""
    sheet = row.returned.sheet
    return rows(OTHERS, [row.family_id, sheet.at, sheet.by_id])


@transaction.atomic
def settle(row: Row, *, keep: bool, by: Viewer) -> Row:
    """What to do with a row in conflict. keep: the visit in the row took place as well, and is
    saved beside the other; else the other alone stands, and the row stays readable here."""
    locked = Row.objects.select_for_update(of=("self",)).get(pk=row.pk)
    if locked.state != "conflict":
        return locked
    if not keep:
        locked.state = "left"
    else:
        sheet = locked.returned.sheet
        read = _whole(read_row(typed_of(locked), by), locked.family_id, sheet, by)
        place = next((r["area"] for r in rows(PLACES, [[locked.family_id]])), None)
        if read.problems or read.on_date is None or place is None:
            return locked
        if locked.visit is not None:
            _correct(locked, read, by)
        else:
            save_row(locked, read, sheet, place, by, second=True)
    locked.save()
    about = {"row": locked.n, "state": locked.state}
    record("visit_settled", by=by, family_id=locked.family_id, area=locked.area, about=about)
    return locked


def _correct(row: Row, read: Reading, by: Viewer) -> None:
    """The row was saved before: what it says now corrects that visit, which keeps what it was."""
    assert row.visit is not None and read.on_date is not None
    row.visit = actions.change(
        row.visit,
        version=row.visit.version,
        on_date=read.on_date,
        purpose=read.purpose,
        result=read.result,
        seen=read.seen,
        by=by,
    )
    row.state = "saved"
