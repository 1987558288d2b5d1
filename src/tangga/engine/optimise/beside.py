"""What a plan expects, beside what was recorded in the years before and what the forecast draws."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import duckdb

from tangga.engine import show
from tangga.engine.catalogue import Run
from tangga.engine.optimise.shadow import by_year
from tangga.engine.optimise.states import HELD
from tangga.engine.optimise.words import tenths
from tangga.texts import Language, say

if TYPE_CHECKING:
    from tangga.engine.optimise.plan import Plan

FAR = 2
"""So many times what was recorded in the best year is far above it."""
YEARS_BACK = 3
FORECAST = "forecast"


def recorded(plan: Plan) -> dict[int, int]:
    """Graduations recorded in each of the last years, the year of the run included; empty where
    the run has no such table."""
    run = Run(plan.run)
    if not run.has("plan", "graduations"):
        return {}
    rows = (
        show.reader(plan.run)
        .execute(
            f"SELECT year(graduated_on), count(*) FROM {run.scan('plan', 'graduations')} "
            "WHERE graduated_on IS NOT NULL GROUP BY ALL"
        )
        .fetchall()
    )
    last = plan.workspace.as_of.year
    return {year: dict(rows).get(year, 0) for year in range(last - YEARS_BACK + 1, last + 1)}


def forecast_median(plan: Plan) -> float | None:
    """Graduations that the forecast of the workspace draws for its first twelve months; None where
    there is none."""
    folder = plan.workspace.dir / FORECAST
    file, rates = folder / "by_year.parquet", folder / "rates.parquet"
    if not file.exists() or not rates.exists():
        return None
    with duckdb.connect() as con:
        found = con.execute(
            "SELECT sum(median) FROM read_parquet(?) WHERE year = 1 AND level = 'country' "
            "AND coalesce(programme, '') = '' AND measure IN (SELECT step FROM read_parquet(?) "
            "WHERE NOT list_contains(?, to_rung) AND list_contains(?, from_rung))",
            [str(file), str(rates), *[plan.stated.says["in_care"]] * 2],
        ).fetchone()
    return None if found is None or found[0] is None else float(found[0])


def beside(plan: Plan, language: Language) -> Iterator[str]:
    """What the figures of the plan mean, and how far they are from what was recorded here."""
    effects = plan.problem.effects
    expected = by_year(effects, plan.families_by_year, effects.graduates)
    most = float(expected.max())
    yield say("optimise.all_included", language)
    found = recorded(plan)
    if found:
        years = ", ".join(f"{year}: {many}" for year, many in found.items())
        yield say("optimise.recorded", language, years=years, most=tenths(most, language))
    median = forecast_median(plan)
    if median is not None:
        yield say("optimise.forecast_beside", language, median=tenths(median, language))
    if found and most > FAR * max(found.values()):
        yield say("optimise.far_above", language)


def over_budget(plan: Plan, language: Language) -> Iterator[str]:
    """What it costs where nobody wrote down any money for it: it is beyond the budget."""
    unknown = {
        (one.intervention, one.area, one.year)
        for one in plan.found.not_known
        if one.what == "budget"
    }
    families, areas = plan.families_by_year, plan.families.areas
    cost, names = 0.0, []
    for k, way in enumerate(plan.stated.interventions):
        if HELD in way.says["kinds"]:
            continue  # its cost would tell how many are in rehabilitation
        own = sum(
            float(families[n, :, k + 1, year].sum()) * way.cost
            for n, area in enumerate(areas)
            for year in range(plan.problem.years)
            if (way.id, area, plan.first + year) in unknown
        )
        cost += own
        names += [way.labels[language]] if own >= 1 else []
    if names:
        words = {"cost": round(cost), "ways": ", ".join(names)}
        yield say("optimise.over_budget", language, **words)
