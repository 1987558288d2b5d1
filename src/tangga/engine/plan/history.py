"""What is known of the past of every person and family: spells, the clock, records of acts.

    write_history(steps, today, as_of)

The names of the facts are those of `rules/history.py`, which reads the same of one family. What
comes after the day is not seen.
"""

from __future__ import annotations

from datetime import date

from tangga.engine import tables
from tangga.engine.plan.acts import above_months, cases, write_family_acts
from tangga.engine.plan.clock import (
    PAYMENT,
    Day,
    codes,
    columns_of,
    write_person_clock,
    write_spells,
)
from tangga.engine.plan.cut import FAMILY, of_family
from tangga.engine.plan.statements import statement
from tangga.engine.plan.units import unbound
from tangga.engine.received import received
from tangga.engine.resolve import ids
from tangga.engine.runner import Part, Steps
from tangga.rules.clock_settings import Clock
from tangga.rules.days import first_day
from tangga.rules.names import PERSON_TABLE, Columns
from tangga.rules.on_date import OnDate
from tangga.rules.to_sql import text, to_sql

PERSON = {"person_id": "VARCHAR", "family_id": "VARCHAR", "status": "VARCHAR"}
ASSESSMENT = {
    "person_id": "VARCHAR",
    "kind": "VARCHAR",
    "on_date": "DATE",
    "need": "VARCHAR",
    "grade": "VARCHAR",
    "rid": "BIGINT",
    "latest": "BOOLEAN",
}
GROUP = {"person_id": "VARCHAR", "kind": "VARCHAR", "state": "VARCHAR", "latest": "BOOLEAN"}
SCRATCH = [
    "family_rungs",
    "family_shocks",
    "family_extensions",
    "family_visits",
    "family_above",
    "family_incomes",
    "receiving",
    "family_receives",
    "person_receives",
    "person_cases",
    "person_assessments",
    "exempt_claims",
]


def write_history(steps: Steps, today: OnDate, as_of: date) -> None:
    """Write `spells`, `person_clock`, `exits`, `person_history` and `family_history`.

    The months of a family are not among them: they rest on who is exempt (`family_clock`).
    """
    day = Day(as_of, Clock.of(today.clock.says), today.facts.names)
    spells = write_spells(steps, day)
    write_person_clock(steps, day, spells)
    write_family_acts(steps, day, spells, today.facts)
    listed = _write_receiving(steps, day, spells, unbound(today))
    _write_person_acts(steps, day)
    _write_persons(steps, day, listed)
    _write_families(steps, day, listed)
    steps.drop(*SCRATCH)


def _write_receiving(steps: Steps, day: Day, spells: str, unbound: str) -> list[str]:
    """Write who receives what on the day; returns the programmes of which a list was received."""
    enrolments = received(steps, "enrolments", {"programme": "VARCHAR"})
    payments = received(steps, "payments", PAYMENT)
    since = first_day(day.now - day.clock.receiving_months + 1)
    recent = (
        f"coalesce(period_end, period_start) >= DATE '{since}' "
        f"AND coalesce(period_start, period_end) <= DATE '{day.on}'"
    )
    named = set(_programmes(steps, f"{enrolments} WHERE TRUE"))
    paid = set(_programmes(steps, f"{payments} WHERE latest AND {recent}"))
    steps.whole(
        "receiving",
        statement(
            "receiving",
            spells=spells,
            payments=payments,
            programmes=codes(day.clock.programmes),
            unbound=unbound,
            paid_only=codes(tuple(sorted(paid - named))),
            paid=codes(day.clock.payment_counts),
            since=since,
            on=day.on,
        ),
        scratch=True,
    )
    listed = sorted(named | paid)
    for entity in ("family", "person"):
        sql = statement(
            "receives",
            holder=f"{entity}_id",
            receiving=steps.scan("receiving"),
            programmes=codes(day.clock.programmes),
            columns="".join(f", bool_or(programme = '{p}') AS receives_{p}" for p in listed),
        )
        steps.whole(f"{entity}_receives", sql, scratch=True)
    return listed


def _programmes(steps: Steps, rows: str) -> list[str]:
    found = steps.fetch(f"SELECT DISTINCT programme FROM {rows} AND programme IS NOT NULL")
    return [row[0] for row in found]


def _receives(listed: list[str]) -> str:
    """The facts `receives_PROGRAMME`; a programme of which no list came has none: not known."""
    return "".join(f", coalesce(r.receives_{p}, FALSE) AS receives_{p}" for p in listed)


def _write_person_acts(steps: Steps, day: Day) -> None:
    clock = day.clock
    rehabilitation = (
        f"(SELECT * FROM {cases(steps, day, clock.rehabilitation)} WHERE person_id IS NOT NULL)"
    )
    steps.whole(
        "person_cases", statement("person_cases", cases=rehabilitation, on=day.on), scratch=True
    )
    column = clock.finding_column
    wanted = {**ASSESSMENT, **({column: "VARCHAR"} if column else {})}
    assessments = (
        f"(SELECT *, {column or 'NULL::VARCHAR'} AS finding "
        f"FROM {received(steps, 'assessments', wanted)} "
        f"WHERE latest AND on_date <= DATE '{day.on}' AND person_id IS NOT NULL)"
    )
    steps.whole(
        "person_assessments",
        statement(
            "person_assessments",
            assessments=assessments,
            disability=codes(clock.disability_assessment),
            review=codes(clock.review_assessment),
        ),
        scratch=True,
    )
    _write_claims(steps, day)


def _write_claims(steps: Steps, day: Day) -> None:
    """`exempt_claims`: of whom a record says what the register does not believe."""
    wanted = columns_of(day.names, day.clock.claimed)
    claimed = text(to_sql(day.clock.claimed, Columns(day.names, PERSON_TABLE), day.on))
    persons = received(steps, "persons", {**PERSON, **wanted})
    there = steps.fetch(f"DESCRIBE SELECT * FROM {steps.ctx.scan('standardise', 'records')}")
    has = {row[0] for row in there}
    columns = "".join(
        f", {c if c in has else f'NULL::{kind} AS {c}'}" for c, kind in wanted.items()
    )
    records = (
        f"(SELECT rid, as_of{columns} FROM {steps.ctx.scan('standardise', 'records')} "
        f"WHERE latest AND as_of <= DATE '{day.on}')"
    )
    believed = f"(SELECT person_id, family_id FROM {persons} WHERE NOT coalesce({claimed}, FALSE))"
    sql = statement(
        "exempt_claims",
        records=f"(SELECT rid, as_of FROM {records} WHERE {claimed})",
        spine=steps.ctx.scan("resolve", "spine"),
        persons=believed,
        person_id=ids.shown(ids.PERSON, "c.pid"),
        visits=steps.scan("family_visits"),
    )
    if not tables.exists(steps.ctx.table("resolve", "spine")):
        sql = "SELECT NULL::VARCHAR AS person_id LIMIT 0"
    steps.whole("exempt_claims", sql, scratch=True)


def _groups(steps: Steps, day: Day) -> str:
    """Members, on the day, of groups that live."""
    joined, left = day.clock.joined_column, day.clock.left_column
    wanted = {**GROUP, **{column: "DATE" for column in (joined, left) if column}}
    on = f"DATE '{day.on}'"
    conditions = [
        "latest",
        f"kind IN ({codes(day.clock.groups)})",
        f"NOT coalesce(state IN ({codes(day.clock.group_over)}), FALSE)",
        *([f"coalesce({joined} <= {on}, TRUE)"] if joined else []),
        *([f"coalesce({left} > {on}, TRUE)"] if left else []),
    ]
    return f"(SELECT * FROM {received(steps, 'groups', wanted)} WHERE {' AND '.join(conditions)})"


def _write_persons(steps: Steps, day: Day, listed: list[str]) -> None:
    given = {
        "persons": received(steps, "persons", PERSON),
        "clock": steps.scan("person_clock"),
        "cases": steps.scan("person_cases"),
        "assessments": steps.scan("person_assessments"),
        "claims": steps.scan("exempt_claims"),
        "groups": _groups(steps, day),
        "received": steps.scan("person_receives"),
        "receives": _receives(listed),
    }

    def sql(part: Part) -> str:
        return statement("person_history", part=of_family(part, "p.family_id"), **given)

    steps.parts("person_history", sql, key=FAMILY)


def _write_families(steps: Steps, day: Day, listed: list[str]) -> None:
    named = {name: name for name in ("rungs", "shocks", "extensions", "visits", "incomes")}
    given = {
        **{name: steps.scan(f"family_{table}") for name, table in named.items()},
        "families": received(steps, "families", {"family_id": "VARCHAR", "status": "VARCHAR"}),
        "ranking": steps.ctx.scan("rank", "ranking"),
        "received": steps.scan("family_receives"),
        "above": steps.scan("family_above"),
        "exits": steps.scan("exits"),
        "suspensions": f"(SELECT * FROM {cases(steps, day, day.clock.suspension)} WHERE open)",
        "above_months": above_months(),
        "support_open": _runs(
            day, listed, [f"r.receives_{p}" for p in day.clock.programmes if p in listed]
        ),
        "bound_open": _runs(day, listed, ["r.bound"]),
        "receives": _receives(listed),
    }

    def sql(part: Part) -> str:
        return statement("family_history", part=of_family(part, "f.family_id"), **given)

    steps.parts("family_history", sql, key=FAMILY)


def _runs(day: Day, listed: list[str], running: list[str]) -> str:
    """Whether any of these is so; not known where a list of a programme that counts is missing."""
    known = [f"coalesce({one}, FALSE)" for one in running]
    missing = ["NULL::BOOLEAN"] if set(day.clock.programmes) - set(listed) else []
    return f"({' OR '.join([*known, *missing]) or 'FALSE'})"
