"""What the budget, the places and the target of an area allow, beside what its lines ask for.

    limits = limits_of(con, run, workspace)
    limits.of(line, lines)          # -> what the line asks for, with the accepted ones

Whoever decides may go beyond any of them; they are told, and so is what is not known.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import duckdb

from tangga.engine.area_tree import AreaTree, area_tree
from tangga.engine.capacity.tables import FOCI
from tangga.engine.catalogue import Run
from tangga.engine.plan_lines.read import PlanVersion
from tangga.engine.targets.settings import BY_PROGRAMME, Pilars, pilars_of
from tangga.engine.workspace import Workspace
from tangga.rules.plan_lines import COUNTS, OPEN

COST, PLACES, TARGET = "cost", "places", "target"


@dataclass(frozen=True)
class Limit:
    """One thing that a line asks for. what: COST in rupiah, PLACES or TARGET.

    area, name: whose limit it is. programme, focus: of which; both empty: of everything. asked:
    what the accepted lines in the area ask for together, this one with them. limit: None: not
    known.
    """

    line: str
    what: str
    area: str
    name: str
    programme: str
    focus: str
    fund_source: str
    measure: str
    asked: int
    limit: int | None

    @property
    def exceeded(self) -> bool:
        """Whether more is asked for than there is, as far as that is known."""
        return self.limit is not None and self.asked > self.limit


@dataclass(frozen=True)
class Limits:
    """The figures of a run. money: (year, area, programme, focus, source) -> rupiah that an office
    wrote; places: (year, area, programme); targets: (year, area, pilar, measure, programme).

    foci: programme -> its focus. pilars: None where the policy measures nothing.
    """

    tree: AreaTree
    foci: Mapping[str, str]
    pilars: Pilars | None
    money: Mapping[tuple[int, str, str, str, str], int] = field(default_factory=dict)
    places: Mapping[tuple[int, str, str], int] = field(default_factory=dict)
    targets: Mapping[tuple[int, str, str, str, str], int] = field(default_factory=dict)

    def of(self, line: PlanVersion, lines: Iterable[PlanVersion]) -> list[Limit]:
        """What a line comes up against. lines: the version of each line that stands; of these count
        the accepted ones, and the line itself as if it were."""
        if line.state not in {*COUNTS, *OPEN}:
            return []
        counted = [one for one in lines if one.state in COUNTS and one.line != line.line]
        alike = [one for one in (*counted, line) if one.year == line.year]
        return [*self._money(line, alike), *self._places(line, alike), *self._target(line, alike)]

    def _money(self, line: PlanVersion, alike: list[PlanVersion]) -> Iterator[Limit]:
        if not line.cost or not line.fund_source:
            return
        alike = [one for one in alike if one.fund_source == line.fund_source]
        focus, own = self._focus(line), False
        for area in reversed(self.tree.above([line.area])):
            for scope in dict.fromkeys([(line.programme, focus), ("", focus), ("", "")]):
                limit = self.money.get((line.year, area, *scope, line.fund_source))
                if limit is not None:
                    asked = sum(one.cost or 0 for one in alike if self._in(one, area, *scope))
                    yield self._limit(line, COST, area, asked, limit, scope)
                    own = own or area == line.area
        if not own:
            scope = (line.programme, focus)
            asked = sum(one.cost or 0 for one in alike if self._in(one, line.area, *scope))
            yield self._limit(line, COST, line.area, asked, None, scope)

    def _places(self, line: PlanVersion, alike: list[PlanVersion]) -> Iterator[Limit]:
        """Of families that are to climb by a programme: those of the narrowest area with places."""
        focus = self._focus(line)
        if not line.target or not self._by_programme(line) or focus not in FOCI:
            return
        around = reversed(self.tree.above([line.area]))
        found = [area for area in around if (line.year, area, line.programme) in self.places]
        area = found[0] if found else line.area
        same = [one for one in alike if one.measure == line.measure]
        asked = sum(one.target or 0 for one in same if self._in(one, area, line.programme, focus))
        limit = self.places.get((line.year, area, line.programme))
        yield self._limit(line, PLACES, area, asked, limit, (line.programme, focus))

    def _target(self, line: PlanVersion, alike: list[PlanVersion]) -> Iterator[Limit]:
        """That of the area itself; without one there is nothing to go beyond."""
        measure = self.pilars.measures.get(line.measure) if self.pilars else None
        if line.target is None or measure is None or not measure.counted:
            return
        same = [one for one in alike if (one.measure, one.pilar) == (line.measure, line.pilar)]
        own = line.programme if self._by_programme(line) else ""
        for programme in dict.fromkeys([own, ""]):
            key = (line.year, line.area, line.pilar, line.measure, programme)
            if key in self.targets:
                asked = sum(o.target or 0 for o in same if self._in(o, line.area, programme, ""))
                yield self._limit(
                    line, TARGET, line.area, asked, self.targets[key], (programme, "")
                )

    def _by_programme(self, line: PlanVersion) -> bool:
        measure = self.pilars.measures.get(line.measure) if self.pilars else None
        return bool(line.programme) and measure is not None and measure.kind in BY_PROGRAMME

    def _focus(self, line: PlanVersion) -> str:
        return line.focus or self.foci.get(line.programme, "")

    def _in(self, one: PlanVersion, area: str, programme: str, focus: str) -> bool:
        """Whether what a line asks for is taken from a limit of this area, programme and focus."""
        of = programme in ("", one.programme) and focus in ("", self._focus(one))
        return of and one.area.startswith(area)

    def _limit(
        self,
        line: PlanVersion,
        what: str,
        area: str,
        asked: int,
        limit: int | None,
        scope: tuple[str, str],
    ) -> Limit:
        source, measure = (line.fund_source, "") if what == COST else ("", line.measure)
        where = (area, self.tree.name(area))
        return Limit(line.line, what, *where, *scope, source, measure, asked, limit)


_WRITTEN = """worker = '' AND exits = '' AND rule <> 'sum' AND starts_with(area, set_from)
AND {'year': year, 'area': set_from, 'measure': measure, 'programme': programme} IN (
    SELECT {'year': year, 'area': area, 'measure': measure, 'programme': programme}
    FROM {0} WHERE file IS NOT NULL AND worker = '' AND exits = '')"""
"""Targets that an office wrote for the area, or for one around it that handed them down. One that
is the sum of the lines themselves is none that they could go beyond."""


def limits_of(con: duckdb.DuckDBPyConnection, run: Run | None, workspace: Workspace) -> Limits:
    """The figures of a run (None: there is none yet); a table that it lacks is not known."""
    today = workspace.today
    foci = {one.id: one.focus for one in workspace.rulebook.programmes.values()}
    tree, pilars = area_tree(workspace.pack_areas), pilars_of(today)

    def figures(table: str, keys: str, value: str, where: str) -> dict[Any, int]:
        if run is None or not run.has("plan", table):
            return {}
        relation = run.scan("plan", table)
        rows = con.execute(
            f"SELECT {keys}, CAST(sum({value}) AS BIGINT) FROM {relation} "
            f"WHERE {value} IS NOT NULL AND {where.replace('{0}', relation)} "
            "GROUP BY ALL ORDER BY ALL"
        ).fetchall()
        return {tuple(row[:-1]): row[-1] for row in rows}

    settings = today.settings.get("budget")
    planned = settings.says["planned"] if settings is not None else ""
    of, source = "coalesce(programme, ''), coalesce(focus, '')", "coalesce(fund_source, '')"
    written = f"measure = '{planned}' AND plan_line IS NULL"
    money = figures("budget_lines", f"year, area, {of}, {source}", "amount", written)
    places = figures("capacity", "year, area, programme", "places", "TRUE")
    targets = figures("targets", "year, area, pilar, measure, programme", "value", _WRITTEN)
    return Limits(tree, foci, pilars, money, places, targets)
