"""All that the service holds of one person, table by table, as the viewer's area and role let it be
read: row-level security holds in every question.

    found = held(whom, case=False)      # list of Section, those with rows
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.utils import timezone
from psycopg import sql

from tangga.registry.privacy import masked, sight
from tangga.texts import Language, say
from tangga.web.database.rows import rows, value
from tangga.web.lists.release import Held
from tangga.web.privacy import names
from tangga.web.privacy.of_others import own
from tangga.web.privacy.tables import CASE, Table, tables, there
from tangga.web.secrets import Unreadable, unseal

SUBJECT_IS = "SELECT set_config('app.subject', %s, true)"
"""Opens, until the transaction ends, what its own writer alone reads, as far as it is theirs."""

SUBJECT, CASE_TEAM = "subject", "case"
INDEX = "_index"
MOST = 2000
"""Rows of one table; what is beyond is told."""

ITEMS = """
SELECT id FROM public.work_item
WHERE kind <> 'report' AND (
    person_id = %(person)s OR (person_id = '' AND family_id = %(family)s AND %(family)s <> '')
)
"""
"""What somebody reported about them is left out: that there is a report, and its hour, say in a
village who made it. What follows from it (a check of their support) is a matter of its own."""


@dataclass(frozen=True)
class Whom:
    """Whose data. family: '' for a person in none."""

    person: str
    family: str
    area: str
    name: str


@dataclass(frozen=True)
class Section:
    """What one table holds of the person. rows: as they are kept; more: how many beyond those."""

    table: str
    label: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    more: int = 0

    def told(self, language: Language) -> Iterator[list[tuple[str, str]]]:
        """Each row in words: label and value, without what is empty or a number of ours."""
        shown = [(n, one) for n, one in enumerate(self.columns) if not names.internal(one)]
        for row in self.rows:
            each = [
                (names.label(self.table, one, language), names.value(self.table, one, row[n]))
                for n, one in shown
                if row[n]
            ]
            yield [(label, text) for label, text in each if text]


def held(
    whom: Whom, release: Held, language: Language, *, case: bool = False, copy: bool = False
) -> list[Section]:
    """Every table with something of the person. case: of the case team's tables alone; copy: what
    is handed over, else what an officer sees before that: without what only the person may read."""
    value(SUBJECT_IS, [whom.family])
    known, mine = there(), _Mine(whom)
    found = []
    for table in tables().values():
        if (table.case and not case) or (table.copy and not copy):
            continue
        for name in (table.name, f"{table.name}{CASE}"):
            wanted = case if (table.case or name != table.name) else not case
            if name not in known or not (wanted or mine.needed(table.name)):
                continue
            section = _section(table, name, known[name], mine, release, language, case=case)
            if section.rows and wanted:
                found.append(section)
    return found


class _Mine:
    """Ids of rows that are the person's, for tables that are known by another's."""

    def __init__(self, whom: Whom) -> None:
        self.whom = whom
        asked = {"person": whom.person, "family": whom.family}
        self.items = [row["id"] for row in rows(ITEMS, asked)]
        self.ids: dict[str, list[Any]] = {}
        self._through = {
            way.partition(".")[0] for one in tables().values() for way in one.by if "." in way
        }

    def needed(self, name: str) -> bool:
        """Whether other tables are known by rows of this one."""
        return name in self._through

    def remember(self, name: str, ids: Sequence[Any]) -> None:
        """The ids of the rows of a table that are theirs."""
        if self.needed(name):
            self.ids.setdefault(name, []).extend(ids)


def _section(
    table: Table,
    name: str,
    columns: Sequence[str],
    mine: _Mine,
    release: Held,
    language: Language,
    *,
    case: bool,
) -> Section:
    text, asked = _where(table, columns, mine)
    query = sql.SQL("SELECT t.*, count(*) OVER () AS all_rows FROM {} AS t WHERE {} LIMIT {}")
    question = query.format(sql.Identifier(name), text, sql.Literal(MOST))
    found = rows(question, asked) if text is not FALSE else []
    mine.remember(name, [row["id"] for row in found if "id" in row])
    shown = _shown(table, name, columns, release, CASE_TEAM if case else SUBJECT)
    more = int(found[0]["all_rows"]) - len(found) if found else 0
    return Section(
        table=name,
        label=table.label(language),
        columns=tuple(shown),
        rows=tuple(
            tuple(_told(own(row[c], mine.whom.person), way) for c, way in shown.items())
            for row in found
        ),
        more=more,
    )


FALSE = sql.SQL("false")


def _where(table: Table, columns: Sequence[str], mine: _Mine) -> tuple[sql.Composable, list[Any]]:
    """Which rows are the person's: any of the table's ways that its columns allow."""
    parts: list[sql.Composable] = []
    asked: list[Any] = []
    for way in table.by:
        for text, values in _way(way, columns, mine):
            parts.append(text)
            asked += values
    if not parts:
        return FALSE, []
    return sql.SQL("({})").format(sql.SQL(") OR (").join(parts)), asked


def _way(
    way: str, columns: Sequence[str], mine: _Mine
) -> Iterator[tuple[sql.Composable, list[Any]]]:
    whom = mine.whom
    column = {"person": "person_id", "head": "head_person_id", "payee": "payee_person_id"}.get(way)
    if way in ("left_person", "right_person"):
        column = way
    if column is not None and column in columns:
        yield sql.SQL("t.{} = %s").format(sql.Identifier(column)), [whom.person]
    elif way == "family" and "family_id" in columns and whom.family:
        yield _family(columns), [whom.family]
    elif way == "entity" and "entity_id" in columns:
        yield sql.SQL("t.entity = 'person' AND t.entity_id = %s"), [whom.person]
    elif way == "item" and "item_id" in columns:
        yield sql.SQL("t.item_id = ANY(%s)"), [mine.items]
    elif way == "id":
        yield sql.SQL("t.id = ANY(%s)"), [mine.items]
    elif "." in way:
        of, _, name = way.partition(".")
        if name in columns and mine.ids.get(of):
            yield sql.SQL("t.{} = ANY(%s)").format(sql.Identifier(name)), [mine.ids[of]]


def _family(columns: Sequence[str]) -> sql.Composable:
    """Rows of the family that name no other person."""
    text = sql.SQL("t.family_id = %s")
    if "person_id" in columns:
        text += sql.SQL(" AND coalesce(t.person_id, '') = ''")
    elif "entity" in columns:
        text += sql.SQL(" AND t.entity = 'family'")
    return text


def _shown(
    table: Table, name: str, columns: Sequence[str], release: Held, audience: str
) -> Mapping[str, str]:
    """The columns that are handed over, each with the way it is masked ('' whole)."""
    declared = release.tables.get(name, {})
    found = {}
    for column in columns:
        if column in table.leave or column.endswith(INDEX) or _of_an_officer(column):
            continue
        privacy = declared.get(column, ("", "open"))[1]
        seen = sight(privacy, audience)
        if seen != "hidden":
            found[column] = "last4" if seen == "masked" else ""
    return found


def _of_an_officer(column: str) -> bool:
    return column == "by_id" or column.endswith("_by_id")


def _told(value: Any, way: str) -> str:
    """A value as it is handed over: what is sealed is opened, since it is the person's own."""
    text = _text(value)
    return (masked(way, text) or "") if way and text else text


def _text(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bytes | memoryview):
        return _opened(bytes(value))
    if isinstance(value, datetime):
        return f"{timezone.localtime(value):%Y-%m-%d %H:%M}"
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, bool):
        return say("rules.yes" if value else "rules.no", "id")
    if isinstance(value, Decimal | float):
        return f"{float(value):g}"
    if isinstance(value, dict | list):
        return json.dumps(value, ensure_ascii=False, default=str)
    return str(value)


def _opened(sealed: bytes) -> str:
    try:
        return unseal(sealed)
    except Unreadable:
        return ""
