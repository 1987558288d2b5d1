"""Payees: who receives running support and who should, and what was paid after a death."""

from __future__ import annotations

from functools import partial

from tangga.engine.plan.clock import codes
from tangga.engine.plan.died import died_sql
from tangga.engine.plan.statements import statement
from tangga.engine.plan.units import of_persons
from tangga.engine.received import received
from tangga.engine.runner import Steps
from tangga.rules.on_date import OnDate
from tangga.rules.payee_sql import after_death_sql, barred_sql, payees_sql

NOBODY = "(SELECT NULL::VARCHAR AS person_id WHERE FALSE)"
CASE = {"person_id": "VARCHAR", "opened": "DATE", "latest": "BOOLEAN"}
PAYMENT = {
    "family_id": "VARCHAR",
    "person_id": "VARCHAR",
    "programme": "VARCHAR",
    "component": "VARCHAR",
    "period_start": "DATE",
    "period_end": "DATE",
    "paid_on": "DATE",
    "amount": "BIGINT",
    "status": "VARCHAR",
    "payee": "VARCHAR",
    "source": "VARCHAR",
    "source_id": "VARCHAR",
}


def write_payees(steps: Steps, today: OnDate) -> None:
    """Write `payees` and `payments_after_death`."""
    steps.whole("payees", _payees(steps, today))
    steps.whole("payments_after_death", _after_death(steps, today))


def _payees(steps: Steps, today: OnDate) -> str:
    """Whose payee must change, and who should be: of support for families."""
    for_family = f"coalesce(programme NOT IN ({codes(of_persons(today))}), TRUE)"
    running = f"(SELECT * FROM {steps.scan('spells')} WHERE open AND {for_family})"
    dead = f"(SELECT person_id FROM {steps.ctx.scan('resolve', 'persons')} WHERE status = 'dead')"
    facts, persons = steps.scan("facts"), steps.scan("person_facts")
    barred = _barred(steps, today, persons)
    sql = payees_sql(today, running, facts, persons, barred, dead)
    return f"SELECT * FROM ({sql}) ORDER BY ALL"


def _barred(steps: Steps, today: OnDate, persons: str) -> str:
    """Whom recorded violence bars, by the two columns of a case that the pack names for it.

    A case that is closed bars as well: that it is over says nothing of who did it.
    """
    says = today.settings["payee"].says if "payee" in today.settings else None
    violence, by_payee = (
        says[key] if says else "" for key in ("violence_column", "against_payee_column")
    )
    if not violence or not by_payee:
        return NOBODY
    wanted = {**CASE, violence: "BOOLEAN", by_payee: "BOOLEAN"}
    where = f"latest AND coalesce(opened <= DATE '{today.day}', TRUE)"
    cases = f"(SELECT * FROM {received(steps, 'cases', wanted)} WHERE {where})"
    return f"({barred_sql(cases, persons, violence, by_payee)})"


def _after_death(steps: Steps, today: OnDate) -> str:
    """Payments for a time after the death of the person they name, or of their payee."""
    column = today.clock.says["payee_number_column"]
    wanted = {**PAYMENT, **({column: "VARCHAR"} if column else {})}
    made = f"coalesce(paid_on <= DATE '{today.day}', TRUE)"
    rows = received(steps, "payments", wanted, where="latest")
    payments = f"(SELECT *, {column or 'NULL::VARCHAR'} AS number FROM {rows} WHERE {made})"
    persons = died_sql(partial(received, steps), today.day)
    named = statement(
        "named_in_payments",
        payments=payments,
        persons=persons,
    )
    sql = after_death_sql(f"({named})", persons)
    return f"SELECT * FROM ({sql}) ORDER BY ALL"
