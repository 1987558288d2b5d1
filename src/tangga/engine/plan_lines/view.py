"""What `tangga plan show` says of an area: readiness, repairs, capacity, lines, outcomes."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import duckdb

from tangga.engine.area_tree import AreaTree, area_tree, asked_area
from tangga.engine.catalogue import Run
from tangga.engine.connection import connect
from tangga.engine.current import last_complete
from tangga.engine.manifest import day_of
from tangga.engine.outcomes import measures_of
from tangga.engine.plan.decisions import quoted
from tangga.engine.plan_lines.limits import Limit, Limits, limits_of
from tangga.engine.plan_lines.read import FIELDS, PlanVersion
from tangga.engine.readiness.tables import COUNTS
from tangga.engine.workspace import Workspace, load_workspace
from tangga.registry.model import Pack
from tangga.rules.plan_lines import REJECTED

Row = dict[str, Any]
LISTED = 10
"""Repairs that are shown; all are in the table `repairs`."""


@dataclass(frozen=True)
class PlanView:
    """The plan of an area in a year, from the last complete run. Rows as dicts.

    readiness: one row an area of the next level below (villages, ready, not_ready, not_known and
    the counts). apart: families in no village, by place. repairs: the first of those inside.
    capacity: rows of `capacity`; missing: families without a place by what is missing; begins:
    families by month. hours: of all workers together, None where no worker is known. lines: those
    of the year, and overdue ones of any year; rejected: those of them that were rejected.
    limits: what each of them asks for and what there is, with `exceeded`; None there: not known.
    outcomes: of the area, those around it and those of `readiness`.
    measures: what each measure of outcomes is called.
    """

    area: str
    name: str
    year: int
    day: date
    readiness: list[Row]
    apart: list[Row]
    repairs: list[Row]
    capacity: list[Row]
    missing: list[Row]
    begins: list[Row]
    hours: Row | None
    lines: list[Row]
    limits: list[Limit]
    outcomes: list[Row]
    measures: dict[str, str]

    @property
    def rejected(self) -> list[Row]:
        """The lines that were rejected, with the reason."""
        return [line for line in self.lines if line["state"] == REJECTED]

    @property
    def overdue(self) -> list[Row]:
        """The lines that should be done by now."""
        return [line for line in self.lines if line["overdue"]]

    def as_dict(self) -> dict[str, Any]:
        """All of it, for programs."""
        limits = [{**vars(one), "exceeded": one.exceeded} for one in self.limits]
        return {**vars(self), "day": str(self.day), "limits": limits}


def plan_view(directory: Path, *, year: int | None, area: str | None) -> tuple[PlanView, Pack]:
    """The plan of an area (None: all) as the last complete run has it, and the pack of its words.

    year: None for that of the run. UserError for an area that the pack lacks, and without a run.
    """
    workspace = load_workspace(directory)
    areas = workspace.pack_areas
    code = asked_area(areas, area)
    run = Run(last_complete(directory))
    with connect() as con:
        looked = _Look(con, run, code, area_tree(areas), day_of(run.folder), year)
        limits = limits_of(con, run, workspace)
        return looked.view(_called(workspace), limits), workspace.pack


def _called(workspace: Workspace) -> dict[str, str]:
    listed = measures_of(workspace.today)
    return {one["id"]: " / ".join(dict.fromkeys(one["labels"].values())) for one in listed}


@dataclass(frozen=True)
class _Look:
    """One look at the tables of a run. asked: the year that somebody asked for."""

    con: duckdb.DuckDBPyConnection
    run: Run
    area: str
    tree: AreaTree
    day: date
    asked: int | None

    @property
    def year(self) -> int:
        return self.asked or self.day.year

    @property
    def letters(self) -> int:
        """Signs of the codes of the next level below; the area's own where it is the last."""
        below = self.tree.below(self.tree.level(self.area))
        return self.tree.levels[below] if below else len(self.area)

    def view(self, measures: dict[str, str], limits: Limits) -> PlanView:
        inside = f"starts_with(village, {quoted(self.area)})" if self.area else "TRUE"
        readiness = self._readiness(inside)
        lines = self._lines()
        return PlanView(
            area=self.area,
            name=self.tree.name(self.area),
            year=self.year,
            day=self.day,
            readiness=readiness,
            apart=self._apart(inside),
            repairs=self._repairs(inside),
            capacity=self._capacity(),
            missing=self._order("missing", inside, "missing IS NOT NULL"),
            begins=self._order("month", inside, "missing IS NULL"),
            hours=self._hours(),
            lines=lines,
            limits=self._limits(lines, limits),
            outcomes=self._outcomes(readiness),
            measures=measures,
        )

    def rows(self, table: str, sql: str) -> list[Row]:
        """Rows of a SELECT over `{0}`, a table of the stage; each with the name of its area."""
        relation = self.run.scan("plan", table)
        found = self.con.execute(sql.format(relation)).to_arrow_table().to_pylist()
        return [self._named(row) for row in found]

    def _named(self, row: Row) -> Row:
        code = row.get("area", row.get("village"))
        return row if code is None else {**row, "name": self.tree.name(code)}

    def _readiness(self, inside: str) -> list[Row]:
        counts = ", ".join(f"CAST(sum({one}) AS BIGINT) AS {one}" for one in COUNTS)
        return self.rows(
            "readiness",
            f"SELECT village[:{self.letters}] AS area, count(*) AS villages, "
            "count(*) FILTER (WHERE ready) AS ready, "
            "count(*) FILTER (WHERE NOT ready) AS not_ready, "
            f"count(*) FILTER (WHERE ready IS NULL) AS not_known, {counts} "
            f"FROM {{0}} WHERE place = 'village' AND {inside} GROUP BY 1 ORDER BY 1",
        )

    def _apart(self, inside: str) -> list[Row]:
        either = f"({inside} OR village IS NULL)" if not self.area else inside
        return self.rows(
            "readiness",
            "SELECT place, CAST(sum(families) AS BIGINT) AS families, "
            "CAST(sum(persons) AS BIGINT) AS persons "
            f"FROM {{0}} WHERE place <> 'village' AND {either} GROUP BY place ORDER BY place",
        )

    def _repairs(self, inside: str) -> list[Row]:
        return self.rows(
            "repairs",
            f"SELECT * FROM {{0}} WHERE needed AND {inside} ORDER BY position LIMIT {LISTED}",
        )

    def _capacity(self) -> list[Row]:
        """Places of areas inside, and of those around, which the area shares."""
        return self.rows(
            "capacity",
            f"SELECT * FROM {{0}} WHERE year = {self.year} AND {self._around()} "
            "ORDER BY area, programme",
        )

    def _around(self, column: str = "area") -> str:
        """The condition that an area lies inside the one asked for, or around it."""
        above = ", ".join(map(quoted, self.tree.above([self.area])))
        return f"(starts_with({column}, {quoted(self.area)}) OR {column} IN ({above}))"

    def _order(self, column: str, inside: str, where: str) -> list[Row]:
        if self.year != self.day.year:
            return []
        return self.rows(
            "capacity_order",
            f"SELECT {column}, why, count(*) AS families FROM {{0}} "
            f"WHERE {where} AND {inside} GROUP BY ALL ORDER BY ALL",
        )

    def _hours(self) -> Row | None:
        (row,) = self.rows(
            "capacity_hours",
            "SELECT count(*) AS workers, CAST(sum(minutes_left) AS BIGINT) // 60 AS hours_left, "
            "count(*) FILTER (WHERE minutes_left IS NULL) AS not_known, "
            "CAST(sum(can_begin) AS BIGINT) AS can_begin, CAST(sum(begins) AS BIGINT) AS begins "
            f"FROM {{0}} WHERE starts_with(area, {quoted(self.area)})",
        )
        return row if row["workers"] else None

    def _lines(self) -> list[Row]:
        return self.rows(
            "plan_lines",
            f"SELECT * FROM {{0}} WHERE (year = {self.year} OR overdue) "
            f"AND starts_with(area, {quoted(self.area)}) "
            "ORDER BY area, line",
        )

    def _limits(self, shown: list[Row], limits: Limits) -> list[Limit]:
        """Of the lines that are shown, beside all of the run."""
        fields = ", ".join(f'"{name}"' for name in FIELDS)
        relation = self.run.scan("plan", "plan_lines")
        rows = self.con.execute(f"SELECT {fields} FROM {relation} ORDER BY line").fetchall()
        all_lines = [PlanVersion(*row) for row in rows]
        names = {row["line"] for row in shown}
        return [
            one for line in all_lines if line.line in names for one in limits.of(line, all_lines)
        ]

    def _outcomes(self, below: list[Row]) -> list[Row]:
        """The last survey of each measure until the year, and the target that it goes to."""
        areas = [*self.tree.above([self.area]), *(row["area"] for row in below)]
        listed = ", ".join(map(quoted, areas))
        return self.rows(
            "outcomes",
            f"SELECT * FROM {{0}} WHERE year <= {self.year} AND area IN ({listed}) "
            "AND survey IS NOT NULL "
            "QUALIFY row_number() OVER (PARTITION BY area, measure ORDER BY year DESC) = 1 "
            "ORDER BY area, measure",
        )
