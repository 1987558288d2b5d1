"""`tangga forecast`: from the last complete run to a folder of results.

    written = forecast(DIR, Wish(years=5), report)

The folder appears whole or not at all. It holds who and when (`families`, `component_ends`), how
many and how much (`by_month`, `by_year`), by what rates (`rates`), a report and charts in both
languages, and a manifest: of which run, which policy, which seed, and on what it rests.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import duckdb

from tangga.engine.area_tree import COUNTRY, AreaTree, area_tree, asked_area
from tangga.engine.connection import connect
from tangga.engine.forecast.calendar import LONGEST
from tangga.engine.forecast.drawn import Asked, Futures, draw
from tangga.engine.forecast.exact import Outlook, look_ahead
from tangga.engine.forecast.expected import Expected
from tangga.engine.forecast.finished import Finished, finished
from tangga.engine.forecast.plots import charts
from tangga.engine.forecast.rates import Rate, rates_of, recorded
from tangga.engine.forecast.report import report_text
from tangga.engine.forecast.statements import statement
from tangga.engine.forecast.tabled import write_by_area
from tangga.engine.forecast.told import Told, Way, tell
from tangga.engine.plan.rows import relation_of
from tangga.engine.results import Results, new_results
from tangga.engine.workspace import Workspace, load_workspace
from tangga.errors import UserError
from tangga.rules.clock_settings import Clock
from tangga.texts import LANGUAGES

FOLDER = "forecast"
YEAR = 12
Progress = Callable[[str, int, int], None]


@dataclass(frozen=True)
class Wish:
    """What is asked for. area: "" for everything. out: the folder, else one of the workspace."""

    years: int = 5
    draws: int = 200
    seed: int = 1
    area: str = COUNTRY
    out: Path | None = None


@dataclass(frozen=True)
class Written:
    """Where the results are, and what is told of them."""

    folder: Path
    told: Told


def forecast(directory: Path, wish: Wish, progress: Progress) -> Written:
    """Forecast from the last complete run; returns what was written.

    UserError where there is no run, where the policy has changed since, for more years than the
    arithmetic holds, for an area in which no family lives, and for a folder that is not ours.
    """
    if not 1 <= wish.years * YEAR <= LONGEST:
        todo = f"Ask for 1 to {LONGEST // YEAR} years"
        raise UserError("no forecast of so many years", value=str(wish.years), todo=todo)
    workspace = load_workspace(directory)
    tree = area_tree(workspace.pack_areas)
    wish = replace(wish, area=asked_area(workspace.pack_areas, wish.area))
    folder = wish.out or directory / FOLDER
    with _database(workspace) as con:
        run = finished(workspace, con)
        _check_area(run, wish.area)
        with new_results(folder) as results:
            outlook, told = _worked_out(run, wish, tree, progress)
            _write(results, outlook, told)
            results.about = _about(workspace, run, told)
    return Written(folder, told)


def _database(workspace: Workspace) -> duckdb.DuckDBPyConnection:
    spill = workspace.runs / ".spill"
    spill.mkdir(parents=True, exist_ok=True, mode=0o700)
    threads = int(workspace.options.get("threads", 1))
    return connect(threads=threads, memory=workspace.memory, spill=spill)


def _check_area(run: Finished, area: str) -> None:
    """UserError for an area in which nobody lives."""
    facts = run.scan("plan", "facts")
    lives = f"SELECT 1 FROM {facts} WHERE starts_with(village, '{area}') LIMIT 1"
    if area and not (area.isalnum() and run.rows(lives)):
        raise UserError("no family of the run lives in this area", value=area)


def _worked_out(
    run: Finished, wish: Wish, tree: AreaTree, progress: Progress
) -> tuple[Outlook, Told]:
    """Both parts, and the tables that put them beside each other."""
    progress("arithmetic", 0, 1)
    outlook = look_ahead(run, wish.years * YEAR)
    version = run.today.settings.get("forecast")
    futures: Futures | None = None
    hoped: Expected | None = None
    rates: list[Rate] = []
    if version is not None:
        says = version.says
        seen = recorded(run, Clock.of(run.today.clock.says), says["window_months"])
        rates = rates_of(says, seen)
        asked = Asked(wish.draws, wish.seed, says["low"], says["high"])
        hoped, futures = draw(outlook, rates, says, asked, tree, progress)
    progress("tables", 0, 1)
    write_by_area(outlook, futures, tree, wish.area)
    way = Way(version, rates, hoped, wish.draws, wish.seed)
    return outlook, tell(outlook, wish.area, tree, way)


def _write(results: Results, outlook: Outlook, told: Told) -> None:
    con = outlook.run.con
    inside = f"starts_with(coalesce(village, ''), '{told.area}')"
    given = {"families": outlook.families, "inside": inside}
    results.table("families", _families(outlook, inside), con)
    results.table("component_ends", statement("ends_listed", ends=outlook.ends, **given), con)
    for name in ("by_month", "by_year"):
        results.table(name, f"SELECT * FROM {name}", con)
    results.table("rates", _rates(told.way.rates), con)
    for language in LANGUAGES:
        drawn = charts(told, language)
        for name, image in drawn.items():
            results.text(f"{name}.{language}.svg", image)
        results.text(f"report.{language}.md", report_text(told, language, list(drawn)))


def _families(outlook: Outlook, inside: str) -> str:
    """The families as others read them: months as dates, without their numbers."""
    rows = outlook.run.rows(f"DESCRIBE {outlook.families}")
    numbers = ", ".join(f'"{row[0]}"' for row in rows if row[0].endswith("_k"))
    return (
        f"SELECT * EXCLUDE ({numbers}) FROM {outlook.families} WHERE {inside} "
        "ORDER BY village NULLS LAST, family_id"
    )


def _rates(rates: list[Rate]) -> str:
    """Of a thousand families a year: assumed, its range, recorded, and what is used."""
    columns = dict.fromkeys(("step", "from_rung", "to_rung"), "VARCHAR")
    columns |= dict.fromkeys(("assumed", "low", "high"), "DECIMAL(18, 6)")
    columns |= {"moves": "BIGINT", "family_months": "BIGINT", "estimated": "BOOLEAN"}
    columns |= {"used": "DECIMAL(18, 6)", "source": "VARCHAR", "question": "VARCHAR"}
    ranged = ("per_thousand", "per_thousand_low", "per_thousand_high")
    rows = [
        (
            *(rate.id, rate.assumed["from"], rate.assumed["to"]),
            *(str(rate.assumed[name]) for name in ranged),
            *(rate.moves, rate.months, str(rate.estimated)),
            *(f"{rate.mean:.6f}", rate.assumed["source"], rate.assumed["question"]),
        )
        for rate in rates
    ]
    return f"SELECT * FROM {relation_of(columns, rows)}"


def _about(workspace: Workspace, run: Finished, told: Told) -> dict[str, Any]:
    """What the manifest says: on what every figure rests."""
    return {
        "workspace": workspace.name,
        "run": told.run,
        "as_of": told.day.isoformat(),
        "policy": run.manifest.policy.get("sha256"),
        "months": told.calendar.months,
        "area": told.area,
        "cap": _cap(told),
        "drawn": _drawn(told.way),
        "not_known": dict(told.not_known),
    }


def _cap(told: Told) -> dict[str, Any] | None:
    if told.cap is None:
        return None
    period = told.cap.period
    months = told.cap.says["months"]
    return {"months": months, "status": period.status, "basis": period.basis}


def _drawn(way: Way) -> dict[str, Any] | None:
    """The assumptions, with what they rest on and what is open about them."""
    if way.version is None:
        return None
    period, says = way.version.period, way.version.says
    return {
        "assumed": True,
        "seed": way.seed,
        "draws": way.draws,
        "band": [says["low"], says["high"]],
        "version": period.id,
        "basis": period.basis,
        "source": period.source,
        "question": period.question,
        "per_thousand_a_year": {rate.id: round(rate.mean, 6) for rate in way.rates},
    }
