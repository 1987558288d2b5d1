"""A family of a finished run as the rules read it: its stored facts, in plain Python.

What the rules say of them must be what the run has stored. A difference is a broken promise
(Conflict): two readings of one rule would then decide differently.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from tangga.engine.explain.register import Register, Row
from tangga.engine.plan.decisions import answer_column
from tangga.engine.plan.ladder import track_table
from tangga.errors import Conflict
from tangga.rules.answer import NO, answered
from tangga.rules.ladder import Reason, Step, next_move, next_of_person, tracks
from tangga.rules.names import FAMILY_TABLE, PERSON_TABLE, Facts, FactType
from tangga.rules.on_date import OnDate
from tangga.rules.policy import Dated, Programme, ProgrammeRule, Requirement
from tangga.rules.programmes import Verdict, verdict
from tangga.rules.to_sql import HIGH, LOW
from tangga.rules.values import Value, ranged


@dataclass(frozen=True)
class Family:
    """today: the rules of the run's day. members: ids, in the order of `facts.members`."""

    id: str
    today: OnDate
    facts: Facts
    members: tuple[str, ...]
    village: str | None


def read_family(register: Register, today: OnDate, family_id: str) -> Family | None:
    """What the run knew of a family on its day; None where it decided nothing about it."""
    rows = register.rows("plan", "facts", "family_id = ?", [family_id])
    if not rows:
        return None
    where = "family_id = ? ORDER BY person_id"
    people = register.rows("plan", "person_facts", where, [family_id])
    own = _values(rows[0], today.facts.names.family)
    members = tuple(Facts(_values(row, today.facts.names.person), own) for row in people)
    ids = tuple(row["person_id"] for row in people)
    return Family(family_id, today, Facts(own, members=members), ids, rows[0]["village"])


def _values(row: Row, kinds: Mapping[str, FactType]) -> dict[str, Value]:
    """The facts that a row holds, ranges put together."""
    found: dict[str, Value] = {}
    for name, kind in kinds.items():
        if kind.ranged and name + LOW in row:
            found[name] = ranged(row[name + LOW], row[name + HIGH])
        elif not kind.ranged and name in row:
            found[name] = row[name]
    return found


@dataclass(frozen=True)
class Decided:
    """What one programme says of the family, or of one of its members."""

    programme: Programme
    version: Dated[ProgrammeRule]
    person_id: str | None
    verdict: Verdict
    facts: Facts


def programmes(register: Register, family: Family) -> Iterable[Decided]:
    """The verdict of every programme of the day. Conflict where the run stored another."""
    for programme, version in family.today.programmes.values():
        if programme.unit == PERSON_TABLE:
            of_person = zip(family.members, family.facts.members, strict=True)
            subjects = [(id_, facts, id_) for id_, facts in of_person]
        else:
            subjects = [(None, family.facts, family.id)]
        table = "person_verdicts" if programme.unit == PERSON_TABLE else "verdicts"
        for person_id, facts, key in subjects:
            found = verdict(version.says, facts, family.today.day)
            row = _stored(register, table, programme.unit, key)
            _agree(family, programme.id, [(r.requirement, r.answer) for r in found.all], row)
            yield Decided(programme, version, person_id, found, facts)


def ladder(register: Register, family: Family) -> Step:
    """Where the family stands and what comes next. Conflict where the run stored another."""
    step = next_move(family.today, family.facts)
    row = _stored(register, "ladder", FAMILY_TABLE, family.id)
    _agree_on_step(family, step, row)
    return step


def person_ladders(register: Register, family: Family) -> Iterable[tuple[str, str, Step]]:
    """(person, track, where they stand on it) of every member and track."""
    for number, person_id in enumerate(family.members):
        for track in tracks(family.today):
            step = next_of_person(family.today, family.facts, number, track)
            rows = register.rows("plan", track_table(track), "person_id = ?", [person_id])
            if rows:
                _agree_on_step(family, step, rows[0])
            else:
                _agree_that_nothing_can_be(family, step)
            yield person_id, track, step


def _agree_that_nothing_can_be(family: Family, step: Step) -> None:
    """The run keeps no row of a person for whom every move of a track has a *no*."""
    for standing in step.standings:
        if standing.answer is not NO:
            raise Conflict(
                f"{standing.move.id} of {family.today.day}: the run ruled it out, the facts that "
                f"it stored say {standing.answer.value}"
            )


def _stored(register: Register, table: str, unit: str, key: str) -> Row:
    rows = register.rows("plan", table, f"{unit}_id = ?", [key])
    if len(rows) != 1:
        raise Conflict(f"plan/{table} has {len(rows)} rows where there must be one")
    return rows[0]


def _agree_on_step(family: Family, step: Step, row: Row) -> None:
    for standing in step.standings:
        _agree(family, standing.move.id, _answers(standing.reasons), row)
    due = step.due.move.id if step.due else None
    if due != row["move"]:
        raise Conflict(f"the run stored the due move {row['move']}, the rules say {due}")


def _answers(reasons: Iterable[Reason]) -> list[tuple[Requirement, Any]]:
    return [(reason.requirement, reason.answer) for reason in reasons]


def _agree(family: Family, id_: str, answers: Iterable[tuple[Requirement, Any]], row: Row) -> None:
    """The stored answers of a rule are those of the Python reading."""
    for requirement, answer in answers:
        stored = answered(row[answer_column(id_, requirement)])
        if stored is not answer:
            raise Conflict(
                f"rule {id_}/{requirement.id} of {family.today.day}: the run stored "
                f"{stored.value}, the facts that it stored say {answer.value}"
            )
