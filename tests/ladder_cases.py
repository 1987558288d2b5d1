"""Families in facts, for tests of the ladder: what is said here, and nothing else.

due(family(rung="protection", months_protected=61, must_climb_adults=1), IN_FORCE)
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from functools import lru_cache
from pathlib import Path

from tangga.registry import load_pack
from tangga.rules.ladder import Step, next_move
from tangga.rules.load import load_policy
from tangga.rules.names import Facts
from tangga.rules.on_date import OnDate, Policy
from tangga.rules.values import Value

CAP_IN_FORCE = Path(__file__).parent / "overlays/cap_in_force"
ON = date(2027, 8, 31)
"""A day on which the cap of the overlay is in force."""


@lru_cache
def policy(*overlays: Path) -> Policy:
    """The Indonesian policy with overlays, read once."""
    return load_policy(load_pack("indonesia"), overlays)


@lru_cache
def today(on: date = ON, *, cap: bool = False) -> OnDate:
    """What holds on a day; cap: with the overlay that sets the cap in force."""
    return (policy(CAP_IN_FORCE) if cap else policy()).on(on)


def family(members: tuple[Mapping[str, Value], ...] = (), /, **own: Value) -> Facts:
    """Facts of a family by name; what is not named is not known."""
    return Facts(own, members=tuple(Facts(member, own) for member in members))


def due(facts: Facts, *, cap: bool = False, on: date = ON) -> str | None:
    """The id of the due move."""
    step = next_move(today(on, cap=cap), facts)
    return step.due.move.id if step.due else None


def listed(step: Step) -> list[str]:
    """Ids of the moves that are only listed."""
    return [standing.move.id for standing in step.listed]
