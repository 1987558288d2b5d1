"""What a proposal would change in the verdicts of programmes, by the same rules as a run.

The release does not hold every fact, so a verdict is told here only where what it does hold decides
it; `verdicts` gives what the rules say now and with the proposal, and `not_known` stays not known.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Any

from tangga.rules.answer import Answer
from tangga.rules.facts import FactBook
from tangga.rules.facts_reading import reading
from tangga.rules.names import FAMILY_TABLE, PERSON_TABLE, Facts
from tangga.rules.programmes import verdict
from tangga.web.corrections.believed import Family, Row
from tangga.web.corrections.said import Change
from tangga.web.corrections.sorts import PERSON
from tangga.web.corrections.written import typed, written
from tangga.web.database.rows import one
from tangga.web.pack import pack
from tangga.web.policy.book import book

RANK = "SELECT * FROM ranking WHERE family_id = %s"
RANKED = {"decile": "decile", "decile_on": "decile_on", "decile_release": "decile_release"}
"""Facts of a family that its row in `ranking` gives."""
RECEIVES = "receives_"


@dataclass(frozen=True)
class Shift:
    """A verdict that would change. person_id: '' of the family."""

    programme: str
    person_id: str
    before: Answer
    after: Answer


def shifts(
    family: Family, changes: Iterable[Change], receives: Iterable[str], on: date
) -> list[Shift]:
    """The verdicts of programmes that the changes would turn."""
    asked = list(changes)
    running = frozenset(receives)
    rank = one(RANK, [family.id]) or {}
    now, then = (_facts(family, some, rank, running, on) for some in ((), asked))
    before, after = _verdicts(now, on), _verdicts(then, on)
    ids = ["", *(row["person_id"] for row in family.living)]
    return [
        Shift(programme, ids[number], before[programme, number], after[programme, number])
        for programme, number in before
        if before[programme, number] is not after[programme, number]
    ]


def verdicts(family: Family, receives: Iterable[str], on: date) -> dict[tuple[str, int], Answer]:
    """(programme, 0 the family or n the nth of `living`) -> what the rules say of it now."""
    rank = one(RANK, [family.id]) or {}
    return _verdicts(_facts(family, (), rank, frozenset(receives), on), on)


def _verdicts(facts: Facts, on: date) -> dict[tuple[str, int], Answer]:
    """(programme, 0 the family or n the nth member) -> what the rule says."""
    found = {}
    for name, (programme, version) in book().policy.on(on).programmes.items():
        if programme.unit == PERSON_TABLE:
            for number, member in enumerate(facts.members, start=1):
                found[name, number] = verdict(version.says, member, on).answer
        else:
            found[name, 0] = verdict(version.says, facts, on).answer
    return found


def _facts(
    family: Family, changes: Iterable[Change], rank: Row, running: frozenset[str], on: date
) -> Facts:
    rules = _rules(on)
    changed: dict[str, dict[str, str | None]] = {}
    for each in changes:
        changed.setdefault(each.entity_id, {})[each.field] = each.after
    own = typed_row(rules, FAMILY_TABLE, family.row, changed.get(family.id, {}))
    names = {fact.name for fact in rules.of(FAMILY_TABLE, given=True)}
    own |= {fact: rank.get(column) for fact, column in RANKED.items() if fact in names}
    own |= {
        name: name.removeprefix(RECEIVES) in running for name in names if name.startswith(RECEIVES)
    }
    members = [
        typed_row(rules, PERSON_TABLE, row, changed.get(row["person_id"], {}))
        for row in family.living
    ]
    return reading(rules, on).family(own, members)


def typed_row(
    rules: FactBook,
    entity: str,
    row: Mapping[str, Any],
    changed: Mapping[str, str | None] | None = None,
) -> dict[str, Any]:
    """The columns that rules speak of, as they hold them."""
    columns = pack().tables[PERSON if entity == PERSON_TABLE else FAMILY_TABLE].columns
    found, changed = {}, changed or {}
    for fact in rules.of(entity, given=True):
        column = columns.get(fact.name)
        if column is None or (fact.name not in row and fact.name not in changed):
            continue
        text = changed[fact.name] if fact.name in changed else written(row[fact.name])
        value = typed(text, column)
        if value is not None:
            found[fact.name] = value
    return found


@lru_cache(maxsize=8)
def _rules(on: date) -> FactBook:
    """The facts that any programme of a day asks for, and what they are made from."""
    policy = book().policy
    asked = [
        (programme.unit, requirement.condition)
        for programme, version in policy.on(on).programmes.values()
        for requirement in version.says.requires
    ]
    return policy.facts.restricted_to(policy.facts.uses(asked))
