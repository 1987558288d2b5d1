"""The limits of a workspace: money, hours, places, the least that is decided, targets.

Money is what budget lines allocate to a programme or a focus, less what accepted lines of the plan
are to spend of it and what was disbursed (`money.py`); a line for everything is money for support
first and is no limit here. Places are those that are free. Hours are those that visits leave to the
workers on duty in the months that are left. What an office has not written down is not known, and
not known limits nothing: it is listed beside the plan.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

import duckdb
import numpy as np

from tangga.engine.area_tree import AreaTree
from tangga.engine.catalogue import Run
from tangga.engine.optimise.amounts import Pool, pools
from tangga.engine.optimise.money import FOCUS, PROGRAMME, read_money
from tangga.engine.optimise.parameters import Intervention, Parameters
from tangga.engine.optimise.problem import Floats, Goal, Limit
from tangga.engine.optimise.states import HELD, PROTECTED, Families
from tangga.engine.plan.cohorts import read_places
from tangga.engine.workspace import Workspace

BUDGET, HOURS, PLACES, DECIDED, SUPPORT = "budget", "hours", "places", "decided", "support"
PROTECTION = "protection"
"""The focus whose money pays running support."""


@dataclass(frozen=True)
class NotKnown:
    """Nothing says how much of something there is: what, of which intervention, in which area and
    year."""

    what: str
    intervention: str
    area: str
    year: int


@dataclass(frozen=True)
class Found:
    """limits and goals of a plan; what is not known; pools whose figure is of an earlier year;
    for_everything: rupiah of lines for everything, by area and year, that are no limit here.
    sources: of funds, by what the money is for (as of a limit's `focus`) and whose it is."""

    limits: tuple[Limit, ...]
    goals: tuple[Goal, ...]
    not_known: tuple[NotKnown, ...]
    carried: tuple[Pool, ...]
    for_everything: Mapping[tuple[str, int], int]
    sources: Mapping[tuple[str, str], frozenset[str]]


@dataclass(frozen=True)
class Asked:
    """For whom limits are sought. first: the calendar year of year 0; years: how many.
    months: whole months that are left of the first."""

    families: Families
    stated: Parameters
    tree: AreaTree
    first: int
    years: int
    months: int = 12

    @property
    def calendar(self) -> range:
        """The calendar years."""
        return range(self.first, self.first + self.years)


def find_limits(
    con: duckdb.DuckDBPyConnection, run: Run, workspace: Workspace, asked: Asked
) -> Found:
    """All limits of a run and its workspace."""
    about = asked.families.areas, asked.calendar, asked.tree
    found = read_money(con, run, asked.tree, asked.first)
    figures = {of: amount for of, amount in found.allocated.items() if of[0]}
    # Support is reserved for the whole year, so that its money is the whole year's too.
    taken = {of: amount for of, amount in found.taken.items() if of[0] != FOCUS + PROTECTION}
    money = pools(figures, *about, taken)
    places = pools(_places(workspace), *about, _places_taken(con, run))
    hours = _hours(con, run, asked)
    limits = [
        *(_of_money(pool, asked) for pool in money if pool.key != FOCUS + PROTECTION),
        *(_of_support(pool, asked) for pool in money if pool.key == FOCUS + PROTECTION),
        *(_of_places(pool, asked) for pool in places),
        *_of_hours(hours, asked),
        *_of_decided(workspace, asked),
    ]
    limits = [one for one in limits if one is not None and one.uses.any()]
    return Found(
        limits=tuple(limits),
        goals=tuple(_goals(con, run, asked)),
        not_known=tuple(_not_known(limits, hours, asked)),
        carried=tuple(one for one in (*money, *places) if one.of_year != one.year),
        for_everything={(a, y): sum_ for (k, a, y), sum_ in found.allocated.items() if not k},
        sources={(k.partition(":")[2], a): of for (k, a), of in found.sources.items()},
    )


LINES = ("plan", "budget_lines")


def _places(workspace: Workspace) -> dict[tuple[str, str, int], int]:
    found: dict[tuple[str, str, int], int] = defaultdict(int)
    for one in read_places(workspace):
        found[PROGRAMME + one.programme, one.area, one.year] += one.places
    return found


def _places_taken(con: duckdb.DuckDBPyConnection, run: Run) -> dict[tuple[str, str, int], int]:
    """Places of the year of the run in which somebody began already."""
    if not run.has("plan", "capacity"):
        return {}
    rows = con.execute(
        f"SELECT programme, area, year, used FROM {run.scan('plan', 'capacity')} ORDER BY ALL"
    ).fetchall()
    return {(PROGRAMME + programme, area, year): used for programme, area, year, used in rows}


def _drawn(pool: Pool, way: Intervention) -> bool:
    return pool.key in (PROGRAMME + way.says["programme"], FOCUS + way.says["focus"])


def _uses(asked: Asked, each: Sequence[int]) -> Floats:
    """(S, K + 1): what an intervention uses, whatever the state; to continue uses nothing."""
    return np.broadcast_to(np.array([0, *each], float), (len(asked.families.states), len(each) + 1))


def _limit(what: str, pool: Pool, uses: Floats, asked: Asked) -> Limit:
    focus = pool.key.partition(":")[2]
    areas = np.array(pool.areas, dtype=np.int64)
    year, amount = pool.year - asked.first, float(pool.amount)
    return Limit(what, pool.area, year, areas, uses, amount, focus, taken=float(pool.taken))


def _of_money(pool: Pool, asked: Asked) -> Limit:
    ways = asked.stated.interventions
    return _limit(BUDGET, pool, _uses(asked, [_drawn(pool, w) * w.cost for w in ways]), asked)


def _of_places(pool: Pool, asked: Asked) -> Limit:
    ways = asked.stated.interventions
    one = [int(pool.key == PROGRAMME + way.says["programme"]) for way in ways]
    return _limit(PLACES, pool, _uses(asked, one), asked)


def _of_support(pool: Pool, asked: Asked) -> Limit | None:
    """Money for support: what the protected receive is reserved first, whatever else is planned."""
    if asked.tree.level(pool.area) != asked.stated.says["level"]:
        return None
    families = asked.families
    mine = np.isin(families.area, pool.areas)
    mine &= np.array([s.kind == PROTECTED for s in families.states])[families.state]
    many = np.bincount(families.state[mine], minlength=len(families.states))
    total = np.bincount(families.state[mine], families.support[mine], len(families.states))
    mean = total / np.maximum(many, 1)  # times the families it is their sum again
    uses = np.repeat(mean[:, None], len(asked.stated.interventions) + 1, axis=1)
    return _limit(SUPPORT, pool, uses, asked)


def _hours(con: duckdb.DuckDBPyConnection, run: Run, asked: Asked) -> Mapping[int, int] | None:
    """Minutes a month of each area that visits leave over; None where nothing is known of them.

    Of a worker whose families are not known nothing can be counted on.
    """
    if not run.has("plan", "capacity_hours"):
        return None
    rows = con.execute(
        "SELECT area, CAST(sum(minutes_left) AS BIGINT) "
        f"FROM {run.scan('plan', 'capacity_hours')} GROUP BY area HAVING count(minutes_left) > 0"
    ).fetchall()
    if not rows:
        return None
    return {
        number: sum(minutes for area, minutes in rows if area.startswith(code))
        for number, code in enumerate(asked.families.areas)
    }


def _of_hours(hours: Mapping[int, int] | None, asked: Asked) -> Iterator[Limit]:
    uses = _uses(asked, [way.hours for way in asked.stated.interventions])
    for number, many in (hours or {}).items():
        for year in range(asked.years):
            where = np.array([number], dtype=np.int64)
            left = many * (asked.months if year == 0 else 12) // 60
            yield Limit(HOURS, asked.families.areas[number], year, where, uses, float(left))


def _of_decided(workspace: Workspace, asked: Asked) -> Iterator[Limit]:
    """Of those past the cap for whom there is a way up, so many begin one each year."""
    least = asked.stated.says["decide_percent"] / 100
    today = workspace.today
    if not least or not today.cap_in_force or today.cap is None:
        return
    most = int(today.cap.says["months"]) // 12
    past = [s.years >= most and bool(s.open) and s.kind != HELD for s in asked.families.states]
    uses = np.zeros((len(past), len(asked.stated.interventions) + 1))
    uses[np.array(past, dtype=bool)] = [least, *[least - 1] * len(asked.stated.interventions)]
    for number, code in enumerate(asked.families.areas):
        for year in range(asked.years):
            yield Limit(DECIDED, code, year, np.array([number]), uses, 0.0)


def _goals(con: duckdb.DuckDBPyConnection, run: Run, asked: Asked) -> Iterator[Goal]:
    """Targets of graduations of the areas that plan."""
    if not run.has("plan", "targets"):
        return
    says = asked.stated.says
    rows = con.execute(
        f"SELECT area, year, CAST(max(value) AS BIGINT) FROM {run.scan('plan', 'targets')} "
        "WHERE measure = ? AND level = ? AND value IS NOT NULL AND coalesce(worker, '') = '' "
        "AND coalesce(programme, '') = '' AND coalesce(exits, '') = '' "
        "GROUP BY ALL ORDER BY ALL",
        [says["goal_measure"], says["level"]],
    ).fetchall()
    number = {code: n for n, code in enumerate(asked.families.areas)}
    for area, year, value in rows:
        if area in number and year in asked.calendar:
            where, price = np.array([number[area]]), float(says["goal_price"])
            yield Goal(area, year - asked.first, where, float(value), price)


def _not_known(
    limits: Sequence[Limit], hours: Mapping[int, int] | None, asked: Asked
) -> Iterator[NotKnown]:
    """Of which intervention nobody wrote down the money, the places or the hours."""
    limited: dict[tuple[str, int, int], set[int]] = defaultdict(set)
    for one in limits:
        (ways,) = np.nonzero(one.uses[:, 1:].any(axis=0))
        for area in one.areas:
            limited[one.what, int(area), one.year] |= set(ways.tolist())
    for number, area in enumerate(asked.families.areas):
        for year in range(asked.years):
            for n, way in enumerate(asked.stated.interventions):
                for what in (BUDGET, PLACES, HOURS):
                    if what == PLACES and not way.says["programme"]:
                        continue
                    if n not in limited[what, number, year] and not (what == HOURS and hours):
                        yield NotKnown(what, way.id, area, asked.first + year)


def months_of(day: date) -> tuple[int, int]:
    """The calendar year that is planned first, and the whole months after the day that are left of
    it. In December that is the next year, whole."""
    return (day.year, 12 - day.month) if day.month < 12 else (day.year + 1, 12)
