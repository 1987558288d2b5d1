"""Support as far as it binds: a graduation ends what the clock would end, whatever the list says.

    write_support(steps, today)     # `budget_graduated`, `budget_spells`, before `write_owed`

A recorded move to graduated, with an exit that counts, is a decision. A list that runs on is to be
mended; what is paid by it is not owed. Components that the clock never ends go on (`exits.at_cap`).
"""

from __future__ import annotations

from functools import partial

from tangga.engine.budget.statements import statement
from tangga.engine.plan.clock import codes
from tangga.engine.plan.lists import MOVES
from tangga.engine.received import Received, received
from tangga.engine.runner import Steps
from tangga.rules.exits import kept_at_cap
from tangga.rules.on_date import OnDate


def counted_exits(today: OnDate) -> tuple[str, ...]:
    """The exits that count as a graduation; none in a policy that names none."""
    exits = today.settings.get("exits")
    return exits.says["counts"] if exits is not None else ()


def write_support(steps: Steps, today: OnDate) -> None:
    """Write `budget_graduated` (when families stood on their own) and `budget_spells`."""
    graduated = graduated_sql(today, steps.scan("graduations"), partial(received, steps))
    steps.whole("budget_graduated", graduated, scratch=True)
    spells = support_sql(
        today, steps.scan("spells"), steps.scan("budget_graduated"), steps.scan("components")
    )
    steps.whole("budget_spells", spells, scratch=True)


def graduated_sql(today: OnDate, graduations: str, received: Received) -> str:
    """When families stood on their own. graduations: rows of `graduations`."""
    told = f"latest AND on_date <= DATE '{today.day}'"
    return statement(
        "graduated",
        graduations=graduations,
        events=received("events", MOVES, where=told),
        counts=codes(counted_exits(today)),
    )


def support_sql(today: OnDate, spells: str, graduated: str, components: str) -> str:
    """Spells as they bind. spells: rows of `spells`; graduated: of `budget_graduated`; components:
    family_id, programme, component."""
    pairs = [f"('{programme}', '{one}')" for programme, one in sorted(kept_at_cap(today))]
    return statement(
        "support",
        spells=spells,
        graduated=graduated,
        components=components,
        counted=codes(today.clock.says["programmes"]),
        kept=", ".join(pairs) or "('', '')",
    )
