"""What stands in the workbook of visits: who, why, what to fill in, and what to ask."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from tangga.registry.model import Column
from tangga.texts import Language, long_date, say
from tangga.web.database.rows import rows
from tangga.web.journeys.visits import mine, queries
from tangga.web.journeys.visits.asked import Question, may_write
from tangga.web.journeys.visits.facts import PERSON, VISIT, column_of
from tangga.web.journeys.visits.wanted import wanted
from tangga.web.pack import pack
from tangga.web.viewer import Viewer

FIXED = ("code", "version", "head", "place", "why", "deadline")
"""What nobody changes in a row, before the columns to fill in; texts `web_visits.sheet_NAME`."""
ASKED = ("code", "head", "whom", "question")
"""The same of a question, before its answer."""
NAMES = "SELECT person_id, name FROM persons WHERE person_id = ANY(%s)"


@dataclass(frozen=True)
class Asked:
    """One row of questions. column: '' for a question that no column answers."""

    family_id: str
    person_id: str
    fact: str
    column: str

    @property
    def key(self) -> list[str]:
        """As the sheet remembers it."""
        return [self.family_id, self.person_id, self.fact, self.column]


def entry_columns(viewer: Viewer) -> list[Column]:
    """The columns of a row to be filled in, in the pack's order; those that the viewer writes."""
    found = (pack().tables[VISIT].columns[name] for name in wanted().sheet)
    return [column for column in found if may_write(viewer, column)]


def fixed_cells(card: mine.Card, version: int, viewer: Viewer) -> list[str]:
    """The cells of a row that nobody changes."""
    language = viewer.language
    named = viewer.sight("identity") == "full"
    deadline = card.row["visit_deadline"]
    return [
        card.id,
        str(version),
        (card.row["head_name"] or "") if named else "",
        card.place(language) if named else "",
        mine.why(card, language),
        long_date(deadline, language) if deadline else "",
    ]


def asked_rows(cards: Sequence[mine.Card]) -> list[tuple[Asked, Question]]:
    """A row for each column that answers a question, family by family."""
    found = []
    for card in cards:
        for question in card.asked:
            for name in [one.name for one in question.columns] or [""]:
                found.append((Asked(card.id, question.person_id, question.fact, name), question))
    return found


def asked_cells(
    asked: Asked,
    question: Question,
    heads: dict[str, str],
    names: dict[str, str],
    language: Language,
) -> list[str]:
    """The cells of a question that nobody changes."""
    whom = names.get(asked.person_id, "") if asked.person_id else ""
    words = question.words[language]
    column = column_of(PERSON if asked.person_id else VISIT, asked.column)
    if column is not None and len(question.columns) > 1:
        words = f"{words} – {column.labels[language]}"
    family = say("web_visits.of_family", language)
    return [asked.family_id, heads.get(asked.family_id, ""), whom or family, words]


def names_of(asked: Sequence[tuple[Asked, Question]], viewer: Viewer) -> dict[str, str]:
    """Of everybody about whom something is asked; nobody where the viewer reads no names."""
    if viewer.sight("identity") != "full":
        return {}
    ids = sorted({one.person_id for one, _ in asked if one.person_id})
    return {row["person_id"]: row["name"] or "" for row in rows(NAMES, [ids])} if ids else {}


def versions_of(ids: Sequence[str]) -> dict[str, int]:
    """Of each family what is recorded of its visits, as one number that only grows."""
    found = rows(queries.VERSIONS, [list(ids)]) if ids else []
    return {row["family_id"]: int(row["version"]) for row in found}


def plain(text: Any) -> str:
    """A text as it is compared: without the apostrophe that keeps it from being a formula."""
    return " ".join(str(text).removeprefix("'").split())


def digest(cells: Sequence[Any], sheet: str) -> str:
    """What tells a changed cell without keeping what stood there."""
    text = "\x1f".join([sheet, *map(plain, cells)])
    return hashlib.sha256(text.encode()).hexdigest()[:16]
