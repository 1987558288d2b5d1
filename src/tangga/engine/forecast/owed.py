"""What is owed by arithmetic, month by month: running support, and components until they end.

As in the reconciliation of payments, support that names its component owes that one, and support
that names none what the rule gives the family. Rupiah of a month are those of `rules.money`: what
is due by its end, less what was due before, so that the months of a year sum to the year.
"""

from __future__ import annotations

from collections.abc import Sequence

from tangga.engine.forecast.calendar import Calendar
from tangga.engine.forecast.components import FITS, STRETCHES, Segment
from tangga.engine.forecast.families import FAMILIES
from tangga.engine.forecast.finished import Finished
from tangga.engine.forecast.statements import statement
from tangga.engine.forecast.support import RUNNING
from tangga.engine.plan.clock import codes
from tangga.rules.names import FAMILY_TABLE

OWED, BY_MONTH = "outlook_owed", "owed_by_month"


def write_owed(run: Finished, calendar: Calendar, some: Sequence[Segment]) -> None:
    """Make `outlook_owed`: one row a family (or person), programme and stretch of months with the
    same amount a year; and `owed_by_month`: by village, rung, kind, programme and month."""
    run.make(OWED, statement("unnamed_owed", stretches=STRETCHES, running=RUNNING))
    for segment in some:
        if segment.order and segment.programme.unit == FAMILY_TABLE:
            run.con.execute(f"INSERT INTO {OWED} {_named(calendar, segment)}")
        elif segment.benefit.amount_year:
            run.con.execute(f"INSERT INTO {OWED} {_flat(segment)}")
    run.make(
        BY_MONTH,
        statement(
            "owed_by_month",
            owed=OWED,
            facts=run.scan("plan", "facts"),
            families=FAMILIES,
            months=calendar.months,
            month=f"(({calendar.now} + k) % 12)",
        ),
    )


def _flat(segment: Segment) -> str:
    """Of a programme that gives all the same."""
    of_family = segment.programme.unit == FAMILY_TABLE
    return statement(
        "flat_owed",
        running=RUNNING,
        holder="family_id" if of_family else "person_id",
        person="NULL" if of_family else "person_id",
        programme=segment.programme.id,
        amount=segment.benefit.amount_year,
        first=segment.first,
        past=segment.past,
    )


def _named(calendar: Calendar, segment: Segment) -> str:
    """Of support that names its component: that is what it owes, as `budget/owed.py` has it."""
    own = "coalesce(x.maybe, h.maybe)"
    ruled_out = calendar.first(calendar.without(calendar.every, own))
    return statement(
        "named_owed",
        running=RUNNING,
        fits=FITS,
        programme=segment.programme.id,
        components=codes(tuple(one.id for one in segment.order)),
        amounts=" ".join(f"WHEN '{one.id}' THEN {one.amount_year}" for one in segment.order),
        ends=f"CASE WHEN {own} & 1 = 1 THEN {ruled_out} END",
        first=segment.first,
        past=segment.past,
    )
