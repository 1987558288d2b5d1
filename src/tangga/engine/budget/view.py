"""What `tangga budget` says of an area: its budget, payments beside what is owed, the foci."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import duckdb

from tangga.engine.area_tree import AreaTree, area_tree, asked_area
from tangga.engine.budget.documents import several
from tangga.engine.budget.statements import statement
from tangga.engine.catalogue import Run
from tangga.engine.connection import connect
from tangga.engine.current import last_complete
from tangga.engine.manifest import day_of
from tangga.engine.plan.decisions import quoted
from tangga.engine.workspace import load_workspace
from tangga.errors import UserError
from tangga.registry.model import Pack
from tangga.rules.policy import Settings

Row = dict[str, Any]
YEAR_OF = "year(coalesce(period_start, period_end, paid_on))"
"""The year of a payment: that of its period."""
EXCEEDED = "state = 'exceeded' OR scope_state = 'exceeded' OR coalesce(plan_exceeds, FALSE)"
SUMS = (
    "count(*)::BIGINT AS rows, coalesce(sum(amount), 0)::BIGINT AS amount, "
    "coalesce(sum(matched), 0)::BIGINT AS matched, "
    "coalesce(sum(unmatched), 0)::BIGINT AS unmatched, "
    "(count(*) - count(amount))::BIGINT AS no_amount"
)


@dataclass(frozen=True)
class BudgetView:
    """The money of an area in a year, from the last complete run. Rows as dicts.

    lines: rows of `budget_tree` of the area itself; inside: of the areas just inside that have a
    figure. exceeded: where detail or plan lines are more than what holds them, here or further
    inside; planned: the plan lines. several: money that several documents speak of, and add up;
    replaced: lines that count nothing. absorption: by programme and source of funds. states:
    payments by what became of them; files: the same of each file, whole,
    where no area was asked for. to_check: payments by what somebody has to look at. undated:
    payments without a year, which stand in `files` alone. periods: by programme and period, what
    is owed, paid and lacking. foci: small figures of those that the policy hides are None, and
    `hidden`. years: those that have any figure.
    """

    area: str
    name: str
    year: int
    day: date
    years: list[int]
    lines: list[Row]
    inside: list[Row]
    exceeded: list[Row]
    planned: list[Row]
    several: list[Row]
    replaced: list[Row]
    absorption: list[Row]
    states: list[Row]
    files: list[Row]
    to_check: list[Row]
    undated: int
    periods: list[Row]
    unpaid: list[Row]
    foci: list[Row]

    def as_dict(self) -> dict[str, Any]:
        """All of it, for programs."""
        return {**vars(self), "day": str(self.day)}


def budget_view(directory: Path, *, year: int | None, area: str | None) -> tuple[BudgetView, Pack]:
    """The money of an area (None: all) as the last complete run has it, and the pack of its words.

    year: None for that of the run. UserError for an area that the pack lacks, without a run, and
    where the run has no budgets.
    """
    workspace = load_workspace(directory)
    code = asked_area(workspace.pack_areas, area)
    run = Run(last_complete(directory))
    if not run.has("plan", "budget_tree"):
        todo = f"Run it again (tangga run {directory}), by a policy that has budget.toml"
        raise UserError("the last complete run has no budgets", file=directory, todo=todo)
    says = workspace.today.settings["budget"].says
    with connect() as con:
        tree = area_tree(workspace.pack_areas)
        look = _Look(con, run, code, tree, day_of(run.folder), year, says)
        return look.view(), workspace.pack


@dataclass(frozen=True)
class _Look:
    """One look at the tables of a run. asked: the year that somebody asked for."""

    con: duckdb.DuckDBPyConnection
    run: Run
    area: str
    tree: AreaTree
    day: date
    asked: int | None
    says: Settings

    @property
    def year(self) -> int:
        return self.asked or self.day.year

    @property
    def lives(self) -> str:
        """The condition that a family lives in the area; who lives nowhere known is in all only."""
        return f"starts_with(coalesce(village, ''), {quoted(self.area)})"

    def view(self) -> BudgetView:
        return BudgetView(
            area=self.area,
            name=self.tree.name(self.area),
            year=self.year,
            day=self.day,
            years=self._years(),
            lines=self._budget(f"area = {quoted(self.area)}"),
            inside=self._inside(),
            exceeded=self._budget(f"({EXCEEDED}) AND starts_with(area, {quoted(self.area)})"),
            planned=self._written("plan_line IS NOT NULL"),
            several=self._several(),
            replaced=self._written("replaced_by IS NOT NULL"),
            absorption=self._of_area("absorption", "programme, fund_source NULLS FIRST"),
            states=self._states(),
            files=self._files(),
            to_check=self._to_check(),
            undated=self._undated(),
            periods=self._periods(),
            unpaid=self._unpaid(),
            foci=[shown(row, self.says) for row in self._foci()],
        )

    def _rows(self, sql: str) -> list[Row]:
        found: list[Row] = self.con.sql(sql).to_arrow_table().to_pylist()
        return found

    def _scan(self, table: str) -> str:
        return self.run.scan("plan", table)

    def _years(self) -> list[int]:
        found = self.con.execute(
            f"SELECT DISTINCT year FROM {self._scan('budget_lines')} "
            f"UNION SELECT DISTINCT {YEAR_OF} FROM {self._scan('reconciliation')} "
            f"UNION SELECT DISTINCT year FROM {self._scan('owed')}"
        ).fetchall()
        return sorted(year for (year,) in found if year is not None)

    def _budget(self, where: str) -> list[Row]:
        found = self._rows(
            f"SELECT * FROM {self._scan('budget_tree')} WHERE year = {self.year} AND {where} "
            "ORDER BY area, fund_source NULLS LAST, measure, focus NULLS FIRST, "
            "programme NULLS FIRST"
        )
        return [{**row, "name": self.tree.name(row["area"])} for row in found]

    def _inside(self) -> list[Row]:
        """Of the areas just inside, each figure that somebody wrote."""
        below = self.tree.below(self.tree.level(self.area))
        if below is None:
            return []
        inside = f"level = {quoted(below)} AND starts_with(area, {quoted(self.area)})"
        return self._budget(f"{inside} AND coalesce(amount, plan_amount) IS NOT NULL")

    def _written(self, where: str) -> list[Row]:
        """Budget lines of the area and of those inside it."""
        here = f"year = {self.year} AND starts_with(area, {quoted(self.area)})"
        return self._rows(
            f"SELECT * FROM {self._scan('budget_lines')} WHERE {here} AND {where} "
            "ORDER BY area, fund_source, focus, programme, plan_line, document, file, line"
        )

    def _several(self) -> list[Row]:
        """Money of which more than one document stands."""
        here = f"year = {self.year} AND starts_with(area, {quoted(self.area)})"
        found = self._rows(several(self._scan("budget_lines"), here))
        return [{**row, "name": self.tree.name(row["area"])} for row in found]

    def _foci(self) -> list[Row]:
        return self._of_area("foci", "focus, fund_source NULLS FIRST")

    def _of_area(self, table: str, by: str) -> list[Row]:
        where = f"year = {self.year} AND area = {quoted(self.area)}"
        return self._rows(f"SELECT * FROM {self._scan(table)} WHERE {where} ORDER BY {by}")

    def _states(self) -> list[Row]:
        return self._rows(
            f"SELECT state, {SUMS} FROM {self._scan('reconciliation')} "
            f"WHERE {YEAR_OF} = {self.year} AND {self.lives} GROUP BY state "
            "ORDER BY amount DESC, rows DESC, state"
        )

    def _files(self) -> list[Row]:
        if self.area:
            return []
        return self._rows(
            f"SELECT source, file, {SUMS} FROM {self._scan('reconciliation')} "
            "GROUP BY source, file ORDER BY source, file"
        )

    def _to_check(self) -> list[Row]:
        where = f"{YEAR_OF} = {self.year} AND to_check IS NOT NULL AND {self.lives}"
        return self._rows(
            f"SELECT to_check, count(*)::BIGINT AS rows, sum(amount)::BIGINT AS amount "
            f"FROM {self._scan('reconciliation')} WHERE {where} GROUP BY to_check ORDER BY to_check"
        )

    def _undated(self) -> int:
        ((many,),) = self.con.execute(
            f"SELECT count(*) FROM {self._scan('reconciliation')} "
            f"WHERE {YEAR_OF} IS NULL AND {self.lives}"
        ).fetchall()
        return int(many)

    def _periods(self) -> list[Row]:
        """What is owed by period; `paid` NULL: no payment file speaks of it."""
        given = {name: self._scan(name) for name in ("owed", "unpaid", "reconciliation")}
        families = self.run.scan("resolve", "families")
        return self._rows(
            statement("periods", families=families, year=self.year, lives=self.lives, **given)
        )

    def _unpaid(self) -> list[Row]:
        return self._rows(
            f"SELECT why, count(*)::BIGINT AS rows, sum(unpaid)::BIGINT AS unpaid "
            f"FROM {self._scan('unpaid')} WHERE year(period_start) = {self.year} AND {self.lives} "
            "GROUP BY why ORDER BY unpaid DESC, why"
        )


def shown(row: Row, says: Settings) -> Row:
    """A row of `foci` as it may be shown: of a focus that the policy hides, no small number of
    people, and no money beside it."""
    people = [row[one] for one in ("families", "persons") if row[one]]
    hides = row["focus"] in says["hidden_focus"]
    if not (hides and any(one < says["least_shown"] for one in people)):
        return {**row, "hidden": False}
    gone = dict.fromkeys(("families", "persons", "owed", "paid"))
    return {**row, **gone, "hidden": True, "least": says["least_shown"]}
