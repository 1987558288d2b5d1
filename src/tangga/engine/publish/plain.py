"""Open tables that are told as they stand: budgets, targets, outcomes. No family is in them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tangga.engine import tables
from tangga.engine.area_tree import AreaTree
from tangga.engine.catalogue import Run
from tangga.engine.connection import quoted
from tangga.engine.publish.counted import STAGE
from tangga.engine.runner import Steps
from tangga.rules.on_date import OnDate

PLAIN: dict[str, tuple[str, tuple[str, ...], str]] = {
    "budgets": (
        "budget_lines",
        ("year", "level", "area", "programme", "focus", "fund_source", "measure", "amount"),
        "TRUE",
    ),
    "targets": (
        "targets",
        ("year", "level", "area", "pilar", "programme", "measure", "value"),
        "coalesce(worker, '') = ''",
    ),
    "outcomes": (
        "outcomes",
        ("year", "level", "area", "measure", "unit", "survey", "target", "difference"),
        "TRUE",
    ),
}
"""Name in publish.toml -> table of the plan, its columns, and which rows (of areas, of no
worker)."""


@dataclass(frozen=True)
class Plain:
    """A table as written: name of a column -> its type in SQL."""

    id: str
    labels: Mapping[str, str]
    columns: Mapping[str, str]


def write_plain(steps: Steps, today: OnDate, tree: AreaTree, folder: Path) -> list[Plain]:
    """Write those that the policy declares and the run has."""
    found = []
    for table in today.settings[STAGE].says["plain"]:
        name, wanted, where = PLAIN[table["of"]]
        if tables.exists(steps.ctx.table("plan", name)):
            found.append(_write(steps, table, name, wanted, where, folder))
    return found


def _write(
    steps: Steps,
    table: Mapping[str, Any],
    name: str,
    wanted: tuple[str, ...],
    where: str,
    folder: Path,
) -> Plain:
    there = Run(steps.ctx.run_dir).columns("plan", name)
    columns = [one for one in wanted if one in there]
    rows = steps.ctx.scan("plan", name)
    sql = f"SELECT {', '.join(columns)} FROM {rows} WHERE {where} ORDER BY ALL"
    to = folder / f"{table['id']}.csv"
    steps.con.execute(f"COPY ({sql}) TO '{quoted(to)}' (FORMAT CSV, HEADER)")
    kinds = {row[0]: row[1] for row in steps.fetch(f"DESCRIBE {sql}")}
    return Plain(table["id"], table["labels"], kinds)
