"""Am I registered, in which programmes, and what can I do: of the person who asks, and no more.

A number that nobody bears and one with another name or birth date take the same way through the
same statements and end in the same answer: nothing. Rows of rehabilitation stand in tables that
this transaction cannot read.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Any

from tangga.texts import Language
from tangga.web.appeals.pending import NOTIFIED, TANGGUH
from tangga.web.database import prepared
from tangga.web.family import queries
from tangga.web.family.eyes import as_date
from tangga.web.family.support import WAITING
from tangga.web.journeys.climb.objections import DECIDED
from tangga.web.policy.book import book
from tangga.web.programmes.local import is_local
from tangga.web.public.asked import Asked
from tangga.web.public.names import is_same_name
from tangga.web.public.narrow import opened
from tangga.web.public.rules import decided_by
from tangga.web.public.support import may_be_told, reaches
from tangga.web.secrets import blinds
from tangga.web.today import today
from tangga.web.viewer import Viewer
from tangga.web.work.models import Item

FIND = """
SELECT person_id, family_id, area, name, birth_date, status FROM persons
WHERE nik_index = ANY (%s) ORDER BY person_id LIMIT 5
"""
LISTED = "SELECT DISTINCT programme FROM decisions WHERE determination = 'determined'"
NOBODY_ELSE = "-"
"""An id that no family has: what is asked of it costs what asking of a family costs."""

ACTIVE = "active"
ANSWERS = {name: queries.PAGE[name] for name in ("family", "decisions", "notices")}
"""Parts of a family's page; asked without the rows that only the case team reads."""


@dataclass(frozen=True)
class Person:
    """Who was found: by our own ids, and where their family lives."""

    person_id: str
    family_id: str
    area: str


@dataclass(frozen=True)
class Programme:
    """A programme that reaches the person, or for which they wait. decides: who determines it;
    paused: it is held back for now."""

    id: str
    label: str
    decides: str
    paused: bool = False


@dataclass(frozen=True)
class Standing:
    """What somebody is told about themselves. doubtful: the record must be looked at first.

    fits: programmes whose rule fits and of which no list of recipients is here: nobody knows who
    waits for them. effect_on: when something that was announced to them takes effect at the
    earliest.
    """

    person: Person
    doubtful: bool = False
    receives: tuple[Programme, ...] = ()
    waits: tuple[Programme, ...] = ()
    fits: tuple[Programme, ...] = ()
    effect_on: date | None = None


def standing(asked: Asked, viewer: Viewer, number: int) -> Standing | None:
    """Of the person who is so numbered, named and born in release `number`; None: of nobody."""
    with opened("", viewer):
        rows = prepared.table(FIND, [blinds(asked.number)])
        known = listed(number)
    same = [row for row in rows if _is_same(row, asked)]
    found = Person(*same[0][:3]) if same and same[0][1] else None
    at = found.area if found else ""
    with opened(at, viewer):
        family_id = found.family_id if found else NOBODY_ELSE
        said = queries.read(ANSWERS, number, family_id, case=False)
        own = [row for row in said["decisions"] or () if found and _is_own(row, found)]
        announced = _announced(family_id, found)
        now = reaches(family_id, found.person_id if found else NOBODY_ELSE, own, today())
    if found is None:
        return None
    family = said["family"] or {}
    if same[0][5] != ACTIVE or family.get("status") != ACTIVE:
        return Standing(found, doubtful=True)
    waits = {row["programme"] for row in own if row.get("determination") == WAITING}
    told = {id_ for id_ in waits if may_be_told(id_)} - set(now)
    waiting = {id_ for id_ in told if id_ in known or is_ours(id_)}
    return Standing(
        found,
        receives=_programmes(now, viewer.language),
        waits=_programmes(dict.fromkeys(waiting, False), viewer.language),
        fits=_programmes(dict.fromkeys(told - waiting, False), viewer.language),
        effect_on=min((day for day in (_effect(said, found), announced) if day), default=None),
    )


@lru_cache(maxsize=8)
def listed(number: int) -> frozenset[str]:
    """The programmes that anybody of release `number` receives: of the others there is no list. A
    release never changes, so it is looked up once a process."""
    return frozenset(row[0] for row in prepared.table(LISTED, []))


def is_ours(programme: str) -> bool:
    """Whether an office here determines it, and so knows who waits."""
    known = book().policy.programmes.get(programme)
    return known is not None and is_local(known)


def _is_same(row: tuple[Any, ...], asked: Asked) -> bool:
    name, born = row[3], row[4]
    return bool(born is not None and born == asked.born and is_same_name(asked.name, name or ""))


def _is_own(row: dict[str, Any], person: Person) -> bool:
    """Of the family as a whole, or of this member: never of another."""
    return row.get("person_id") in (None, person.person_id)


def _programmes(paused: Mapping[str, bool], language: Language) -> tuple[Programme, ...]:
    found = (described(id_, language, held) for id_, held in paused.items())
    return tuple(sorted(found, key=lambda one: one.label))


def described(id_: str, language: Language, paused: bool = False) -> Programme:
    """A programme in words; who determines it is the pack's to say."""
    found = book().policy.programmes.get(id_)
    decides = decided_by(found.determined_by, language) if found else ""
    return Programme(id_, book().label(id_, language), decides, paused)


def _announced(family_id: str, person: Person | None) -> date | None:
    """When a stop or a move of the ladder takes effect that was decided here and told, to the
    family or this member."""
    own = ("", person.person_id if person else NOBODY_ELSE)
    found = Item.objects.filter(
        kind__in=(TANGGUH, *DECIDED), family_id=family_id, state=NOTIFIED, person_id__in=own
    )
    return min((one.due for one in found if one.due is not None), default=None)


def _effect(said: dict[str, Any], person: Person) -> date | None:
    """The earliest day on which a notice to the family or this member takes effect."""
    days = [
        as_date(row.get("takes_effect_on")) for row in said["notices"] or () if _is_own(row, person)
    ]
    return min((day for day in days if day is not None), default=None)
