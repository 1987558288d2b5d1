"""A scenario through time: both policies pushed month by month on cells, with the same draws.

What follows by arithmetic (who reaches the cap, what is owed) is worked out under each policy. What
nobody can know is drawn for both with the same seed, so that a difference is of the policies and
not of chance. Bands are of the differences of each future, never differences of bands.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tangga.engine.area_tree import AreaTree
from tangga.engine.forecast.cells import Month, Real, bands, futures
from tangga.engine.forecast.drawn import ALL, ARRIVE, CHANGE, Asked, Gathered, cells_of, dying_out
from tangga.engine.forecast.exact import Outlook, look_ahead
from tangga.engine.forecast.expected import expected
from tangga.engine.forecast.finished import Finished
from tangga.engine.forecast.owed import BY_MONTH
from tangga.engine.forecast.rates import FIRST_RUNG, rates_of, recorded, steps_of
from tangga.engine.simulate.affected import Affected
from tangga.engine.simulate.climb import with_rung
from tangga.engine.simulate.opened import STORED, Opened
from tangga.engine.simulate.scenario import Scenario
from tangga.engine.simulate.supported import then_components, then_spells
from tangga.rules.clock_settings import Clock
from tangga.rules.days import first_day
from tangga.rules.on_date import OnDate

FORECAST = "forecast"
DRAWS, SEED = 200, 1
COST, ON_SUPPORT, AT_CAP, GRADUATED = "cost", "on_support", "at_cap", "graduated"
MEASURES = (COST, ON_SUPPORT, AT_CAP, GRADUATED)
GRADUATE = "graduated"
"""The rung to which whoever graduates goes."""
Report = Callable[[str, int, int], None]


@dataclass(frozen=True)
class ThroughTime:
    """What becomes of both policies. values: measure -> [policy, month, future], months from 1 on;
    policy 0 is that of today. low, high: per cent of the futures that a band leaves out below and
    keeps at its end. unlinked: what the scenario changes and no drawn step knows of. standing:
    families that stand on the last rung today, under each policy; graduations are since then."""

    months: int
    values: Mapping[str, Real]
    low: int
    high: int
    basis: str
    unlinked: tuple[str, ...] = ()
    standing: tuple[int, int] = (0, 0)

    def differs(self, measure: str) -> bool:
        """Whether any future has it otherwise in any month."""
        before, after = self.values[measure]
        return bool((before != after).any())

    def modelled(self, measure: str) -> bool:
        """False where no difference means only that the change is not linked to what is drawn."""
        return self.differs(measure) or measure == AT_CAP or not self.unlinked

    def bands(self, measure: str) -> tuple[Real, Real, Real]:
        """Low, middle and high of the difference, [month] each."""
        before, after = self.values[measure]
        return bands(after - before, self.low, self.high)

    def middle(self, measure: str) -> Real:
        """The middle of each policy, [policy, month]."""
        return bands(self.values[measure], self.low, self.high)[1]


@dataclass
class Then(Finished):
    """The run as it would stand if the scenario were decided: some tables are others."""

    others: dict[tuple[str, str], str] = field(default_factory=dict)

    def scan(self, stage: str, table: str) -> str:
        """A table as something to SELECT from: that of the scenario, where it has one."""
        return self.others.get((stage, table)) or super().scan(stage, table)


def push(
    opened: Opened,
    affected: Affected,
    scenario: Scenario,
    before: OnDate,
    after: OnDate,
    tree: AreaTree,
    report: Report,
) -> ThroughTime | None:
    """Both policies over the months of the scenario; None where the pack says of no rates."""
    version = before.settings.get(FORECAST)
    if version is None or not scenario.months:
        return None
    says = version.says
    asked = Asked(DRAWS, SEED, says["low"], says["high"])
    run = Finished(opened.workspace, opened.run.folder, opened.manifest, before, opened.steps.con)
    then = Then(
        opened.workspace, opened.run.folder, opened.manifest, after, opened.steps.con,
        others=_others(opened, affected, after),
    )  # fmt: skip
    pushed = [_pushed(one, says, asked, scenario.months, tree, report) for one in (run, then)]
    values = {name: np.stack([one[name] for one in pushed]) for name in MEASURES}
    return ThroughTime(
        scenario.months, values, asked.low, asked.high, version.period.basis,
        _unlinked(scenario, before, after), (_standing(run), _standing(then)),
    )  # fmt: skip


def _unlinked(scenario: Scenario, before: OnDate, after: OnDate) -> tuple[str, ...]:
    """What decides moves and nothing else: nobody moves by it in a drawn future."""
    found = []
    if scenario.cap is not None and before.cap != after.cap:
        found.append("cap")
    if before.clock.says["buffer"] != after.clock.says["buffer"]:
        found.append("buffer")
    if before.moves != after.moves:
        found.append("moves")
    return tuple(found)


def _standing(run: Finished) -> int:
    ((many,),) = run.rows(
        f"SELECT count(*) FROM {run.scan('plan', 'facts')} WHERE rung = '{GRADUATE}'"
    )
    return int(many)


def _others(opened: Opened, affected: Affected, after: OnDate) -> dict[tuple[str, str], str]:
    """What the run would hold under the scenario: who is supported, on which rung, how long."""
    con = opened.steps.con
    made = {
        "spells": then_spells(opened),
        "components": then_components(opened, affected, after),
        "facts": with_rung(opened, after),
    }
    others = {}
    for table, sql in made.items():
        con.execute(f"CREATE OR REPLACE TEMP TABLE then_{table} AS {sql}")
        others["plan", table] = f"then_{table}"
    if opened.anew != STORED:
        for table in ("person_history", "family_history"):
            others["plan", table] = opened.after(table)
    return others


class Raw(Gathered):
    """What futures give, kept future by future: of the whole register alone."""

    def __init__(self, *given: Any) -> None:
        super().__init__(*given)
        self.within = self.within[:1]
        self.areas = self.areas[:1]
        self.supported: list[NDArray[Any]] = []

    def take(self, month: Month) -> None:
        """One month of all futures, and how many stand on protection in it."""
        super().take(month)
        rung = self.cells.rungs.index(FIRST_RUNG) if FIRST_RUNG in self.cells.rungs else None
        here = (
            month.here[:, rung].sum(axis=0) if rung is not None else month.here[:, 0, :].sum(0) * 0
        )
        self.supported.append(np.asarray(here, dtype=np.float64))

    def _bands(self, of_all: NDArray[Any]) -> Real:
        return np.asarray(of_all, dtype=np.float64)


def _pushed(
    run: Finished,
    says: Mapping[str, Any],
    asked: Asked,
    months: int,
    tree: AreaTree,
    report: Report,
) -> dict[str, Real]:
    """One policy: measure -> [month, future]."""
    outlook = look_ahead(run, months)
    seen = recorded(run, Clock.of(run.today.clock.says), says["window_months"])
    rungs = tuple(dict.fromkeys(r for one in says["step"] for r in (one["from"], one["to"])))
    cells = cells_of(outlook, max(tree.levels.values()), rungs)
    hoped = expected(outlook, says, cells)
    steps = steps_of(rates_of(says, seen), says["weight_months"], asked.draws, asked.seed)
    steps += [dying_out(cells, hoped, rung) for rung in cells.rungs]
    gathered = Raw(cells, hoped, steps, asked, tree, months)
    for month in futures(cells, steps, months=months, draws=asked.draws, seed=asked.seed):
        gathered.take(month)
        report("simulate: futures", month.index, months)
    graduate = [step.name for step in steps if step.to == GRADUATE]
    return _measured(outlook, gathered, graduate)


def _measured(outlook: Outlook, gathered: Raw, graduate: list[str]) -> dict[str, Real]:
    """Rupiah owed in a month, families on protection, and how many have reached the cap and
    graduated by then."""
    drawn = gathered.finished().months
    months = outlook.calendar.months
    owed = np.zeros(months)
    # Of everybody to whom anything is owed, those included who stand on no rung.
    for k, rupiah in outlook.run.rows(f"SELECT k, sum(owed)::BIGINT FROM {BY_MONTH} GROUP BY k"):
        if 1 <= k <= months:
            owed[k - 1] = rupiah
    there = int(gathered.cells.families[gathered.cells.band == 0].sum())
    nothing = np.zeros((months, gathered.asked.draws))
    graduated = sum((drawn[name, ALL][0] for name in graduate), nothing)
    return {
        COST: owed[:, None] + (drawn[CHANGE, ALL][0] if (CHANGE, ALL) in drawn else nothing),
        ON_SUPPORT: np.stack(gathered.supported),
        AT_CAP: there + np.cumsum(drawn[ARRIVE, ALL][0], axis=0),
        GRADUATED: np.cumsum(graduated, axis=0),
    }


def rows(found: ThroughTime, first: int) -> list[tuple[object, ...]]:
    """One row a month and measure: month (its first day), measure, the middle of each policy, and
    low, middle and high of the difference; whole numbers. first: the month before the first. Of
    what is not modelled there is today's alone: the others are None."""
    listed: list[tuple[object, ...]] = []
    for measure in MEASURES:
        before, after = found.middle(measure)
        band = found.bands(measure)
        for n in range(found.months):
            figures = (before[n], after[n], *(one[n] for one in band))
            whole: list[int | None] = [round(float(f)) for f in figures]
            if not found.modelled(measure):
                whole[1:] = [None] * len(whole[1:])
            listed.append((first_day(first + n + 1), measure, *whole))
    return listed
