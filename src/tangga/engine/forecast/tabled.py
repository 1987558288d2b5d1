"""Both parts beside each other, by month, year and area: what is exact, and what is drawn."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pyarrow as pa

from tangga.engine.area_tree import AreaTree
from tangga.engine.forecast.cells import Real
from tangga.engine.forecast.drawn import ALL, Futures
from tangga.engine.forecast.exact import Outlook
from tangga.engine.forecast.owed import BY_MONTH
from tangga.engine.forecast.statements import statement
from tangga.engine.forecast.turning import calendar_rows
from tangga.engine.plan.rows import relation_of

OWED, OPEN, ENDED = "owed", "owed_not_known", "components_end"
OF_OWED = {
    OWED: "owed",
    "owed_sure": "owed - not_listed",
    "owed_not_listed": "not_listed",
    OPEN: "not_known",
}
"""Measure -> what it is of a row of `owed_by_month`; the second and third make the first."""
HAPPEN = {
    "reaches_cap": "reaches_cap_k",
    "exempt": "exempt_k",
    "no_able_adult": "no_able_k",
    "last_component": "last_component_k",
}
"""Measure -> the column of `outlook_families` that says in which month."""


def write_by_area(outlook: Outlook, futures: Futures | None, tree: AreaTree, area: str) -> None:
    """Make the tables `by_month` and `by_year`. area: that and those inside it; "" for all."""
    run = outlook.run
    run.make("exact_by_area", _exact(outlook, tree))
    grid = _grid(outlook, futures)
    inside = f"starts_with(g.area, '{area}')"
    calendar = calendar_rows(outlook.calendar)
    for table, each in (("by_month", "months"), ("by_year", "years")):
        run.con.register("drawn_by_area", _long(futures, getattr(futures, each, {})))
        run.make(
            table,
            statement(
                table,
                grid=grid,
                calendar=calendar,
                exact="exact_by_area",
                drawn="drawn_by_area",
                inside=inside,
            ),
        )
        run.con.unregister("drawn_by_area")


def _happen(outlook: Outlook) -> dict[str, str]:
    """The measures of families that this outlook has."""
    if outlook.cap is None:
        return {name: column for name, column in HAPPEN.items() if name != "reaches_cap"}
    return HAPPEN


def _exact(outlook: Outlook, tree: AreaTree) -> str:
    """All that comes by arithmetic, by area and month."""
    parts = [
        statement("happenings", measure=measure, k=column, families=outlook.families)
        for measure, column in _happen(outlook).items()
    ]
    located = f"{outlook.ends} AS e JOIN {outlook.families} AS f ON e.family_id = f.family_id"
    parts.append(
        f"SELECT f.village, '{ENDED}', e.programme, e.at_last, 1 FROM {located} WHERE e.at_last > 0"
    )
    for programme in ("programme", f"'{ALL}'"):
        for measure, column in OF_OWED.items():
            parts.append(f"SELECT village, '{measure}', {programme}, k, {column} FROM {BY_MONTH}")
    lengths = " ".join(f"WHEN '{level}' THEN {n}" for level, n in tree.levels.items())
    return statement(
        "exact",
        happenings=" UNION ALL ".join(parts),
        levels=tree.sql("coalesce(village, '')"),
        length=f"(CASE t.level {lengths} END)",
    )


def _grid(outlook: Outlook, futures: Futures | None) -> str:
    """Every area and measure, so that a month in which nothing happens has a row that says so."""
    run = outlook.run
    programmes = [
        row[0] for row in run.rows(f"SELECT DISTINCT programme FROM {BY_MONTH} ORDER BY 1")
    ]
    by_member = [row[0] for row in run.rows("SELECT DISTINCT programme FROM fits ORDER BY 1")]
    exact = [(name, ALL) for name in _happen(outlook)]
    exact += [(ENDED, programme) for programme in by_member]
    exact += [(name, programme) for name in OF_OWED for programme in (ALL, *programmes)]
    drawn = [] if futures is None else [key for key in futures.months if key not in exact]
    rows = [(*key, True) for key in exact] + [(*key, False) for key in drawn]
    measures = relation_of(
        {"measure": "VARCHAR", "programme": "VARCHAR", "exact": "BOOLEAN"},
        [(name, programme, int(is_exact)) for name, programme, is_exact in rows],
    )
    areas = "(SELECT DISTINCT level, area FROM exact_by_area)"
    if futures is not None:
        listed = relation_of({"level": "VARCHAR", "area": "VARCHAR"}, futures.areas)
        areas = f"(SELECT level, area FROM {areas} UNION SELECT level, area FROM {listed})"
    return f"(SELECT * FROM {measures}, {areas})"


def _long(futures: Futures | None, found: Mapping[tuple[str, str], Real]) -> pa.Table:
    """Bands as rows: level, area, measure, programme, k, low, median, high."""
    areas = [] if futures is None else futures.areas
    columns: dict[str, list[np.ndarray]] = {}
    for (measure, programme), bands in found.items():
        _, times, many = bands.shape
        each: dict[str, np.ndarray] = {
            "level": np.tile(np.array([level for level, _ in areas]), times),
            "area": np.tile(np.array([area for _, area in areas]), times),
            "measure": np.full(times * many, measure),
            "programme": np.full(times * many, programme),
            "k": np.repeat(np.arange(1, times + 1), many),
        }
        each |= {name: bands[n].ravel() for n, name in enumerate(("low", "median", "high"))}
        for name, values in each.items():
            columns.setdefault(name, []).append(values)
    if not columns:
        words = dict.fromkeys(("level", "area", "measure", "programme"), pa.string())
        kinds = words | {"k": pa.int64()} | dict.fromkeys(("low", "median", "high"), pa.float64())
        return pa.schema(kinds.items()).empty_table()
    return pa.table({name: np.concatenate(parts) for name, parts in columns.items()})
