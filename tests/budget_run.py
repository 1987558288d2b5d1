"""A run by hand whose money is worked out: spells, payments and deaths as a test states them.

run = money(tmp_path, enrolments=[...], payments=[...], persons=[...])
run.rows("reconciliation")
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

from history_run import HistoryRun, family, person, today
from tangga.engine.budget.absorption import write_absorption
from tangga.engine.budget.owed import write_deaths, write_owed
from tangga.engine.budget.reconcile import write_reconciliation
from tangga.engine.budget.stage import write_lines
from tangga.engine.budget.support import write_support
from tangga.engine.plan.clock import Day, write_spells
from tangga.engine.plan.lists import MOVES
from tangga.engine.plan.rows import relation_of
from tangga.engine.received import received
from tangga.engine.runner import Steps
from tangga.registry.areas import Areas, load_areas
from tangga.registry.load import load_pack
from tangga.rules.clock_settings import Clock
from tangga.rules.exits_sql import graduations_sql
from tangga.rules.rates import Window

ON = date(2026, 1, 31)
Row = Mapping[str, Any]
QUARTERS = [
    (date(2025, 1, 1), date(2025, 3, 31)),
    (date(2025, 4, 1), date(2025, 6, 30)),
    (date(2025, 7, 1), date(2025, 9, 30)),
    (date(2025, 10, 1), date(2025, 12, 31)),
]

GIVEN = {
    "components": {"family_id": "VARCHAR", "person_id": "VARCHAR", "programme": "VARCHAR",
                   "component": "VARCHAR", "known": "BOOLEAN"},
    "benefits": {"family_id": "VARCHAR", "person_id": "VARCHAR", "programme": "VARCHAR",
                 "amount": "BIGINT"},
    "determined": {"family_id": "VARCHAR", "person_id": "VARCHAR", "programme": "VARCHAR"},
    "payments_after_death": {"source": "VARCHAR", "source_id": "VARCHAR", "died_on": "DATE",
                             "what": "VARCHAR"},
}  # fmt: skip
"""Tables of the stage that are there before the money, and may be stated by a test."""


@cache
def areas() -> Areas:
    """The areas of the pack, read once for all runs: there are many."""
    return load_areas(load_pack("indonesia").dir, ())


def spell(family_id: str, programme: str = "sembako", **said: Any) -> Row:
    """Support that runs since 2020."""
    plain = {"person_id": None, "component": None, "status": "active", "valid_to": None}
    return {**plain, "family_id": family_id, "programme": programme,
            "valid_from": date(2020, 1, 1), **said}  # fmt: skip


def paid(family_id: str | None, quarter: int = 1, amount: int | None = 600_000, **said: Any) -> Row:
    """A payment of Sembako for a quarter of 2025 (1 to 4)."""
    start, end = QUARTERS[quarter - 1]
    plain = {"person_id": None, "programme": "sembako", "component": None, "status": "paid",
             "period_start": start, "period_end": end, "paid_on": date(2025, 12, 20),
             "amount": amount, "file": "bayar.csv", "line": 2}  # fmt: skip
    return {**plain, "family_id": family_id, **said}


def money(
    folder: Path,
    *,
    enrolments: Iterable[Row] = (),
    payments: Iterable[Row] = (),
    persons: Iterable[Row] = (),
    families: Iterable[Row] = (),
    events: Iterable[Row] = (),
    deaths: Iterable[Row] = (),
    death_review: Iterable[Row] = (),
    event_review: Iterable[Row] = (),
    given: Mapping[str, Iterable[Row]] | None = None,
    on: date = ON,
    parts: int = 1,
) -> HistoryRun:
    """A run with the tables of budgets; a family named anywhere lives in Kota Bengkulu."""
    run = HistoryRun(folder, on, parts)
    run.ctx.workspace.__dict__["pack_areas"] = areas()
    enrolments, payments, persons = list(enrolments), list(payments), list(persons)
    told = {row["family_id"] for row in families}
    named = {row["family_id"] for row in [*enrolments, *payments]} - told - {None}
    lived = {row["family_id"] for row in persons}
    tables: dict[str, list[Row]] = {
        "enrolments": enrolments,
        "payments": payments,
        "families": [*families, *(family(id_) for id_ in sorted(named))],
        "persons": [*persons, *(person(f"P-{id_}", id_) for id_ in sorted(named - lived))],
        "events": list(events),
        "deaths": list(deaths),
        "death_review": list(death_review),
        "event_review": list(event_review),
    }
    run.write(**tables)
    says = today(on)
    day = Day(on, Clock.of(says.clock.says), says.facts.names)
    with Steps(run.ctx, "plan") as steps:
        write_spells(steps, day)
        moves = received(steps, "events", MOVES, where="latest")
        steps.whole("graduations", graduations_sql(says, moves, steps.scan("spells")))
        for name, columns in GIVEN.items():
            stated = (given or {}).get(name, ())
            rows = (tuple(row.get(column) for column in columns) for row in stated)
            steps.whole(name, f"SELECT * FROM {relation_of(columns, rows)}")
        window = Window.of(on, says.settings["budget"].says["years_before"])
        write_lines(steps, says)
        write_deaths(steps, says)
        write_support(steps, says)
        write_owed(steps, says, window)
        write_reconciliation(steps, says, window)
        write_absorption(steps, says)
    return run
