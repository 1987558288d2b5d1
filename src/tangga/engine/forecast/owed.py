"""What is owed by arithmetic, month by month: running support, and components until they end.

What a kind of support is owed in a month is asked of `rules/rates.py`, who died of
`budget/owed.py`: the reconciliation of payments and this say the same of the same month. Only this
looks ahead. A component that ends on a day is owed as support with that end would be: a month is
owed when it runs on a day of it.
"""

from __future__ import annotations

from dataclasses import replace

from tangga.engine.budget.owed import dead_sql, gone_sql
from tangga.engine.forecast.calendar import Calendar
from tangga.engine.forecast.components import ENDS, FITS, STRETCHES
from tangga.engine.forecast.families import FAMILIES
from tangga.engine.forecast.finished import Finished
from tangga.engine.forecast.statements import statement
from tangga.engine.forecast.support import BINDING
from tangga.engine.plan.clock import codes
from tangga.engine.plan.months import month
from tangga.engine.plan.rows import relation_of
from tangga.engine.plan.units import of_persons
from tangga.rules.on_date import Policy
from tangga.rules.rates import in_months

OWED, BY_MONTH, HOLDERS = "outlook_owed", "owed_by_month", "holders"
PAYS = {
    "programme": "VARCHAR",
    "component": "VARCHAR",
    "first": "INTEGER",
    "past": "INTEGER",
    "amount": "BIGINT",
}


def write_owed(run: Finished, calendar: Calendar) -> None:
    """Make `outlook_owed`: one row a family (or person), programme and stretch of months with the
    same amount a year; and `owed_by_month`: by village, rung, kind, programme and month."""
    _write_holders(run, calendar)
    run.make(OWED, statement("unnamed_owed", stretches=STRETCHES, holders=HOLDERS))
    own = statement(
        "own_owed",
        holders=HOLDERS,
        pays=_pays(run, calendar),
        of_person=f"({_lasts(calendar, 'person_id')})",
        of_family=f"({_lasts(calendar, 'family_id')})",
    )
    run.con.execute(f"INSERT INTO {OWED} {own}")
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


def _write_holders(run: Finished, calendar: Calendar) -> None:
    """Whom support runs for, and for how many months."""
    dead = run.make("forecast_dead", dead_sql(run.received, run.day))
    gone = run.make("forecast_gone", gone_sql(run.received, dead))
    died, all_died = (_months_until(calendar, f"{name}.died_on") for name in ("d", "g"))
    run.make(
        HOLDERS,
        statement(
            "holders",
            running=BINDING,
            of_persons=codes(of_persons(run.today)),
            dead=dead,
            gone=gone,
            died=f"coalesce(greatest({died}, 0), 0)",
            all_died=f"coalesce(greatest({all_died}, 0), 0)",
        ),
    )
    run.drop(dead, gone)


def _months_until(calendar: Calendar, day: str) -> str:
    """SQL: how many months, from that of the run on, have a day up to this one; NULL of none."""
    return f"({month(day)} + 1 - {calendar.now})"


def _pays(run: Finished, calendar: Calendar) -> str:
    """What each kind of support is owed in which months of the calendar."""
    now = calendar.now
    kinds = run.rows(f"SELECT DISTINCT programme, component FROM {HOLDERS}")
    found = in_months(_rules(run), kinds, now, now + calendar.months + 1)
    rows = [(*kind, first - now, past - now, amount) for *kind, first, past, amount in found]
    return relation_of(PAYS, rows)


def _rules(run: Finished) -> Policy:
    """Every version of every programme; a scenario's own where it has others."""
    policy = run.workspace.rulebook
    others = {id_: programme for id_, (programme, _) in run.today.programmes.items()}
    return replace(policy, programmes={**policy.programmes, **others})


def _lasts(calendar: Calendar, who: str) -> str:
    return statement(
        "lasts",
        who=who,
        fits=FITS,
        ends=ENDS,
        ended=calendar.first(calendar.without(calendar.every, "maybe")),
        month_of_eve=_months_until(calendar, "(e.over_on - 1)"),
    )
