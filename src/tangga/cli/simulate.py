"""`tangga simulate`."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from tangga.cli import screen
from tangga.texts import LANGUAGES, both, say

if TYPE_CHECKING:
    from tangga.engine.simulate.run import Simulated

SHOWN = (
    *("fits", "comes_to_fit", "ceases_to_fit", "not_known", "served", "families_in"),
    *("families_out", "waiting", "without_rank", "amount_unknown", "cost", "set_aside"),
    *("cost_most", "cost_recorded", "cost_of_all", "winners", "losers"),
)


def simulate(
    directory: Path, *, scenario: Path, out: Path | None, progress_file: Path | None = None
) -> None:
    """Simulate, write the folder of results, and print what changes."""
    from tangga.engine.simulate.run import simulate

    with screen.bars() as shown, screen.progress_lines(progress_file) as written:

        def progress(step: str, done: int, total: int) -> None:
            shown(step, done, total)
            written(step, done, total)

        found = simulate(directory, scenario, out=out, progress=progress)
    print_simulated(found)


def print_simulated(found: Simulated) -> None:
    """The summary: by programme, then what it does to errors and poverty, then where it stands."""
    from tangga.engine.simulate.report import of_programme, support_same

    for language in LANGUAGES:
        title = found.scenario.titles[language]
        screen.out.print(say("simulate.title", language, title=title), soft_wrap=True)
    if found.nothing:
        screen.out.print(both("simulate.nothing"), soft_wrap=True)
    if found.same(""):
        said = dict.fromkeys(support_same(found, language) for language in LANGUAGES)
        screen.out.print("\n".join(said), soft_wrap=True)
    for code in () if found.same("") else found.shown():
        _table(found, code, of_programme(found, code, SHOWN))
    if len(found.affected.programmes) > 1 and not found.same(""):
        screen.out.print(both("simulate.together_reads"), soft_wrap=True)
    if found.without_model:
        screen.out.print(both("simulate.no_model"), soft_wrap=True)
    _table(found, "", ("exclusion", "inclusion", "poverty", "poverty_gap", "poverty_severity"))
    _table(found, "", ("at_cap", "graduable"))
    _moves(found)
    if found.time is not None and found.time.unlinked:
        screen.out.print(both("simulate.time_unlinked"), soft_wrap=True)
    screen.out.print(both("simulate.no_decision"), soft_wrap=True)
    screen.out.print(both("simulate.written", folder=found.folder), soft_wrap=True)


def _moves(found: Simulated) -> None:
    """Decisions, plans and moves that are due, at the one date of the run."""
    from tangga.engine.simulate.said import move_names

    if not found.moves:
        return
    names = {language: move_names(found.was, found.today, language) for language in LANGUAGES}
    rows = [
        [" / ".join(dict.fromkeys(names[one].get(move, move) for one in LANGUAGES)), *counts]
        for move, counts in found.moves.items()
    ]
    columns = ("move", *(f"column_{name}" for name in ("before", "after", "comes", "goes")))
    headings = [both(f"simulate.{name}", between=" / ") for name in columns]
    screen.print_table(headings, rows)


def _table(found: Simulated, code: str, measures: Sequence[str]) -> None:
    from tangga.engine.simulate.measured import MEASURES, SHARE
    from tangga.engine.simulate.plots import programme_name
    from tangga.engine.simulate.report import points, shown

    rows = []
    for measure in measures:
        before, after = found.figures.get((measure, code), (None, None))
        if after is None:
            continue
        change = None if before is None else after - before
        figures: list[object] = [before, after, change]
        if MEASURES[measure] == SHARE:
            figures = [shown(measure, before, "id"), shown(measure, after, "id")]
            figures.append(points(measure, change, "id"))
        rows.append([both(f"simulate.measure_{measure}", between=" / ").strip(), *figures])
    if not rows:
        return
    names = dict.fromkeys(programme_name(found, code, language) for language in LANGUAGES)
    headings = [" / ".join(names)]
    columns = ("before", "after", "change")
    headings += [both(f"simulate.column_{name}", between=" / ") for name in columns]
    screen.print_table(headings, rows)
