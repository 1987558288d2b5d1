"""Moves that rest on the cap, under another cap: their own months are the cap's.

A pack writes the months of its cap twice: in the cap, and in the conditions of the moves that rest
on it. A scenario that says 36 months means both; else its cap would make nothing due.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from tangga.rules.conditions import All, AnyOf, AtLeast, Condition, Not
from tangga.rules.policy import Dated, Move, MoveRule, Settings

PROTECTED = "months_protected"
MONTHS, PLANNING = "months", "planning_from"


def follows(move: Move, was: Settings, now: Settings) -> Move:
    """A move of which each condition on months of support asks for the other cap's, where it asked
    for the cap's as it was; one that does not rest on the cap is as it is."""
    others = {was[key]: now[key] for key in (PLANNING, MONTHS)}
    if not move.under_cap or all(one == two for one, two in others.items()):
        return move
    versions = tuple(_version(one, others) for one in move.rule.versions)
    return replace(move, rule=replace(move.rule, versions=versions))


def _version(version: Dated[MoveRule], others: Mapping[int, int]) -> Dated[MoveRule]:
    requires = tuple(
        replace(one, condition=_asked(one.condition, others)) for one in version.says.requires
    )
    return Dated(version.period, replace(version.says, requires=requires))


def _asked(condition: Condition, others: Mapping[int, int]) -> Condition:
    if isinstance(condition, All | AnyOf):
        return replace(condition, of=tuple(_asked(one, others) for one in condition.of))
    if isinstance(condition, Not):
        return replace(condition, of=_asked(condition.of, others))
    if isinstance(condition, AtLeast) and condition.fact == PROTECTED:
        bound = condition.bound
        return replace(
            condition, bound=others.get(bound, bound) if isinstance(bound, int) else bound
        )
    return condition
