"""Payments held against what is owed: every row of every payment file, to the rupiah.

    write_reconciliation(steps, today, window)      # after `write_owed`

A payment draws on what is owed to its family (or person) by its programme for its months. Payments
for payment periods, as nearly all are, are matched period by period; where those of a family cut
across periods (a month beside a quarter), all of its payments of that programme are matched month
by month. Nothing is matched twice, and what does not match says why.
"""

from __future__ import annotations

from tangga.engine import tables
from tangga.engine.budget.owed import MONTH
from tangga.engine.budget.statements import statement
from tangga.engine.budget.support import counted_exits
from tangga.engine.plan.clock import codes
from tangga.engine.plan.cut import of_family, of_part
from tangga.engine.plan.months import month
from tangga.engine.plan.units import of_persons
from tangga.engine.received import received
from tangga.engine.runner import Part, Steps
from tangga.engine.standardise.dates import EARLIEST
from tangga.rules.on_date import OnDate
from tangga.rules.rates import Window
from tangga.rules.settings_budget import STATUSES

PAYMENT = {
    "rid": "BIGINT",
    "source": "VARCHAR",
    "source_id": "VARCHAR",
    "file": "VARCHAR",
    "line": "BIGINT",
    "latest": "BOOLEAN",
    "programme": "VARCHAR",
    "component": "VARCHAR",
    "person_id": "VARCHAR",
    "family_id": "VARCHAR",
    "status": "VARCHAR",
    "amount": "BIGINT",
    "paid_on": "DATE",
    "period_start": "DATE",
    "period_end": "DATE",
}
PERSON = {"person_id": "VARCHAR", "nik": "VARCHAR"}
REVIEW = {"person_id": "VARCHAR", "death_date": "DATE"}
EVENT_REVIEW = {"person_id": "VARCHAR", "event": "VARCHAR", "on_date": "DATE"}
QUARANTINE = {"source": "VARCHAR", "file": "VARCHAR", "line": "BIGINT"}
PROBLEM = dict.fromkeys(("source", "source_id", "field", "problem", "value"), "VARCHAR")
FORMS = ("%Y-%m-%d", "%d-%m-%Y", "%d/%m/%Y", "%d.%m.%Y", "%Y/%m/%d", "%Y%m%d")
"""Forms of a date with its whole year."""
KIND = "payments"
PAID = "paid"
PAID_KINDS = ("untouched", "no_amount", "unreadable", "no_programme", "nobody", "no_period",
              "other_period")  # fmt: skip
"""What was paid out, though it takes no part in the matching."""
WHYS = ("failed", "returned", "pending", "untouched", "to_recover", "other_units", "unreadable",
        "no_amount", "other_status", "later", "negative")  # fmt: skip
"""States that say why less was received than is owed."""
ONCE = "yearly * (m - first + 1) // (past - first) - yearly * (m - first) // (past - first)"


def write_reconciliation(steps: Steps, today: OnDate, window: Window) -> None:
    """Write `reconciliation`, `reconciliation_totals` and `unpaid`."""
    steps.whole("pay_rows", _rows(steps, today, window), scratch=True)
    _write_matched(steps, today)
    steps.whole("reconciliation", _states(steps, today, window))
    totals = statement("totals", reconciliation=steps.scan("reconciliation"))
    steps.whole("reconciliation_totals", totals)
    _write_unpaid(steps, today)
    steps.drop(
        "pay_rows", "pools", "pool_months", "weighed", "shares", "matched", "entitled", "rates"
    )


def _rows(steps: Steps, today: OnDate, window: Window) -> str:
    says = today.settings["budget"].says
    start, end = "coalesce(y.period_start, y.period_end)", "coalesce(y.period_end, y.period_start)"
    states = "\n         ".join(
        f"WHEN status IN ({codes(says[status])}) THEN '{status}'"
        for status in STATUSES
        if status != PAID
    )
    return statement(
        "pay_rows",
        payments=received(steps, KIND, PAYMENT),
        spells=steps.scan("spells"),
        after_death=steps.scan("payments_after_death"),
        doubts=f"({_doubts(steps, today)})",
        problems=_standardised(steps, "problems", PROBLEM),
        of_persons=codes(of_persons(today)),
        first_month=month(start),
        last_month=month(end),
        base=window.first,
        months=window.months,
        now=f"{window.on.year * 12 + window.on.month - 1 - window.first}",
        day=window.on,
        earliest=EARLIEST,
        forms=codes(FORMS),
        paid=codes(says[PAID]),
        states=states,
    )


def _doubts(steps: Steps, today: OnDate) -> str:
    """Payments that name somebody whose death, or its day, is not known for sure."""
    column = today.clock.says["payee_number_column"]
    wanted = {**PAYMENT, **({column: "VARCHAR"} if column else {})}
    rows = received(steps, KIND, wanted, where="latest")
    return statement(
        "doubts",
        payments=f"(SELECT *, {column or 'NULL::VARCHAR'} AS number FROM {rows})",
        persons=received(steps, "persons", PERSON),
        dead=steps.scan("budget_dead"),
        review=received(steps, "death_review", REVIEW),
        events=received(steps, "event_review", EVENT_REVIEW, where="event = 'death'"),
    )


def _standardised(steps: Steps, table: str, columns: dict[str, str]) -> str:
    """A table of the stage `standardise`; without rows where this run has none."""
    if tables.exists(steps.ctx.table("standardise", table)):
        return steps.ctx.scan("standardise", table)
    nothing = ", ".join(f'NULL::{kind} AS "{name}"' for name, kind in columns.items())
    return f"(SELECT {nothing} WHERE FALSE)"


def _write_matched(steps: Steps, today: OnDate) -> None:
    """The payments that take part: `pool_months`, `weighed`, `shares` and `matched`."""
    persons = codes(of_persons(today))
    factors = today.settings["budget"].says["unit_factors"]
    units = " OR ".join(f"amount * {f} = known OR amount = known * {f}" for f in factors)

    def paying(part: Part) -> str:
        cut = of_family(part, "pool_family")
        return f"(SELECT * FROM {steps.scan('pay_rows')} WHERE kind IS NULL AND {cut})"

    def months(part: Part) -> str:
        entitled, rates = of_part(steps, "entitled", part), steps.scan("rates")
        given = {"paying": paying(part), "entitled": entitled, "rates": rates}
        return statement("pool_months", month=MONTH, share_of_once=ONCE, **given)

    def pools(part: Part) -> str:
        return statement("pools", owed=of_part(steps, "owed", part), of_persons=persons)

    def weighed(part: Part) -> str:
        given = {name: _of_pool(steps, name, part) for name in ("pools", "pool_months")}
        given["owed"] = of_part(steps, "owed", part)
        return statement(
            "weighed", paying=paying(part), of_persons=persons, units=units or "FALSE", **given
        )

    def shares(part: Part) -> str:
        given = {name: _of_pool(steps, name, part) for name in ("weighed", "pool_months")}
        return statement("shares", **given)

    def matched(part: Part) -> str:
        return statement(
            "matched", **{name: _of_pool(steps, name, part) for name in ("weighed", "shares")}
        )

    steps.parts("pool_months", months, scratch=True)
    steps.parts("pools", pools, scratch=True)
    steps.parts("weighed", weighed, scratch=True)
    steps.parts("shares", shares, scratch=True)
    steps.parts("matched", matched, scratch=True)


def _of_pool(steps: Steps, table: str, part: Part) -> str:
    """A table keyed by pool as a relation: the rows of the families of this part."""
    return f"(SELECT * FROM {steps.scan(table)} WHERE {of_family(part, 'pool_family')})"


def _states(steps: Steps, today: OnDate, window: Window) -> str:
    sources = tuple(s.name for s in steps.ctx.workspace.sources if s.kind == KIND)
    return statement(
        "reconciliation",
        rows=steps.scan("pay_rows"),
        matched=steps.scan("matched"),
        spells=steps.scan("spells"),
        dead=steps.scan("budget_dead"),
        gone=steps.scan("budget_gone"),
        support=steps.scan("budget_spells"),
        graduated=steps.scan("budget_graduated"),
        counted=codes(today.clock.says["programmes"]),
        counts=codes(counted_exits(today)),
        families=_families(steps),
        quarantine=_standardised(steps, "quarantine", QUARANTINE),
        sources=codes(sources),
        of_persons=codes(of_persons(today)),
        spell_first=month("valid_from"),
        spell_past=f"coalesce({month('(valid_to - 1)')} + 1, 0)",
        base=window.first,
        tolerance=int(today.settings["budget"].says["tolerance"]),
        paid_kinds=codes(PAID_KINDS),
    )


def _families(steps: Steps) -> str:
    return received(steps, "families", {"family_id": "VARCHAR", "village": "VARCHAR"})


def _write_unpaid(steps: Steps, today: OnDate) -> None:
    def sql(part: Part) -> str:
        return statement(
            "unpaid",
            pools=_of_pool(steps, "pools", part),
            weighed=steps.scan("weighed"),
            matched=steps.scan("matched"),
            shares=steps.scan("shares"),
            rates=steps.scan("rates"),
            every=steps.scan("pay_rows"),
            states=steps.scan("reconciliation"),
            families=_families(steps),
            tolerance=int(today.settings["budget"].says["tolerance"]),
            whys=codes(WHYS),
        )

    steps.parts("unpaid", sql)
