"""What the demo shows of the years to come: a forecast, one scenario, the plan that brings most."""

from __future__ import annotations

import csv
import shlex
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING

from tangga.cli import screen
from tangga.cli.demo_ranks import MODEL
from tangga.errors import Conflict
from tangga.texts import LANGUAGES, both

if TYPE_CHECKING:
    from tangga.engine.simulate.run import Simulated

YEARS = 5
SCENARIO = "demo_sembako"
SCENARIO_TEXT = """\
# Sembako reaches decile 5 by the decree; the minister has said 4 (8 December 2025). And everybody
# who fits is served, where there are places for half of them today.
name     = "demo_sembako"
title_id = "Sembako untuk desil 1-4, semua dilayani"
title_en = "Sembako for deciles 1-4, all served"
basis    = "Pernyataan Menteri Sosial, 8 Desember 2025"

[cutoffs]
sembako = 4

[[coverage]]
programme = "sembako"
share     = 1.0
"""
WELFARE = """
[welfare]
from = "model"
"""
PROGRAMME = "sembako"
COLUMNS = ("before", "after", "change")
COMPARED = ("fits", "served", "cost", "exclusion", "inclusion", "poverty")
KNOWN = ("reaches_cap", "owed")
DRAWN = ("graduate",)


def print_future(workspace: Path) -> None:
    """Five years by arithmetic and by draws; one scenario; the optimiser; where the plots are."""
    folders = [_forecast(workspace), _simulation(workspace), _optimised(workspace)]
    screen.out.print(both("demo.plots"), style="bold")
    for folder in folders:
        plots = ", ".join(plot.name for plot in sorted(folder.glob("*.id.svg")))
        screen.out.print(f"  {shlex.quote(str(folder))}: {plots}", soft_wrap=True, markup=False)


def _forecast(workspace: Path) -> Path:
    from tangga.engine.forecast.write import Wish, forecast

    with screen.bars() as progress:
        folder = forecast(workspace, Wish(years=YEARS), progress).folder
    with (folder / "by_year.csv").open(encoding="utf-8", newline="") as file:
        rows = [r for r in csv.DictReader(file) if r["level"] == "country" and not r["programme"]]
    until = sorted({row["until"] for row in rows})
    of = {(row["measure"], row["until"]): row for row in rows}
    listed = [
        (both(f"demo.future_{name}", between=" / "), *(_told(of.get((name, at))) for at in until))
        for name in (*KNOWN, *DRAWN)
        if any((name, at) in of for at in until)
    ]
    headings = ["", *(at[:7] for at in until)]
    screen.print_table(headings, listed, title=both("demo.future"))
    return folder


def _told(row: dict[str, str] | None) -> object:
    """What is exact, or the middle and the band of what is drawn."""
    if row is None:
        return None
    if row["exact"]:
        return int(row["exact"])
    return f"{row['median']} ({row['low']}…{row['high']})" if row["median"] else None


def _simulation(workspace: Path) -> Path:
    from tangga.engine.simulate.run import simulate

    file = workspace / "scenarios" / f"{SCENARIO}.toml"
    file.parent.mkdir(exist_ok=True)
    ranked = (workspace / MODEL).is_dir()  # of few people no model is learnt
    file.write_text(SCENARIO_TEXT + (WELFARE if ranked else ""), encoding="utf-8")
    with screen.bars() as progress:
        found = simulate(workspace, file, progress=progress)
    titles = [found.scenario.titles[language] for language in LANGUAGES]
    headings = [" / ".join(titles), *(both(f"simulate.column_{name}") for name in COLUMNS)]
    rows = [_change(found, name) for name in COMPARED]
    title = both("demo.simulated")
    screen.print_table(headings, [row for row in rows if row is not None], title=title)
    return Path(found.folder)


def _change(found: Simulated, name: str) -> list[object] | None:
    """One measure today, under the scenario, and the difference; None where it was not measured."""
    from tangga.engine.simulate.measured import MEASURES, SHARE
    from tangga.engine.simulate.report import points, shown

    shares = MEASURES[name] == SHARE
    before, after = found.figures.get((name, "" if shares else PROGRAMME), (None, None))
    if after is None:
        return None
    change = None if before is None else after - before
    figures: list[object] = [before, after, change]
    if shares:
        figures = [shown(name, before, "id"), shown(name, after, "id"), points(name, change, "id")]
    return [both(f"simulate.measure_{name}", between=" / "), *figures]


def _optimised(workspace: Path) -> Path:
    from tangga.engine.optimise.plan import work_out
    from tangga.engine.optimise.problem import GRADUATIONS
    from tangga.engine.optimise.report import summary
    from tangga.engine.optimise.write import FOLDER, write_plan

    with screen.bars() as progress:
        plan = work_out(workspace, years=YEARS, aim=GRADUATIONS, report=progress)
        write_plan(plan, workspace / FOLDER)
    screen.out.print(both("demo.optimised"), style="bold")
    for language in LANGUAGES:
        for line in (plan.stated.says["assumption"][language], *islice(summary(plan, language), 9)):
            screen.out.print(line, soft_wrap=True)
    return workspace / FOLDER


def hold_to_release(workspace: Path) -> None:
    """BrokenRelease where the release of the last run is not whole; Unprovable where a number that
    was left out of its open tables can be worked out."""
    from tangga.engine.current import last_complete
    from tangga.engine.publish.check import check_release
    from tangga.engine.publish.prove import prove
    from tangga.engine.workspace import load_workspace

    folder = last_complete(workspace) / "publish"
    check_release(folder / "release", load_workspace(workspace).pack_areas)
    prove(folder / "open")


def hold_to_future(workspace: Path) -> None:
    """Conflict where results are missing."""
    wanted = ("forecast/by_year.csv", f"simulations/{SCENARIO}/manifest.json", "optimised/plan.csv")
    short = [name for name in wanted if not (workspace / name).is_file()]
    if short:
        raise Conflict(f"the demo lacks results: {', '.join(short)}")
