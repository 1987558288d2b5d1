"""What is owed by arithmetic, month by month: running support, and components until they end.

Rupiah of a month are those of `rules.money`: what is due by its end, less what was due before, so
that the months of a year sum to the year.
"""

from __future__ import annotations

from collections.abc import Sequence

from tangga.engine.forecast.calendar import Calendar
from tangga.engine.forecast.components import STRETCHES, Segment
from tangga.engine.forecast.families import FAMILIES
from tangga.engine.forecast.finished import Finished
from tangga.engine.forecast.statements import statement
from tangga.engine.forecast.support import RUNNING
from tangga.rules.names import FAMILY_TABLE

OWED, BY_MONTH = "outlook_owed", "owed_by_month"


def write_owed(run: Finished, calendar: Calendar, some: Sequence[Segment]) -> None:
    """Make `outlook_owed`: one row a family (or person), programme and stretch of months with the
    same amount a year; and `owed_by_month`: by village, rung, kind, programme and month."""
    run.make(OWED, f"SELECT *, NULL::VARCHAR AS person_id FROM {STRETCHES}")
    for segment in some:
        if segment.benefit.amount_year and not segment.order:
            of_family = segment.programme.unit == FAMILY_TABLE
            run.con.execute(
                f"INSERT INTO {OWED} "
                + statement(
                    "flat_owed",
                    running=RUNNING,
                    holder="family_id" if of_family else "person_id",
                    person="NULL" if of_family else "person_id",
                    programme=segment.programme.id,
                    amount=segment.benefit.amount_year,
                    first=segment.first,
                    past=segment.past,
                )
            )
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
