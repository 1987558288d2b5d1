"""Arrears: what a family is owed whose support was stopped wrongly and is restored.

A stop is undone by an event that restores, or by support that runs again after an end that can have
been wrong (`exits.toml` says which these are). Few families have one: the months and the rupiah are
worked out by `rules.effect`, with the one rounding point of `rules.money`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from datetime import date
from typing import Any

from tangga.engine.plan.clock import ENROLMENT, codes
from tangga.engine.plan.months import month
from tangga.engine.plan.rows import relation_of
from tangga.engine.plan.statements import statement
from tangga.engine.received import received
from tangga.engine.runner import Steps
from tangga.rules.days import first_day
from tangga.rules.effect import arrears, owed
from tangga.rules.on_date import OnDate, Policy
from tangga.rules.policy import IN_FORCE

PAYMENT = {
    "family_id": "VARCHAR",
    "person_id": "VARCHAR",
    "programme": "VARCHAR",
    "component": "VARCHAR",
    "status": "VARCHAR",
    "period_start": "DATE",
    "period_end": "DATE",
    "paid_on": "DATE",
}
EVENT = {"family_id": "VARCHAR", "person_id": "VARCHAR", "event": "VARCHAR", "on_date": "DATE"}
ARREARS = {
    "family_id": "VARCHAR",
    "person_id": "VARCHAR",
    "programme": "VARCHAR",
    "component": "VARCHAR",
    "stopped_on": "DATE",
    "restored_on": "DATE",
    "why": "VARCHAR",
    "source": "VARCHAR",
    "source_id": "VARCHAR",
    "months": "INTEGER",
    "missed": "VARCHAR",
    "amount": "BIGINT",
}
Row = dict[str, Any]


def write_arrears(steps: Steps, today: OnDate) -> None:
    """Write `arrears`, one row a stop that was undone and left months unpaid."""
    steps.whole("stopped", _stopped(steps, today), scratch=True)
    table = steps.con.execute(f"SELECT * FROM {steps.scan('stopped')}").to_arrow_table()
    rows = _arrears(table.to_pylist(), steps.ctx.workspace.rulebook)
    steps.whole("arrears", f"SELECT * FROM {relation_of(ARREARS, rows)} ORDER BY ALL")


def _stopped(steps: Steps, today: OnDate) -> str:
    clock, exits = today.clock.says, today.setting("exits").says
    day = f"DATE '{today.day}'"
    reasons = [reason for exit_ in exits["restorable"] for reason in exits[exit_]]
    seen = f"latest AND on_date <= {day}"
    first, past = month("coalesce(period_start, period_end)"), "coalesce(period_end, period_start)"
    return statement(
        "stopped",
        enrolments=received(steps, "enrolments", {**ENROLMENT, "as_of": "DATE"}),
        restored=f"(SELECT * FROM {received(steps, 'events', EVENT, where=seen)} "
        f"WHERE event IN ({codes(exits['restored'])}))",
        benefits=steps.scan("benefits"),
        paid=f"(SELECT *, {first} AS first, {month(past)} + 1 AS past "
        f"FROM {received(steps, 'payments', PAYMENT, where='latest')} "
        f"WHERE coalesce(status IN ({codes(clock['payment_counts'])}), TRUE) "
        f"AND coalesce(paid_on <= {day}, TRUE))",
        exits=codes(exits["restorable"]),
        reasons=codes(tuple(reasons)),
        counted=codes(clock["enrolment_counts"]),
        open=codes(clock["enrolment_open"]),
        day=day,
    )


def _arrears(rows: Iterable[Row], policy: Policy) -> Iterator[tuple[object, ...]]:
    """A programme that pays by component is owed by component, where the components are listed."""
    listed = list(rows)
    by_part = {(row["family_id"], row["programme"]) for row in listed if row["component"]}
    for row in listed:
        if not row["component"] and (row["family_id"], row["programme"]) in by_part:
            continue
        paid = (m for span in row["paid"] for m in range(span["first"], span["past"]))
        months = arrears(row["stopped_on"], row["restored_on"], paid)
        if months:
            missed = ", ".join(f"{first_day(one):%Y-%m}" for one in months)
            said = {**row, "months": len(months), "missed": missed}
            yield tuple(
                {**said, "amount": owed(months, _amount_year(policy, row))}[c] for c in ARREARS
            )


def _amount_year(policy: Policy, row: Row) -> Callable[[date], int | None]:
    """What a spell gives a year by the rule of a day; None where no rule says it."""
    programme = policy.programmes.get(row["programme"])

    def on(day: date) -> int | None:
        version = programme.rule.on(day) if programme is not None else None
        if version is None or version.period.status != IN_FORCE:
            return None
        benefit = version.says.benefit
        if not benefit.components:
            return benefit.amount_year or None
        if not row["component"]:
            return int(row["family_amount"]) if row["family_amount"] is not None else None
        parts = {part.id: part.amount_year for part in benefit.components}
        return parts.get(row["component"])

    return on
