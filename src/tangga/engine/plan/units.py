"""What programmes are by the rule of the day: of persons or families, ended by a clock or not."""

from __future__ import annotations

from tangga.rules.names import PERSON_TABLE
from tangga.rules.on_date import OnDate


def of_persons(today: OnDate) -> tuple[str, ...]:
    """The programmes whose support is a person's own."""
    return tuple(p.id for p, _ in today.programmes.values() if p.unit == PERSON_TABLE)


def unbound(today: OnDate) -> str:
    """(programme, component) of what no clock ends, as a list in SQL."""
    found = [
        f"('{programme.id}', '{component.id}')"
        for programme, version in today.programmes.values()
        for component in version.says.benefit.components
        if not component.ends_by_clock
    ]
    return ", ".join(found) or "('', '')"
