"""What a visit asks first: what is not known and would decide, with the columns that answer it."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from tangga.registry.model import Column
from tangga.web.family.classes import UNNAMED, Classes
from tangga.web.family.eyes import Row
from tangga.web.family.tasks import ASKABLE
from tangga.web.journeys.visits.facts import FAMILY, PERSON, VISIT, column_of
from tangga.web.journeys.visits.wanted import wanted
from tangga.web.pack import pack
from tangga.web.policy.book import book
from tangga.web.today import today
from tangga.web.viewer import Viewer

NEVER = ("case", "account")
"""Classes that no visit records."""

WRITTEN_ONLY = ("sensitive", "identity")
"""Classes that a visit may record although the worker does not read them afterwards."""


@dataclass(frozen=True)
class Question:
    """Something to ask. person_id: '' the family. columns: what answers it; none: yes, no or not
    known is noted as it is said."""

    person_id: str
    fact: str
    words: Mapping[str, str]
    columns: tuple[Column, ...]

    @property
    def entity(self) -> str:
        """Of which table the columns are."""
        return PERSON if self.person_id else VISIT


def questions(row: Row | None, viewer: Viewer, classes: Classes) -> list[Question]:
    """Those of one family, the family's first, then person by person; none that the viewer may not
    ask."""
    asked = json.loads((row or {}).get("questions") or "[]")
    found = [_question(one) for one in asked if _askable(one, viewer, classes)]
    kept = {(one.person_id, one.fact): one for one in found}
    return sorted(kept.values(), key=lambda one: one.person_id)


def _question(asked: Row) -> Question:
    person = asked.get("person_id") or ""
    words = {language: asked.get(f"ask_{language}", "") for language in ("id", "en")}
    return Question(person, asked["fact"], words, columns_of(person, asked["fact"]))


def columns_of(person_id: str, fact: str) -> tuple[Column, ...]:
    """The columns that answer a question; those that no visit may write are left out."""
    named = wanted().answers.get((PERSON if person_id else FAMILY, fact), (fact,))
    found = (column_of(PERSON if person_id else VISIT, name) for name in named)
    return tuple(one for one in found if one is not None and one.privacy not in NEVER)


def _askable(asked: Row, viewer: Viewer, classes: Classes) -> bool:
    privacy = classes.of_fact(PERSON if asked.get("person_id") else FAMILY, asked["fact"])
    if privacy == UNNAMED:
        return viewer.sight(UNNAMED) == "full"
    return viewer.sight(ASKABLE) == "full"


def may_write(viewer: Viewer, column: Column) -> bool:
    """Whether a visit of this viewer records a column: what they read, and what a visit cannot do
    without (a note, whether a check of health was kept) although they do not read it later."""
    if column.privacy in NEVER:
        return False
    own = column.section not in pack().tables[FAMILY].sections
    return viewer.sight(column.privacy) == "full" or (own and column.privacy in WRITTEN_ONLY)


@cache
def answerable(entity: str) -> frozenset[str]:
    """Columns (of a person, or of the visit) by which some question of the rules is answered: a
    form that was shown under another release may hold any of them, and nothing else."""
    facts = book().policy.on(today()).facts
    found: set[str] = set()
    for (of, name), fact in facts.facts.items():
        if fact.ask and (of == PERSON) == (entity == PERSON):
            found |= {one.name for one in columns_of("-" if of == PERSON else "", name)}
    return frozenset(found)


@cache
def tellable() -> frozenset[str]:
    """Questions of the rules that no column answers."""
    facts = book().policy.on(today()).facts
    return frozenset(
        name
        for (entity, name), fact in facts.facts.items()
        if fact.ask and not columns_of("-" if entity == PERSON else "", name)
    )


def left(asked: Iterable[Question], known: Mapping[tuple[str, str], Any]) -> list[Question]:
    """Questions that nothing has answered since. known: (person's id, column or question)."""
    return [one for one in asked if not answered(one, known)]


def answered(one: Question, known: Mapping[tuple[str, str], Any]) -> bool:
    """Whether a visit since the release has answered a question."""
    names = [column.name for column in one.columns] or [one.fact]
    return any((one.person_id, name) in known for name in names)
