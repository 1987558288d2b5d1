"""What `tangga targets` says: of an area and those below it, of its workers, or of one worker."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

import duckdb

from tangga.engine.area_tree import AreaTree, area_tree, asked_area
from tangga.engine.catalogue import Run
from tangga.engine.connection import connect
from tangga.engine.current import last_complete
from tangga.engine.manifest import day_of
from tangga.engine.plan.decisions import quoted
from tangga.engine.targets.below import with_below
from tangga.engine.targets.revisits import told_sql
from tangga.engine.targets.settings import GRADUATIONS, Pilars, pilars_of
from tangga.engine.targets.workers import KIND
from tangga.engine.workspace import load_workspace
from tangga.errors import UserError
from tangga.registry.model import Pack

Row = dict[str, Any]
FIGURES = ("achieved", "of", "unknown", "expected", "behind", "lasted", "fell", "too_early")
"""What is not said of a hidden figure."""
KEPT = ("pilars", "words")
"""What is not handed to programs: they have the pack."""
PLAN = "plan"
Words = Mapping[str, Mapping[str, str]]


@dataclass(frozen=True)
class Report:
    """Targets of an area, or of one worker, in a year. Rows as dicts, figures that are hidden None.

    pace: of the area itself (with `below`, see below.py) or of the worker. areas: graduations of
    the areas right below it. workers: those posted in it; around: those posted in areas that hold
    it; listed: whether there are workers at all. gaps: areas in it that lack workers. words:
    programme or exit -> what it is called. differences: targets that those below do not add up to.
    missing: pilar without a target. doubtful: targets that do not go with the list of workers.
    """

    area: str
    name: str
    worker: str
    year: int
    day: date
    pilars: Pilars
    words: Words
    basis: Row | None
    pace: list[Row]
    areas: list[Row] = field(default_factory=list)
    workers: list[Row] = field(default_factory=list)
    around: list[Row] = field(default_factory=list)
    listed: bool = True
    gaps: list[Row] = field(default_factory=list)
    differences: list[Row] = field(default_factory=list)
    missing: list[str] = field(default_factory=list)
    doubtful: list[Row] = field(default_factory=list)
    revisits: Row | None = None

    def as_dict(self) -> dict[str, Any]:
        """All of it, for programs."""
        said = {name: value for name, value in vars(self).items() if name not in KEPT}
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
        words = _words(workspace.pack)
        look = _Look(
            con, run, area_tree(areas), pilars, words, code, year or day_of(run.folder).year
        )
        return look.of_worker(worker) if worker else look.of_area()


def _words(pack: Pack) -> Words:
    lists = (pack.codes["programme"], pack.codes["exit"])
    return {code: one.labels for listed in lists for code, one in listed.codes.items()}


@dataclass(frozen=True)
class _Look:
    """One look at the tables of a run."""

    con: duckdb.DuckDBPyConnection
    run: Run
    tree: AreaTree
    pilars: Pilars
    words: Words
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
            "revisits", told_sql(quoted(worker), self.year, day_of(self.run.folder))
        )
        return Report(
            *(area, self.tree.name(area), worker, self.year, day_of(self.run.folder)),
            *(self.pilars, self.words, None),
            pace=pace,
            workers=own,
            doubtful=self._doubtful(mine),
            revisits=revisits[0],
        )

    def of_area(self) -> Report:
        """What the office of an area reads."""
        own = f"worker = '' AND area = {quoted(self.area)}"
        within = f"worker = '' AND given AND {self._inside} AND area <> {quoted(self.area)}"
        basis = self._ask("target_basis", f"SELECT * FROM {{0}} WHERE area = {quoted(self.area)}")
        return Report(
            *(self.area, self.tree.name(self.area), "", self.year, day_of(self.run.folder)),
            *(self.pilars, self.words),
            basis=basis[0] if basis else None,
            pace=self._ordered(with_below(self._rows(own), self._rows(within))),
            areas=self._areas(),
            workers=self._workers(),
            around=self._around(),
            listed=self.run.has("resolve", KIND),
            gaps=self._gaps(),
            differences=self._differences(),
            missing=self._missing(),
            doubtful=self._doubtful(self._inside),
        )

    # --- rows -----------------------------------------------------------------------------------

    def _ask(self, table: str, sql: str) -> list[Row]:
        """Rows of a SELECT over `{0}`, a table of the stage."""
        found = self.con.execute(sql.format(self.run.scan(PLAN, table)))
        names = [column[0] for column in found.description]
        return [dict(zip(names, row, strict=True)) for row in found.fetchall()]

    def _pace(self, where: str, *, own: bool = False) -> list[Row]:
        """Rows of `pace` of the year, in the order of the pack's measures."""
        return self._ordered(self._rows(where, own=own))

    def _rows(self, where: str, *, own: bool = False) -> list[Row]:
        rows = self._ask("pace", f"SELECT * FROM {{0}} WHERE year = {self.year} AND {where}")
        return [r if own else _shown(r) for r in rows if r["measure"] in self.pilars.measures]

    def _ordered(self, rows: Iterable[Row]) -> list[Row]:
        order = {measure: n for n, measure in enumerate(self.pilars.measures)}
        pilars = {pilar: n for n, pilar in enumerate(["", *self.pilars.pilars])}
        return sorted(
            filter(_asked, rows),
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

    def _around(self) -> list[Row]:
        """Workers posted in the areas that hold this one, who serve it too."""
        above = ", ".join(quoted(area) for area in self.tree.above([self.area])[:-1])
        if not above:
            return []
        return self._ask(
            "worker_load",
            f"SELECT * FROM {{0}} WHERE area IN ({above}) ORDER BY ALL",
        )

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

    def _doubtful(self, where: str) -> list[Row]:
        """Targets of workers who are not known, not on duty, of another pilar or area."""
        return self._ask(
            "targets",
            "SELECT doubt, worker, area, measure, value, file, line FROM {0} "
            f"WHERE year = {self.year} AND doubt IS NOT NULL AND {where} ORDER BY ALL",
        )

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
    return bool(usual or row["state"] != "no_target" or row.get("below"))


def _shown(row: Row) -> Row:
    """A row as somebody outside the case team reads it."""
    return {**row, **dict.fromkeys(FIGURES), "state": "hidden"} if row["hidden"] else row
