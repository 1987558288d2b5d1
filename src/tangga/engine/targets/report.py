"""What `tangga targets` says: of an area and those below it, of its workers, or of one worker."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

import duckdb

from tangga.engine.area_tree import AreaTree, area_tree, asked_area
from tangga.engine.catalogue import Run
from tangga.engine.connection import connect
from tangga.engine.current import last_complete
from tangga.engine.manifest import read_manifest
from tangga.engine.plan.decisions import quoted
from tangga.engine.targets.settings import GRADUATIONS, Pilars, pilars_of
from tangga.engine.targets.workers import KIND
from tangga.engine.workspace import load_workspace
from tangga.errors import Conflict, UserError

Row = dict[str, Any]
FIGURES = ("achieved", "of", "unknown", "expected", "behind", "lasted", "fell", "too_early")
"""What is not said of a hidden figure."""
PLAN = "plan"


@dataclass(frozen=True)
class Report:
    """Targets of an area, or of one worker, in a year. Rows as dicts, figures that are hidden None.

    pace: of the area itself (of the worker). areas: graduations of the areas right below it.
    workers: those posted in it; listed: whether there are workers at all. gaps: areas in it that
    lack workers. differences: targets that those below do not add up to. missing: pilar without a
    target.
    """

    area: str
    name: str
    worker: str
    year: int
    day: date
    pilars: Pilars
    basis: Row | None
    pace: list[Row]
    areas: list[Row] = field(default_factory=list)
    workers: list[Row] = field(default_factory=list)
    listed: bool = True
    gaps: list[Row] = field(default_factory=list)
    differences: list[Row] = field(default_factory=list)
    missing: list[str] = field(default_factory=list)
    revisits: Row | None = None

    def as_dict(self) -> dict[str, Any]:
        """All of it, for programs."""
        said = {name: value for name, value in vars(self).items() if name != "pilars"}
        return {**said, "day": str(self.day)}


def report(
    directory: Path, *, year: int | None, area: str | None, worker: str | None
) -> Report | None:
    """Targets and achievement as the last complete run has them; None where the policy has none.

    UserError for an area that the pack lacks, for a worker who is in no table, and without a run.
    """
    workspace = load_workspace(directory)
    run = Run(last_complete(directory))
    pilars = pilars_of(workspace.today)
    areas = workspace.pack_areas
    code = asked_area(areas, area)
    if pilars is None or not run.has(PLAN, "pace"):
        return None
    with connect() as con:
        look = _Look(con, run, area_tree(areas), pilars, code, year or _day(run).year)
        return look.of_worker(worker) if worker else look.of_area()


def _day(run: Run) -> date:
    manifest = read_manifest(run.folder)
    if manifest is None:
        raise Conflict(f"{run.folder} has no manifest")
    return date.fromisoformat(manifest.as_of)


@dataclass(frozen=True)
class _Look:
    """One look at the tables of a run."""

    con: duckdb.DuckDBPyConnection
    run: Run
    tree: AreaTree
    pilars: Pilars
    area: str
    year: int

    def of_worker(self, worker: str) -> Report:
        """What one worker reads: their own figures, none of them hidden."""
        mine = f"worker = {quoted(worker)}"
        pace = self._pace(f"level = 'worker' AND {mine}", own=True)
        own = self._ask("worker_load", f"SELECT * FROM {{0}} WHERE {mine} ORDER BY pilar")
        if not pace and not own:
            raise UserError("no such worker in this run", value=worker)
        area = (own[0]["area"] or "") if own else pace[0]["area"]
        revisits = self._ask(
            "revisits",
            "SELECT count(*) AS asked, count(revisited_on) AS done FROM {0} "
            f"WHERE {mine} AND year(visited_on) = {self.year}",
        )
        return Report(
            *(area, self.tree.name(area), worker, self.year, _day(self.run), self.pilars, None),
            pace=pace,
            workers=own,
            revisits=revisits[0],
        )

    def of_area(self) -> Report:
        """What the office of an area reads."""
        pace = self._pace(f"worker = '' AND area = {quoted(self.area)}")
        basis = self._ask("target_basis", f"SELECT * FROM {{0}} WHERE area = {quoted(self.area)}")
        return Report(
            *(self.area, self.tree.name(self.area), "", self.year, _day(self.run), self.pilars),
            basis=basis[0] if basis else None,
            pace=pace,
            areas=self._areas(),
            workers=self._workers(),
            listed=self.run.has("resolve", KIND),
            gaps=self._gaps(),
            differences=self._differences(),
            missing=self._missing(),
        )

    # --- rows -----------------------------------------------------------------------------------

    def _ask(self, table: str, sql: str) -> list[Row]:
        """Rows of a SELECT over `{0}`, a table of the stage."""
        found = self.con.execute(sql.format(self.run.scan(PLAN, table)))
        names = [column[0] for column in found.description]
        return [dict(zip(names, row, strict=True)) for row in found.fetchall()]

    def _pace(self, where: str, *, own: bool = False) -> list[Row]:
        """Rows of `pace` of the year, in the order of the pack's measures."""
        rows = self._ask("pace", f"SELECT * FROM {{0}} WHERE year = {self.year} AND {where}")
        order = {measure: n for n, measure in enumerate(self.pilars.measures)}
        pilars = {pilar: n for n, pilar in enumerate(["", *self.pilars.pilars])}
        rows = [r if own else _shown(r) for r in rows if r["measure"] in order and _asked(r)]
        return sorted(
            rows,
            key=lambda r: (
                *(pilars.get(r["pilar"], 99), order[r["measure"]]),
                *(r["programme"], r["exits"], r["area"], r["worker"]),
            ),
        )

    @property
    def _inside(self) -> str:
        return f"starts_with(area, {quoted(self.area)})"

    def _areas(self) -> list[Row]:
        """Graduations of the areas right below, wherever there are several of them."""
        graduations = [m.id for m in self.pilars.measures.values() if m.kind == GRADUATIONS]
        level = self.tree.below(self.tree.level(self.area))
        while level is not None and graduations:
            where = f"worker = '' AND level = '{level}' AND {self._inside} AND exits = '' "
            rows = self._pace(f"{where} AND programme = '' AND measure = '{graduations[0]}'")
            basis = self._ask(
                "target_basis",
                f"SELECT * FROM {{0}} WHERE level = '{level}' AND {self._inside} ORDER BY area",
            )
            by_area = {row["area"]: row for row in basis}
            codes = sorted({*by_area, *(row["area"] for row in rows)})
            if len(codes) > 1 or self.tree.below(level) is None:
                paces = {row["area"]: row for row in rows if row["pilar"]}
                return [
                    {
                        **dict.fromkeys((*FIGURES, "target", "state")),
                        **paces.get(code, {}),
                        **self._counts(by_area.get(code)),
                        "area": code,
                        "name": self.tree.name(code),
                    }
                    for code in codes
                ]
            level = self.tree.below(level)
        return []

    def _counts(self, basis: Row | None) -> Row:
        names = ("families", "in_care", "graduable", "graduable_not_known")
        return {name: basis[name] if basis else None for name in names}

    def _workers(self) -> list[Row]:
        """Workers posted in the area, in order of area and id, each with what they carry and their
        figures: never in the order of one of them."""
        where = f"{self._inside} OR area IS NULL" if not self.area else self._inside
        rows = self._ask(
            "worker_load", f"SELECT * FROM {{0}} WHERE {where} ORDER BY pilar, area, worker"
        )
        pace: dict[tuple[str, str], dict[str, Row]] = {}
        for row in self._pace("level = 'worker' AND exits = '' AND programme = ''"):
            pace.setdefault((row["worker"], row["pilar"]), {})[row["measure"]] = row
        for row in rows:
            row["pace"] = pace.get((row["worker"], row["pilar"]), {})
        return rows

    def _gaps(self) -> list[Row]:
        """Areas in it that lack workers, each once: the narrowest that tells, down to those that
        hold villages; villages themselves only of such an area."""
        rows = self._ask(
            "worker_gaps",
            f"SELECT * FROM {{0}} WHERE {self._inside} ORDER BY pilar, area, level",
        )
        narrowest = list(self.tree.levels)[-1]
        if self.tree.below(self.tree.level(self.area)) not in (narrowest, None):
            rows = [row for row in rows if row["level"] != narrowest]
        wider = {
            (row["pilar"], area) for row in rows for area in self.tree.above([row["area"]])[:-1]
        }
        return [
            {**row, "name": self.tree.name(row["area"])}
            for row in rows
            if (row["pilar"], row["area"]) not in wider
        ]

    def _differences(self) -> list[Row]:
        """Targets that those below, or their workers, do not add up to."""
        rows = self._ask(
            "targets",
            f"SELECT * FROM {{0}} WHERE year = {self.year} AND {self._inside} AND worker = '' "
            "AND (difference <> 0 OR given AND workers_difference <> 0) "
            "ORDER BY measure, pilar, area",
        )
        return [{**row, "name": self.tree.name(row["area"])} for row in rows]

    def _missing(self) -> list[str]:
        """Pilar that have no target at all in the area and year."""
        rows = self._ask(
            "targets",
            f"SELECT DISTINCT pilar FROM {{0}} WHERE year = {self.year} AND {self._inside}",
        )
        there = {row["pilar"] for row in rows}
        return [pilar for pilar in self.pilars.pilars if pilar not in there]


def _asked(row: Row) -> bool:
    """Whether a row is more than another view of what stands beside it."""
    usual = row["pilar"] and not row["exits"] and not row["programme"]
    return bool(usual or row["state"] != "no_target")


def _shown(row: Row) -> Row:
    """A row as somebody outside the case team reads it."""
    return {**row, **dict.fromkeys(FIGURES), "state": "hidden"} if row["hidden"] else row
