"""What records of acts say of a family's past: moves, shocks, visits, extensions, ends.

Each step is small: few families have any such record. `family_history` joins them.
"""

from __future__ import annotations

from collections.abc import Iterable

from tangga.engine.plan.clock import Day, codes
from tangga.engine.plan.months import month
from tangga.engine.plan.statements import statement
from tangga.engine.received import received
from tangga.engine.runner import Steps
from tangga.rules.days import months_before
from tangga.rules.facts import FactBook, Lookup
from tangga.rules.lines import Lines
from tangga.rules.names import FAMILY_TABLE

EVENT = {
    "family_id": "VARCHAR",
    "person_id": "VARCHAR",
    "event": "VARCHAR",
    "on_date": "DATE",
    "shock": "VARCHAR",
    "track": "VARCHAR",
    "rung": "VARCHAR",
    "exit": "VARCHAR",
    "until": "DATE",
    "document": "VARCHAR",
    "by": "VARCHAR",
    "source": "VARCHAR",
    "source_id": "VARCHAR",
    "rid": "BIGINT",
    "latest": "BOOLEAN",
}
VISIT = {
    "family_id": "VARCHAR",
    "on_date": "DATE",
    "worker": "VARCHAR",
    "result": "VARCHAR",
    "village": "VARCHAR",
    "shock": "VARCHAR",
    "statement": "VARCHAR",
    "document": "VARCHAR",
    "rid": "BIGINT",
    "latest": "BOOLEAN",
}
CASE = {
    "family_id": "VARCHAR",
    "person_id": "VARCHAR",
    "kind": "VARCHAR",
    "opened": "DATE",
    "closed": "DATE",
    "state": "VARCHAR",
    "as_of": "DATE",
    "latest": "BOOLEAN",
}


def write_family_acts(steps: Steps, day: Day, spells: str, book: FactBook) -> None:
    """Write `exits` and the scratch tables that `family_history` joins."""
    events, visits = _events(steps, day), _visits(steps, day)
    step = _Step(steps)
    step.run("family_rungs", events=events)
    steps.whole("family_shocks", shocks_sql(steps, day), scratch=True)
    step.run("family_extensions", events=events, most=day.clock.extension_months)
    steps.whole("exits", statement("exits", spells=spells, events=events))
    step.run("family_visits", visits=visits, rungs=steps.scan("family_rungs"))
    seen = f"(SELECT * FROM {visits} WHERE income IS NOT NULL)"
    families = received(steps, "families", {"family_id": "VARCHAR", "village": "VARCHAR"})
    persons = received(steps, "persons", {"family_id": "VARCHAR", "status": "VARCHAR"})
    lines = _lines_sql(_lines(book, day.clock.line_fact))
    step.run("village_lines", visits=seen, families=families, lines=lines)
    step.run(
        "observations",
        visits=seen,
        persons=persons,
        families=families,
        lines=steps.scan("village_lines"),
        buffer=day.clock.buffer,
    )
    step.run("family_above", observations=steps.scan("observations"))
    step.run("family_incomes", visits=seen, persons=persons)
    steps.drop("village_lines", "observations")


def shocks_sql(steps: Steps, day: Day) -> str:
    """SELECT of the families in an open shock: family_id, shock_on, shock."""
    return statement(
        "family_shocks",
        events=_events(steps, day),
        visits=_visits(steps, day),
        unnamed=day.clock.shock_unnamed,
        ends=codes(day.clock.shock_ends),
        since=months_before(day.on, day.clock.shock_months),
    )


class _Step:
    """Statements of this stage that only later steps read."""

    def __init__(self, steps: Steps) -> None:
        self.steps = steps

    def run(self, name: str, **given: object) -> None:
        self.steps.whole(name, statement(name, **given), scratch=True)


def _events(steps: Steps, day: Day) -> str:
    rows = received(steps, "events", EVENT)
    return (
        f"(SELECT * FROM {rows} WHERE latest AND on_date <= DATE '{day.on}' "
        "AND family_id IS NOT NULL)"
    )


def _visits(steps: Steps, day: Day) -> str:
    """Visits by the day; `income` as the pack's column says it, `complete` or not."""
    column = day.clock.income_column
    wanted = {**VISIT, **({column: "BIGINT"} if column else {})}
    rows = received(steps, "visits", wanted)
    return (
        f"(SELECT * REPLACE (CASE WHEN statement NOT IN ({codes(day.clock.unsaid)}) "
        f"THEN statement END AS statement), {column or 'NULL::BIGINT'} AS income, "
        f"coalesce(result IN ({codes(day.clock.complete_visit)}), FALSE) AS complete "
        f"FROM {rows} WHERE latest AND on_date <= DATE '{day.on}' AND family_id IS NOT NULL)"
    )


def cases(steps: Steps, day: Day, kinds: Iterable[str]) -> str:
    """Cases of some kinds by the day, each `open` or not, with when it was last `reviewed`."""
    column = day.clock.reviewed_column
    wanted = {**CASE, **({column: "DATE"} if column else {})}
    over = f"coalesce(state IN ({codes(day.clock.case_over)}), FALSE)"
    return (
        f"(SELECT *, coalesce(closed > DATE '{day.on}', NOT {over}) AS open, "
        f"{column or 'NULL::DATE'} AS reviewed FROM {received(steps, 'cases', wanted)} "
        f"WHERE latest AND opened <= DATE '{day.on}' AND kind IN ({codes(tuple(kinds))}))"
    )


def _lines(book: FactBook, name: str) -> Lines | None:
    """The poverty lines behind a fact of the family; None in a policy without it."""
    fact = book.facts.get((FAMILY_TABLE, name))
    derivation = fact.derivation if fact else None
    return derivation.lines if isinstance(derivation, Lookup) else None


def _lines_sql(lines: Lines | None) -> str:
    """Relation of `area, valid_from, valid_to, amount`: which line holds from when to before
    when."""
    rows = [
        f"('{line.area}', DATE '{line.valid_from}', {line.amount}::DECIMAL(18, 0))"
        for line in (lines.lines if lines else ())
    ]
    held = ", ".join(rows) or "('', NULL::DATE, NULL::DECIMAL(18, 0))"
    return (
        "(SELECT *, lead(valid_from) OVER (PARTITION BY area ORDER BY valid_from) AS valid_to "
        f"FROM (VALUES {held}) AS t(area, valid_from, amount))"
    )


def above_months() -> str:
    """SQL of the whole months from the first to the last observation (`days.whole_months`)."""
    short = "least(day(a.above_last), day(last_day(a.above_first))) < day(a.above_first)"
    return f"{month('a.above_last')} - {month('a.above_first')} - ({short})::INTEGER"
