"""What the service knows and the next run has to know: rows by kind of source, whole, in order.

    everything().parts               # Part(kind="corrections", columns=(...), rows=[...]), ...
    everything().rulings             # which of these rows are records of whom

Everything that ever held is given each time, since a full run reads its sources anew; what was
taken back is not. Rows name people and families by the register's own ids, and beside them a record
of the person at a source, by which an event finds whom it means beyond doubt. The same database
gives the same rows.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from importlib import import_module
from importlib.util import find_spec
from typing import Any

from django.apps import apps

from tangga.errors import Conflict
from tangga.registry.kinds import KIND_TABLE
from tangga.web.overlay.answers import PEOPLE, Part, Row, answers
from tangga.web.overlay.models import Event, Value
from tangga.web.overlay.newcomers import is_new, newcomers
from tangga.web.overlay.read import about_of, text_of
from tangga.web.overlay.references import PEOPLE_SOURCE, References
from tangga.web.overlay.returned_spells import enrolments
from tangga.web.pack import pack

FIRST = ("id", "person_id", "family_id", "as_of")
"""The columns that rows of every kind begin with; None: of no person, or of no family."""
REFERENCE = ("reference_source", "person_source_id", "family_source_id")
CORRECTION = ("correction_id", "field", "value", "accepted_at", "by", "basis", "document")
EVENT = ("event", "on_date", "from_area", "to_area", "shock", "incident", "track", "rung", "exit",
         "reason", "document", "until", "objection_upheld", "recorded_on", "by")  # fmt: skip
ABOUT = ("kk", "new_kk", "other_nik")
"""What identifies others in an event."""
PERSON, FAMILY = "other_person_id", "other_id"
"""Of an event, the register's own id of another person, whose number is looked up; or of the family
that somebody joins, whose card is."""


@dataclass(frozen=True)
class Returned:
    """parts: each kind of which there is a row, in order of name, its rows in order of id. rulings:
    as `duplicates.returned` writes them, of rows that are records of somebody in the register."""

    parts: list[Part]
    rulings: list[Row]


def everything() -> Returned:
    """All of it. Conflict where an app gives what no source of a kind can carry."""
    found: dict[str, list[Part]] = {}
    rulings: list[Row] = []
    for part in _parts():
        if part.kind == PEOPLE and part.columns[:3] == FIRST[:3]:
            part, same = answers(part)
            rulings += same
        _check(part)
        found.setdefault(part.kind, []).append(part)
    references = References.of(_people(found.values()))
    parts = [
        _with_references(_joined(kind, each), references)
        for kind, each in sorted(found.items())
        if any(part.rows for part in each)
    ]
    return Returned(parts, sorted(rulings, key=lambda one: str(one[1])))


def _parts() -> Iterator[Part]:
    yield Part("corrections", (*FIRST, *CORRECTION), list(_corrections()))
    yield Part("events", (*FIRST, *EVENT, *ABOUT), list(_events()))
    people, columns = newcomers()
    yield Part(PEOPLE, columns, people)
    spells, columns = enrolments()
    yield Part("enrolments", columns, spells)
    for config in sorted(apps.get_app_configs(), key=lambda one: one.name):
        named = f"{config.name}.export"
        if not config.name.startswith("tangga.web.") or find_spec(named) is None:
            continue
        given = getattr(import_module(named), "exported", None)
        for kind, columns, rows in given() if given is not None else ():
            yield Part(kind, tuple(columns), list(rows))


def _corrections() -> Iterator[Row]:
    for one in Value.objects.filter(ended=None):
        of_person = one.entity == "person"
        yield (
            one.correction_id,
            one.entity_id if of_person else None,
            None if of_person else one.entity_id,
            one.as_of,
            one.correction_id,
            one.field,
            text_of(one),
            one.at,
            one.by_called,
            one.basis,
            one.document,
        )


def _events() -> Iterator[Row]:
    found = list(Event.objects.filter(ended=None))
    told = [about_of(one) for one in found]
    others = References.numbers({about[PERSON] for about in told if about.get(PERSON)})
    cards = References.cards({about[FAMILY] for about in told if about.get(FAMILY)})
    for one, about in zip(found, told, strict=True):
        other = about.get("other_nik") or others.get(about.get(PERSON, ""))
        card = about.get("new_kk") or cards.get(about.get(FAMILY, ""))
        yield (
            *(one.correction_id, one.person_id or None, one.family_id or None, one.recorded_on),
            *(one.event, one.on_date, one.from_area, one.to_area, one.shock, one.incident),
            *(one.track, one.rung, one.exit, one.reason, one.document, one.until),
            *(one.objection_upheld, one.recorded_on, one.worker or one.by_called),
            *(about.get("kk"), card, other),
        )


def _check(part: Part) -> None:
    """Conflict where an app gives what no source of that kind can carry."""
    table = pack().tables[KIND_TABLE[part.kind]].for_kind(part.kind)
    wrong = [name for name in part.columns if name not in table and name not in (*FIRST, "family")]
    if part.columns[0] != FIRST[0] or wrong:
        raise Conflict(f"rows of {part.kind} cannot go back: {', '.join(wrong) or 'no id'}")


def _joined(kind: str, parts: Sequence[Part]) -> Part:
    """Rows of several apps in one table. Conflict where two have one id."""
    columns = tuple(dict.fromkeys(name for part in parts for name in part.columns))
    rows: dict[str, Row] = {}
    for part in parts:
        for row in part.rows:
            said = dict(zip(part.columns, row, strict=True))
            key = str(row[0])
            if key in rows:
                raise Conflict(f"two rows of {kind} have the id {key}")
            rows[key] = tuple(said.get(name) for name in columns)
    return Part(kind, columns, [rows[key] for key in sorted(rows)])


def _people(parts: Iterable[list[Part]]) -> set[str]:
    """Every person that a row names."""
    return {
        str(row[1])
        for each in parts
        for part in each
        if part.columns[:2] == FIRST[:2]
        for row in part.rows
        if row[1]
    }


def _with_references(part: Part, references: References) -> Part:
    """Beside each person their record at a source; who is new is known by that alone."""
    if part.columns[:3] != FIRST[:3]:
        return part
    rows = []
    for row in part.rows:
        source, person = references.record_of(row[1])
        family = str(row[2]) if row[2] and is_new(str(row[2])) else None
        source = PEOPLE_SOURCE if family else source
        known = (row[0], _known(row[1]), _known(row[2]))
        rows.append((*known, *row[3:], source, person, family))
    return Part(part.kind, (*part.columns, *REFERENCE), rows)


def _known(id_: Any) -> Any:
    """An id that the register has given; who is new has none yet."""
    return None if id_ and is_new(str(id_)) else id_
