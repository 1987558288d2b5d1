"""What a scenario touches: which programmes, and whether the facts of the day are others by it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from tangga.engine.simulate.opened import FACTS, HISTORY, STORED, Opened
from tangga.engine.simulate.scenario import Scenario
from tangga.rules.conditions import Condition, facts_used
from tangga.rules.facts_sql import columns_of
from tangga.rules.load import FACTS as FACTS_FILE
from tangga.rules.names import FAMILY_TABLE, PERSON_TABLE, Columns
from tangga.rules.on_date import OnDate
from tangga.rules.to_sql import aggregates

OF_THE_PAST = ("clock", "exits")
"""Settings by which months of support and records of acts are read."""


@dataclass(frozen=True)
class Affected:
    """What a scenario touches.

    programmes: those looked at, in order of code. changed: those whose rule is another. ladder:
    whether moves can be due that were not, or the other way round. anew: what must be made again.
    without_amount: those that give in kind, or of which no rule says how much: no cost is theirs.
    named: those whose own rule, places or money the scenario changes.
    """

    programmes: tuple[str, ...]
    changed: tuple[str, ...]
    ladder: bool
    anew: str
    without_amount: tuple[str, ...] = ()
    named: tuple[str, ...] = ()


def affected(opened: Opened, scenario: Scenario, before: OnDate, after: OnDate) -> Affected:
    """What the scenario touches on the day."""
    changed = [code for code in _codes(before, after) if _rule(before, code) != _rule(after, code)]
    anew = _anew(opened, scenario, before, after, changed)
    looked_at = {*changed, *scenario.limited}
    named = tuple(sorted(looked_at))
    if anew == HISTORY:  # any answer may rest on months of support
        looked_at |= {*_codes(before, after)}
    return Affected(
        programmes=tuple(sorted(looked_at)),
        changed=tuple(sorted(looked_at if anew == HISTORY else changed)),
        ladder=anew == HISTORY or before.cap != after.cap or before.moves != after.moves,
        anew=anew,
        named=named,
        without_amount=tuple(
            code for code in sorted(looked_at) if not (pays(before, code) or pays(after, code))
        ),
    )


def pays(today: OnDate, code: str) -> bool:
    """Whether the rule of a programme names any amount of money."""
    if code not in today.programmes:
        return False
    benefit = today.programmes[code][1].says.benefit
    return bool(benefit.amount_year or any(one.amount_year for one in benefit.components))


def _codes(before: OnDate, after: OnDate) -> list[str]:
    return sorted({*before.programmes, *after.programmes})


def _rule(today: OnDate, code: str) -> object:
    """What makes two rules the same: what they say and whether they are in force."""
    if code not in today.programmes:
        return None
    programme, version = today.programmes[code]
    return (programme.unit, version.says, version.period.status)


def _anew(
    opened: Opened, scenario: Scenario, before: OnDate, after: OnDate, changed: list[str]
) -> str:
    if any((folder / FACTS_FILE).is_file() for folder in scenario.policy):
        return HISTORY
    if any(before.setting(name).says != after.setting(name).says for name in OF_THE_PAST):
        return HISTORY
    return FACTS if _lacking(opened, after, changed) else STORED


def _lacking(opened: Opened, today: OnDate, changed: list[str]) -> bool:
    """Whether a changed rule reads something that the run did not keep."""
    there = {FAMILY_TABLE: opened.columns("facts"), PERSON_TABLE: opened.columns("person_facts")}
    asked = [one for code in changed for one in _conditions(today, code)]
    for unit, condition in asked:
        for entity, name in facts_used(condition, unit):
            if not set(columns_of(today.facts.facts[entity, name])) <= there[entity]:
                return True
    counts = [condition for unit, condition in asked if unit == FAMILY_TABLE]
    columns = Columns(today.facts.names, PERSON_TABLE, own="p")
    return not set(aggregates(counts, columns, today.day)) <= there[FAMILY_TABLE]


def _conditions(today: OnDate, code: str) -> Iterator[tuple[str, Condition]]:
    if code not in today.programmes:
        return
    programme, version = today.programmes[code]
    for requirement in version.says.requires:
        yield programme.unit, requirement.condition
    for component in version.says.benefit.components:
        yield PERSON_TABLE, component.who
