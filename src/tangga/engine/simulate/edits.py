"""The policy of a scenario: that of the workspace with its frozen rules replaced.

Edited is what holds on the day and after it; earlier days stay as they were decided.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from datetime import date
from typing import Any, TypeVar

from tangga.engine.simulate.scenario import Amount, CapEdit, Cutoff, Scenario
from tangga.engine.simulate.under_cap import follows
from tangga.errors import UserError
from tangga.rules.money import times
from tangga.rules.on_date import CAP, Policy
from tangga.rules.policy import (
    ANNOUNCED,
    IN_FORCE,
    Benefit,
    Component,
    Dated,
    Move,
    Period,
    Programme,
    ProgrammeRule,
    Requirement,
    Rule,
    Settings,
)

T = TypeVar("T")
CLOCK = "clock"


def edited(policy: Policy, scenario: Scenario, day: date) -> Policy:
    """The same policy with what the scenario changes from a day on.

    UserError for a clock that cannot be.
    """
    settings = _settings(policy.settings, scenario, day)
    return replace(
        policy,
        programmes=_programmes(policy.programmes, scenario, day),
        settings=settings,
        moves=_moves(policy, settings, day),
    )


def _moves(policy: Policy, settings: Mapping[str, Rule[Settings]], day: date) -> dict[str, Move]:
    """Moves by the months of the scenario's cap, where it has another than the day's."""
    was, now = (one[CAP].on(day) if CAP in one else None for one in (policy.settings, settings))
    if was is None or now is None:
        return dict(policy.moves)
    return {id_: follows(move, was.says, now.says) for id_, move in policy.moves.items()}


def _programmes(
    programmes: Mapping[str, Programme], scenario: Scenario, day: date
) -> dict[str, Programme]:
    found = dict(programmes)
    for code in {one.programme for one in (*scenario.cutoffs, *scenario.amounts)}:
        cutoffs = [one for one in scenario.cutoffs if one.programme == code]
        amounts = [one for one in scenario.amounts if one.programme == code]
        one = found[code]

        def says(
            rule: ProgrammeRule, cutoffs: list[Cutoff] = cutoffs, amounts: list[Amount] = amounts
        ) -> ProgrammeRule:
            requires = tuple(_requirement(one, cutoffs) for one in rule.requires)
            return replace(rule, requires=requires, benefit=_benefit(rule.benefit, amounts))

        found[code] = replace(one, rule=_from(one.rule, day, says, scenario))
    return found


def _from(rule: Rule[T], day: date, says: Callable[[T], T], scenario: Scenario) -> Rule[T]:
    """A rule whose versions that hold on the day, or later, say something else."""
    versions = tuple(
        version if _over(version.period, day) else _said(version, says(version.says), scenario)
        for version in rule.versions
    )
    return replace(rule, versions=versions)


def _over(period: Period, day: date) -> bool:
    return period.valid_to is not None and period.valid_to <= day


def _said(version: Dated[T], says: T, scenario: Scenario) -> Dated[T]:
    source = scenario.source or scenario.file.name
    return Dated(replace(version.period, basis=scenario.basis, source=source), says)


def _requirement(requirement: Requirement, cutoffs: Iterable[Cutoff]) -> Requirement:
    for one in cutoffs:
        if one.requirement == requirement.id:
            labels = one.labels or requirement.labels
            return replace(requirement, condition=one.condition, labels=labels)
    return requirement


def _benefit(benefit: Benefit, amounts: Iterable[Amount]) -> Benefit:
    for one in amounts:
        if one.times is not None:
            components = tuple(
                replace(part, amount_year=times(part.amount_year, one.times))
                for part in benefit.components
            )
            flat = times(benefit.amount_year, one.times)
            benefit = replace(benefit, components=components, amount_year=flat)
        elif one.component:
            parts = tuple(_component(part, one) for part in benefit.components)
            benefit = replace(benefit, components=parts)
        else:
            assert one.amount_year is not None  # the file says times, a component or an amount
            benefit = replace(benefit, amount_year=one.amount_year)
    return benefit


def _component(component: Component, amount: Amount) -> Component:
    if component.id != amount.component or amount.amount_year is None:
        return component
    return replace(component, amount_year=amount.amount_year)


# --- settings -------------------------------------------------------------------------------------


def _settings(
    settings: Mapping[str, Rule[Settings]], scenario: Scenario, day: date
) -> dict[str, Rule[Settings]]:
    found = dict(settings)
    if scenario.counting:

        def counts(said: Settings) -> Settings:
            return Settings({**said.values, **scenario.counting})

        found[CLOCK] = _from(found[CLOCK], day, counts, scenario)
        for version in found[CLOCK].versions:
            _check_clock(version.says, scenario)
    if scenario.cap is not None:
        found[CAP] = _cap(found.get(CAP, Rule(CAP, {}, ())), scenario.cap, scenario, day)
    return found


def _check_clock(clock: Settings, scenario: Scenario) -> None:
    if clock["age_from"] >= clock["age_to"]:
        what = f"[counting] age_from {clock['age_from']} is not below age_to {clock['age_to']}"
        raise UserError(what, file=scenario.file)


def _cap(rule: Rule[Settings], cap: CapEdit, scenario: Scenario, day: date) -> Rule[Settings]:
    """The cap as it is until a day, and another from then on.

    Without `from`, that of the day: on it the other holds already.
    """
    since = cap.since or day
    before = [_until(version, since) for version in rule.versions]
    of_the_day = rule.on(max(since, day)) or rule.on(day)
    period = Period(
        id=scenario.name,
        valid_from=since,
        basis=scenario.basis,
        source=scenario.source or scenario.file.name,
        status=_status(cap, of_the_day),
    )
    kept = tuple(version for version in before if version is not None)
    return replace(
        rule, versions=(*kept, Dated(period, Settings(_values(cap, of_the_day, scenario))))
    )


def _until(version: Dated[Settings], since: date) -> Dated[Settings] | None:
    """What is left of a version before a day."""
    if version.period.valid_from >= since:
        return None
    if version.period.valid_to is not None and version.period.valid_to <= since:
        return version
    return Dated(replace(version.period, valid_to=since), version.says)


def _status(cap: CapEdit, of_the_day: Dated[Settings] | None) -> str:
    if cap.in_force is not None:
        return IN_FORCE if cap.in_force else ANNOUNCED
    return of_the_day.period.status if of_the_day is not None else ANNOUNCED


def _values(cap: CapEdit, of_the_day: Dated[Settings] | None, scenario: Scenario) -> dict[str, Any]:
    values = dict(of_the_day.says.values) if of_the_day is not None else {}
    stated = {"months": cap.months, "planning_from": cap.planning_from}
    values |= {key: value for key, value in stated.items() if value is not None}
    if values["planning_from"] > values["months"]:
        what = (
            f"[cap] planning_from {values['planning_from']} is after the cap at {values['months']}"
        )
        raise UserError(what, file=scenario.file)
    return values
