"""What is owed: the months in which support ran, times what the rule of each month gives.

    write_owed(steps, today, window)            # `entitled` (scratch) and `owed`
    due_by_month(policy, "sembako", "", first, past)    # rupiah of each month, without a run

Only spells of support owe anything (an enrolment from a list, or a signed decision), never a
verdict. Of a programme by component each spell owes its own component; where the list names none,
the family is owed what the rule of the day surely gives it (`benefits`), and not known where a
component is. Suspended support runs, as it does for the clock.

What was determined is owed, also where it is more than the limits of the rule count: an enrolment
is a decision, and only another decision undoes it. `over_limit` says so, for somebody to look at.
"""

from __future__ import annotations

from datetime import date, timedelta
from functools import partial

from tangga.engine.budget.statements import statement
from tangga.engine.plan.clock import codes
from tangga.engine.plan.cut import of_family, of_part
from tangga.engine.plan.died import PERSON, died_sql
from tangga.engine.plan.months import Span, month
from tangga.engine.plan.rows import relation_of
from tangga.engine.plan.units import of_persons
from tangga.engine.received import Received, received
from tangga.engine.runner import Part, Steps
from tangga.rules.on_date import OnDate
from tangga.rules.rates import COLUMNS, Rate, Window, due_by_month, rate_rows, rates

__all__ = ["dead_sql", "due_by_month", "gone_sql", "write_deaths", "write_owed"]


LIMITS = {
    "programme": "VARCHAR",
    "component": "VARCHAR",
    "child": "BOOLEAN",
    "most": "INTEGER",
    "most_members": "INTEGER",
    "most_children": "INTEGER",
}

# `money.until` in SQL. Months count from a January, and a run lies in one year.
WHOLE = "yearly * (first % 12 + past - first) // 12 - yearly * (first % 12) // 12"
MONTH = "yearly * (m % 12 + 1) // 12 - yearly * (m % 12) // 12"
PARTLY = f"list_sum([((sure >> m) & 1) * ({MONTH}) FOR m IN range(first, past)])"


def dead_sql(received: Received, day: date) -> str:
    """Persons who died, and when, as far as any record received by a day says it."""
    return statement("dead", died=died_sql(received, day))


def gone_sql(received: Received, dead: str) -> str:
    """Families in which nobody lives any more, and since when. dead: rows of `dead_sql`."""
    return statement("gone", persons=received("persons", PERSON), dead=dead)


def write_deaths(steps: Steps, today: OnDate) -> None:
    """Write `budget_dead` and `budget_gone`: persons who died, families in which nobody lives."""
    of = partial(received, steps)
    steps.whole("budget_dead", dead_sql(of, today.day), scratch=True)
    steps.whole("budget_gone", gone_sql(of, steps.scan("budget_dead")), scratch=True)


def write_owed(steps: Steps, today: OnDate, window: Window) -> None:
    """Write `owed`, and the scratch tables `entitled` and `rates` that reconciliation reads."""
    by_family = codes(_write_rates(steps, window))
    says = today.settings["budget"].says
    persons, limits = codes(of_persons(today)), _limits(today)
    span = Span(window.first, 1)
    (running,) = span.range_bits("first", "past")
    (alive,) = span.before_bits(f"{month('died_on')} + 1")

    def entitled(part: Part) -> str:
        return statement(
            "entitled",
            spells=steps.scan("budget_spells"),
            part=of_family(part, "s.family_id"),
            of_persons=persons,
            first=f"coalesce({month('s.valid_from')}, {window.first})",
            past=f"coalesce({month('(s.valid_to - 1)')} + 1, {window.past})",
            range=running,
            until_death=f"CASE WHEN died_on IS NULL THEN {running} ELSE {alive} END",
            dead=steps.scan("budget_dead"),
            gone=steps.scan("budget_gone"),
            suspended=codes(says["suspended"]),
            benefits=_benefits(steps, part, by_family),
            limits=limits,
        )

    def owed(part: Part) -> str:
        return statement(
            "owed",
            entitled=of_part(steps, "entitled", part),
            rates=steps.scan("rates"),
            of_persons=persons,
            whole=WHOLE,
            partly=PARTLY,
            on=window.on,
            over=window.on - timedelta(days=int(says["unpaid_days"])),
        )

    steps.parts("entitled", entitled, scratch=True)
    steps.parts("owed", owed)


def _limits(today: OnDate) -> str:
    """The most that the rules of the day count in a family, for each component."""
    rows = [
        (programme.id, one.id, one.child, one.most, benefit.most_members, benefit.most_children)
        for programme, version in today.programmes.values()
        for benefit in [version.says.benefit]
        for one in benefit.components
    ]
    return relation_of(LIMITS, rows)


def _write_rates(steps: Steps, window: Window) -> tuple[str, ...]:
    """Write `rates`; returns the programmes whose amount differs by family."""
    kinds = steps.fetch(
        f"SELECT DISTINCT programme, coalesce(component, '') FROM {steps.scan('spells')} "
        "WHERE programme IS NOT NULL"
    )
    found: list[Rate] = rates(steps.ctx.workspace.rulebook, kinds, window)
    rows = relation_of(COLUMNS, rate_rows(found, window))
    steps.whole("rates", f"SELECT * FROM {rows}", scratch=True)
    return tuple(dict.fromkeys(rate.programme for rate in found if rate.by_family))


def _benefits(steps: Steps, part: Part, by_family: str) -> str:
    """What a programme by component gives a family a year by the rule of the day; NULL where a
    component of one of its members is not known."""
    components = of_part(steps, "components", part)
    wanted = f"programme IN ({by_family})"
    unsure = f"(SELECT family_id, programme FROM {components} WHERE NOT known AND {wanted})"
    return (
        f"(SELECT b.family_id, b.programme, min(b.amount) AS amount "
        f"FROM {of_part(steps, 'benefits', part)} AS b "
        f"ANTI JOIN {unsure} AS u ON u.family_id = b.family_id AND u.programme = b.programme "
        f"WHERE b.person_id IS NULL AND b.{wanted} GROUP BY b.family_id, b.programme)"
    )
