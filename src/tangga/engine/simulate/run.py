"""`tangga simulate`: another policy beside that of today, on the families of the last run.

found = simulate(Path("DIR"), Path("scenario.toml"))
found.figures["cost", "pkh"]            # before and after
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from tangga.engine.area_tree import AreaTree, area_tree
from tangga.engine.context import silent
from tangga.engine.plan.rows import relation_of
from tangga.engine.results import Results, new_results
from tangga.engine.simulate import compare
from tangga.engine.simulate.affected import Affected, affected
from tangga.engine.simulate.answers import write_answers
from tangga.engine.simulate.checks import Bounds, stop_where_one_fails
from tangga.engine.simulate.climb import at_cap, graduable, moves_sql
from tangga.engine.simulate.consumption import lacks
from tangga.engine.simulate.edits import edited
from tangga.engine.simulate.kinds import Group, write_kinds
from tangga.engine.simulate.measured import MEASURES
from tangga.engine.simulate.opened import Opened, opened
from tangga.engine.simulate.poverty import Effects, effects
from tangga.engine.simulate.scenario import Scenario
from tangga.engine.simulate.scenario_file import read_scenario
from tangga.engine.simulate.serving import TIES, write_served
from tangga.hashing import sha256
from tangga.registry.model import Pack
from tangga.rules.days import month_of
from tangga.rules.on_date import OnDate

if TYPE_CHECKING:
    from tangga.engine.simulate.through_time import ThroughTime

FOLDER = "simulations"
Value = int | float | None
Pair = tuple[Value, Value]
Progress = Callable[[str, int, int], None]


@dataclass(frozen=True)
class Simulated:
    """What a simulation found. was, today: the rules of the day, and those of the scenario.
    figures: (measure, programme) -> before and after; programme '' is all that the scenario looks
    at, together. moves: move -> before, after, comes, goes. bounds: of what rests on amounts that
    are not known. by_the_most: families for whom the most of a
    rule is set aside. without_model: the scenario asks for one and the run has none."""

    scenario: Scenario
    folder: Path
    day: date
    run: str
    affected: Affected
    was: OnDate
    today: OnDate
    pack: Pack
    figures: Mapping[tuple[str, str], Pair]
    effects: Effects | None
    moves: Mapping[str, tuple[int, int, int, int]]
    families: int
    groups: tuple[Group, ...]
    areas: AreaTree
    by_area: tuple[dict[str, object], ...]
    by_group: tuple[dict[str, object], ...]
    by_amount: tuple[dict[str, object], ...]
    ties: tuple[dict[str, object], ...]
    time: ThroughTime | None
    bounds: Bounds
    by_the_most: int = 0
    without_model: bool = False

    @property
    def nothing(self) -> bool:
        """Whether no figure is another, no support, no move and no month: it changes nothing."""
        return not (
            any(map(self._differs, self.figures))
            or any(comes or goes for _, _, comes, goes in self.moves.values())
            or (self.time is not None and any(map(self.time.differs, self.time.values)))
        )

    def shown(self) -> tuple[str, ...]:
        """What is shown one by one: programmes that the scenario names, or to which it does
        anything; before them all together ('') unless there is one alone."""
        codes = [
            code
            for code in self.affected.programmes
            if code in self.affected.named or any(map(self._differs, _keys(self.figures, code)))
        ]
        return tuple(codes) if len(codes) == 1 == len(self.affected.programmes) else ("", *codes)

    def same(self, code: str) -> bool:
        """Whether nothing of a programme's support or cost is another (nor its own rule)."""
        keys = [key for key in _keys(self.figures, code) if key[0] in OF_SUPPORT]
        return not (self.affected.named or any(map(self._differs, keys)))

    def _differs(self, key: tuple[str, str]) -> bool:
        before, after = self.figures[key]
        if before is None:
            return key[0] in FLOWS and bool(after)
        return before != after

    def after(self) -> dict[tuple[str, str], Value]:
        """The figures under the scenario: what its checks look at."""
        return {key: pair[1] for key, pair in self.figures.items()}


PAIRS = {
    "fits": ("fits_before", "fits"),
    "not_known": ("not_known_before", "not_known"),
    "served": ("receives", "served"),
    "cost_of_all": ("cost_of_all_before", "cost_of_all"),
    "cost": ("cost_before", "cost"),
    "set_aside": ("set_aside_before", "set_aside"),
    "cost_recorded": ("cost_recorded_before", "cost_recorded"),
}
"""Measures that both policies have; all other counts are of the scenario."""
FLOWS = ("comes_to_fit", "ceases_to_fit", "families_in", "families_out", "winners", "losers")
"""Measures of a change that are not zero only where something changes."""


OF_SUPPORT = (*PAIRS, *FLOWS)
"""What is of support and cost, and not of poverty or the ladder."""


def _keys(figures: Mapping[tuple[str, str], Pair], code: str) -> list[tuple[str, str]]:
    return [key for key in figures if key[1] == code]


def simulate(
    directory: Path, scenario: Path, *, out: Path | None = None, progress: Progress = silent
) -> Simulated:
    """Simulate a scenario on the last complete run of a workspace, and write what was found.

    out: the folder of the results (None: `simulations/NAME` of the workspace). Raises UserError for
    a scenario that says something impossible, a run that cannot be compared with, and a check that
    fails; then nothing is written.
    """
    with opened(directory) as run:
        read = read_scenario(scenario, run.workspace)
        day = run.workspace.as_of
        after = edited(read.policy, read.scenario, day).on(day)
        folder = out or run.workspace.dir / FOLDER / read.scenario.name
        found = _found(run, read.scenario, run.workspace.today, after, folder, progress)
        stop_where_one_fails(found.scenario, found.after(), found.bounds)
        with new_results(folder, _about(run, found)) as results:
            _write(run, found, after, results, progress)
    return found


def _found(
    run: Opened,
    scenario: Scenario,
    before: OnDate,
    after: OnDate,
    folder: Path,
    progress: Progress,
) -> Simulated:
    touched = affected(run, scenario, before, after)
    groups = _asked(run, scenario, touched, before, after, progress)
    progress("simulate: what it does to poverty", 0, 0)
    lacking = lacks(run, scenario)
    welfare = None if lacking else _effects(run, scenario, touched, before)
    areas = area_tree(run.workspace.pack_areas)
    moves = _rows(run, moves_sql(run, touched, after))
    ((families,),) = run.steps.fetch("SELECT count(*) FROM kinds")
    return Simulated(
        scenario=scenario,
        folder=folder,
        day=run.workspace.as_of,
        run=run.run.folder.name,
        affected=touched,
        was=before,
        today=after,
        pack=run.workspace.pack,
        figures=_figures(run, touched, before, after, welfare),
        effects=welfare,
        moves={str(r["move"]): _counts(r) for r in moves},
        families=int(families),
        groups=groups,
        areas=areas,
        by_area=_kept(run, "by_area", compare.by_area_sql(run, areas)),
        by_group=_kept(run, "by_group", compare.by_group_sql(groups)),
        by_amount=_kept(run, "by_amount", compare.by_amount_sql()),
        ties=_rows(run, f"SELECT * FROM {TIES} ORDER BY ALL"),
        time=_pushed(run, touched, scenario, before, after, areas, progress),
        bounds=_bounds(run, touched),
        by_the_most=_by_the_most(run),
        without_model=lacking,
    )


def _asked(
    run: Opened,
    scenario: Scenario,
    touched: Affected,
    before: OnDate,
    after: OnDate,
    progress: Progress,
) -> tuple[Group, ...]:
    """Make the tables that everything is counted from, in the run's database; the pack's groups."""
    progress("simulate: facts", 0, 0)
    run.make_anew(touched.anew, after)
    groups = write_kinds(run, after)
    progress("simulate: verdicts", 0, 0)
    write_answers(run, touched, before, after)
    progress("simulate: places and money", 0, 0)
    write_served(run, touched, scenario, before, after)
    compare.write_outcome(run, touched, before, after)
    compare.write_cube(run, groups)
    return groups


def _effects(run: Opened, scenario: Scenario, touched: Affected, before: OnDate) -> Effects | None:
    """Errors and poverty, where the scenario says from where consumption is taken."""
    if scenario.welfare is None:
        return None
    return effects(run, before, scenario.welfare, touched.programmes)


def _pushed(
    run: Opened,
    touched: Affected,
    scenario: Scenario,
    before: OnDate,
    after: OnDate,
    areas: AreaTree,
    progress: Progress,
) -> ThroughTime | None:
    """Both policies through time, where the scenario asks for months: it costs far more."""
    if not scenario.months:
        return None
    from tangga.engine.simulate.through_time import push

    return push(run, touched, scenario, before, after, areas, progress)


def _counts(row: Mapping[str, object]) -> tuple[int, int, int, int]:
    before, after, comes, goes = (int(str(row[k])) for k in ("before", "after", "comes", "goes"))
    return before, after, comes, goes


def _rows(run: Opened, sql: str) -> tuple[dict[str, object], ...]:
    found = run.steps.con.execute(sql)
    names = [column[0] for column in found.description or ()]
    return tuple(dict(zip(names, row, strict=True)) for row in found.fetchall())


def _kept(run: Opened, name: str, sql: str) -> tuple[dict[str, object], ...]:
    """A small table in its order, kept for the folder of results; its rows."""
    run.steps.con.execute(f"CREATE OR REPLACE TEMP TABLE {name} AS {sql}")
    return _rows(run, f"SELECT * FROM {name}")


OF_MONEY = (
    *("cost", "set_aside", "cost_most", "cost_recorded", "cost_change", "cost_of_all"),
    *("winners", "losers", "amount_unknown"),
)


def _figures(
    run: Opened, touched: Affected, before: OnDate, after: OnDate, welfare: Effects | None
) -> dict[tuple[str, str], Pair]:
    """Every measure of every programme looked at, and of all together."""
    found: dict[tuple[str, str], Pair] = {}
    totals = {str(row["programme"]): row for row in _rows(run, compare.totals_sql())}
    for code in (compare.TOGETHER, *touched.programmes):
        row = totals.get(code, dict.fromkeys(compare.MEASURED, 0))
        for measure in MEASURES:
            if measure in PAIRS:
                was, now = PAIRS[measure]
                found[measure, code] = (_whole(row[was]), _whole(row[now]))
            elif measure in compare.MEASURED:
                found[measure, code] = (None, _whole(row[measure]))
        found["cost_most", code] = (
            _whole(row["cost_before"]) + _whole(row["set_aside_before"]),
            _whole(row["cost"]) + _whole(row["set_aside"]),
        )
        found["cost_change", code] = (None, _whole(row["cost"]) - _whole(row["cost_before"]))
    for code in touched.without_amount:
        found |= {(measure, code): (None, None) for measure in OF_MONEY}
    found["at_cap", compare.TOGETHER] = at_cap(run, before, after)
    found["graduable", compare.TOGETHER] = graduable(run, before, after)[0]
    if welfare is not None:
        found |= welfare.figures
    return found


def _by_the_most(run: Opened) -> int:
    rows = _rows(run, compare.totals_sql())
    return sum(_whole(row["by_the_most"]) for row in rows if row["programme"] == compare.TOGETHER)


def _bounds(run: Opened, touched: Affected) -> Bounds:
    """The least and the most of what rests on amounts that are not known."""
    found: dict[tuple[str, str], tuple[int, int] | None] = {}
    for row in _rows(run, compare.totals_sql()):
        code = str(row["programme"])
        if code in touched.without_amount:
            continue
        cost, of_all = _whole(row["cost"]), _whole(row["cost_of_all"])
        most = cost + _whole(row["set_aside"])
        change = most - _whole(row["cost_before"]) - _whole(row["set_aside_before"])
        found["cost", code] = (cost, most)
        found["cost_of_all", code] = (of_all, of_all + _whole(row["all_set_aside"]))
        found["cost_change", code] = None if row["difference_open"] else (change, change)
    return found


def _whole(value: object) -> int:
    assert isinstance(value, int)  # sums of flags and of whole rupiah
    return value


# --- what is written ------------------------------------------------------------------------------


def _about(run: Opened, found: Simulated) -> dict[str, object]:
    """What the manifest says the figures rest on."""
    file = found.scenario.file
    return {
        "scenario": found.scenario.name,
        "sha256": sha256(file),
        "run": found.run,
        "as_of": found.day.isoformat(),
        "policy": run.manifest.policy["sha256"],
        "facts": found.affected.anew,
        "programmes": list(found.affected.programmes),
    }


def _write(
    run: Opened, found: Simulated, after: OnDate, results: Results, progress: Progress
) -> None:
    from tangga.engine.simulate.plots import charts
    from tangga.engine.simulate.report import report
    from tangga.texts import LANGUAGES

    con = run.steps.con
    results.table("summary", _summary(found), con)
    for name in ("by_area", "by_group", "by_amount"):
        results.table(name, f"SELECT * FROM {name}", con)
    results.table("changed", compare.changed_sql(), con)
    results.table("ties", f"SELECT * FROM {TIES} ORDER BY ALL", con)
    results.table("moves", moves_sql(run, found.affected, after), con)
    if found.time is not None:
        results.table("through_time", _through_time(found.time, found.day), con)
    progress("simulate: report", 0, 0)
    for language in LANGUAGES:
        drawn = charts(found, language)
        for name, svg in drawn.items():
            results.text(f"{name}.{language}.svg", svg)
        results.text(f"report.{language}.md", report(found, language, list(drawn)))


def _summary(found: Simulated) -> str:
    """One row a measure and programme; key: measure, programme. before: NULL where the measure is
    of the change alone, or not known."""
    columns = {"measure": "VARCHAR", "programme": "VARCHAR", "unit": "VARCHAR"}
    columns |= dict.fromkeys(("before", "after", "change"), "DECIMAL(24, 6)")
    order = list(MEASURES)
    rows = [
        (measure, code, MEASURES[measure], *map(_text, pair), _text(_change(pair)))
        for (measure, code), pair in sorted(
            found.figures.items(), key=lambda item: (item[0][1], order.index(item[0][0]))
        )
    ]
    return f"SELECT * FROM {relation_of(columns, rows)}"


def _through_time(time: ThroughTime, day: date) -> str:
    """One row a month and measure; key: month, measure."""
    from tangga.engine.simulate.through_time import rows

    figures = ("before", "after", "low", "median", "high")
    columns = {"month": "DATE", "measure": "VARCHAR", **dict.fromkeys(figures, "BIGINT")}
    return (
        f"SELECT * FROM {relation_of(columns, rows(time, month_of(day)))} ORDER BY measure, month"
    )


def _change(pair: Pair) -> Value:
    return None if pair[0] is None or pair[1] is None else pair[1] - pair[0]


def _text(value: Value) -> str | None:
    return None if value is None else repr(value)
