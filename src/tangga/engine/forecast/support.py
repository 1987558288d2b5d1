"""What support runs on the day, until when as far as anybody knows, and whom that concerns."""

from __future__ import annotations

from tangga.engine.budget.support import graduated_sql, support_sql
from tangga.engine.forecast.calendar import Calendar
from tangga.engine.forecast.finished import Finished
from tangga.engine.forecast.statements import statement
from tangga.engine.plan.clock import PAYMENT, codes
from tangga.engine.plan.months import month
from tangga.engine.plan.units import unbound
from tangga.rules.clock_settings import Clock
from tangga.rules.days import first_day
from tangga.rules.on_date import OnDate

RUNNING, CONCERNED, SUPPORT = "running", "concerned", "family_support"
BINDING = "running_binding"
"""Of what runs, that which is owed."""


def write_support(run: Finished, calendar: Calendar, clock: Clock) -> None:
    """Make the tables `running`, `running_binding`, `family_support` and `concerned`."""
    run.make(RUNNING, _running(run, calendar, clock, run.scan("plan", "spells")))
    run.make(BINDING, _running(run, calendar, clock, f"({_binding(run)})"))
    counted = codes(clock.programmes)
    run.make(
        SUPPORT,
        statement("family_support", running=RUNNING, counted=counted, none=calendar.none),
    )
    facts, by_member = run.scan("plan", "facts"), codes(_by_member(run.today))
    run.make(CONCERNED, statement("concerned", facts=facts, running=RUNNING, by_member=by_member))


def _running(run: Finished, calendar: Calendar, clock: Clock, spells: str) -> str:
    """What runs on the day, of these spells and of recent payments."""
    since = first_day(calendar.now - clock.receiving_months + 1)
    payments = run.received("payments", PAYMENT)
    return statement(
        "running",
        spells=spells,
        runs=_until(calendar, "valid_to", calendar.passed("valid_to")),
        gives=_until(calendar, "valid_to", f"{month('(valid_to - 1)')} + 1 - {calendar.now}"),
        counted=codes(clock.programmes),
        unbound=unbound(run.today),
        every=calendar.every,
        payments=payments,
        paid_only=codes(_paid_only(run, payments, str(since))),
        paid=codes(clock.payment_counts),
        since=since,
        on=run.day,
    )


def _binding(run: Finished) -> str:
    """The spells as what is owed has them: a graduation ends some whose list runs on."""
    graduated = graduated_sql(run.today, run.scan("plan", "graduations"), run.received)
    spells, components = run.scan("plan", "spells"), run.scan("plan", "components")
    return support_sql(run.today, spells, f"({graduated})", components)


def _until(calendar: Calendar, end: str, count: str) -> str:
    """The first so many months; all where there is no end."""
    return f"CASE WHEN {end} IS NULL THEN {calendar.every} ELSE {calendar.before(count)} END"


def _by_member(today: OnDate) -> tuple[str, ...]:
    """Programmes that pay a family by its members."""
    listed = today.programmes.values()
    return tuple(one.id for one, version in listed if version.says.benefit.components)


def _paid_only(run: Finished, payments: str, since: str) -> tuple[str, ...]:
    """Programmes of which payments came and no list of enrolments."""
    named = _programmes(run, run.received("enrolments", {"programme": "VARCHAR"}))
    recent = (
        f"{payments} WHERE latest AND coalesce(period_end, period_start) >= DATE '{since}' "
        f"AND coalesce(period_start, period_end) <= DATE '{run.day}'"
    )
    return tuple(sorted(_programmes(run, recent) - named))


def _programmes(run: Finished, rows: str) -> set[str]:
    found = run.rows(f"SELECT DISTINCT programme FROM {rows}")
    return {row[0] for row in found if row[0] is not None}
