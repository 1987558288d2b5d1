"""The optimiser on cases of a stated size: `python -m bench.optimised large|families|milp FILE`.

Invented figures, drawn with a fixed seed: six interventions, chances that fall with need, budgets
that suffice for about a tenth of the families, workers' hours for about as many.
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
from scipy import sparse
from scipy.optimize import Bounds, LinearConstraint, milp

from tangga.engine.optimise.choose import NONE, choose, gained
from tangga.engine.optimise.prices import Offers, best_prices, bound
from tangga.engine.optimise.problem import Effects, Goal, Limit, Problem
from tangga.engine.optimise.solve import Solution, solve

AREAS, DECILES, YEARS = 500, 10, 5
FAMILIES, MILP_FAMILIES = 1_000_000, 2_000
COST = np.array([2_000_000, 5_000_000, 3_000_000, 1_000_000, 8_000_000, 500_000])
HOURS = np.array([12, 20, 30, 8, 24, 4])
GRADUATES = np.array([0.30, 0.45, 0.35, 0.15, 0.55, 0.08])
LASTS = np.array([0.8, 0.85, 0.7, 0.75, 0.8, 0.6])
TAKES = np.array([1, 2, 1, 1, 2, 1])
PLACES = np.array([0, 0, 0, 0, 1, 0])  # of the dearest
REACHED = 0.1
"""Share of the families for whom the budget, or the hours, suffice at the mean of the costs."""


def large() -> dict[str, Any]:
    """Families by area and decile, five years: for each area and year a budget, hours, places of
    one intervention, and a goal whose lack is priced."""
    rng = np.random.default_rng(1)
    families = rng.integers(50, 600, (AREAS, DECILES)).astype(float)
    effects = Effects(
        graduates=np.linspace(0.5, 1.2, DECILES)[:, None] * GRADUATES,
        lasts=np.broadcast_to(LASTS, (DECILES, len(COST))).copy(),
        avoided=np.ones((DECILES, len(COST))),
        years=TAKES,
        older=np.arange(DECILES),
    )
    limits = tuple(
        Limit(what, str(area), year, np.array([area]), _uses(each), float(room))
        for what, each in (("budget", COST), ("hours", HOURS), ("places", PLACES))
        for area in range(AREAS)
        for year in range(YEARS)
        for room in [families[area].sum() * each.mean() * REACHED * rng.uniform(0.5, 1.5)]
    )
    goals = tuple(
        Goal(str(area), year, np.array([area]), 0.05 * families[area].sum(), 0.2)
        for area in range(AREAS)
        for year in range(YEARS)
    )
    may = np.ones((DECILES, len(COST)), dtype=bool)
    problem = Problem(families, may, effects, YEARS, limits, goals, later=0.05)
    started = time.process_time()
    found = solve(problem)
    inside = time.process_time() - started
    if not isinstance(found, Solution):
        raise RuntimeError("the case has no plan")
    return {"inside": round(inside, 2), "value": found.value, "lacking": float(found.lacking.sum())}


def _uses(each: np.ndarray) -> np.ndarray:
    """(S, K + 1): nothing for who continues."""
    return np.broadcast_to(np.append(0, each), (DECILES, len(each) + 1)).astype(float)


def offers(families: int, areas: int) -> Offers:
    """Families that each gain something else; a budget and hours for each area."""
    rng = np.random.default_rng(2)
    area = rng.integers(0, areas, families)
    able = rng.beta(2, 2, families)[:, None] * 1.6
    values = able * GRADUATES * LASTS * rng.uniform(0.7, 1.3, (families, len(COST)))
    values[rng.random(values.shape) < 0.25] = -np.inf
    size = np.bincount(area, minlength=areas)
    share = REACHED * rng.uniform(0.5, 1.5, (2, areas))
    capacity = np.concatenate([size * COST.mean() * share[0], size * HOURS.mean() * share[1]])
    return Offers(
        values=values,
        uses=(COST[None, :], HOURS[None, :]),
        pools=np.stack([area, area + areas]),
        capacity=capacity.astype(np.int64),
        draw=rng.permutation(families),
    )


def families() -> dict[str, Any]:
    """A million families, one by one: prices, who gets what, and how far that may be from best."""
    case = offers(FAMILIES, AREAS)
    started = time.process_time()
    prices = best_prices(case)
    chosen = choose(case, prices)
    most, value = bound(case, prices), gained(case, chosen)
    inside = time.process_time() - started
    return {
        "inside": round(inside, 2),
        "families": FAMILIES,
        "chosen": int((chosen != NONE).sum()),
        "gap_percent": round(100 * (most - value) / most, 4),
    }


def plain() -> dict[str, Any]:
    """One area as anybody would write it: a whole number for each offer of each family."""
    case = offers(MILP_FAMILIES, 1)
    there = np.argwhere(np.isfinite(case.values))
    many = len(there)
    one_each = sparse.csr_array((np.ones(many), (there[:, 0], np.arange(many))))
    uses = sparse.csr_array(np.stack([COST[there[:, 1]], HOURS[there[:, 1]]]).astype(float))
    started = time.process_time()
    found = milp(
        -case.values[there[:, 0], there[:, 1]],
        constraints=[
            LinearConstraint(one_each, ub=1),
            LinearConstraint(uses, ub=case.capacity.astype(float)),
        ],
        integrality=np.ones(many),
        bounds=Bounds(0, 1),
        options={"mip_rel_gap": 0.005, "time_limit": 300},
    )
    inside = time.process_time() - started
    ours = time.process_time()
    prices = best_prices(case)
    value = gained(case, choose(case, prices))
    return {
        "inside": round(inside, 2),
        "families": MILP_FAMILIES,
        "gap_percent": round(100 * float(found.mip_gap), 4),
        "ours_inside": round(time.process_time() - ours, 2),
        "ours_of_its_value": round(value / -float(found.fun), 5),
    }


CASES: dict[str, Callable[[], dict[str, Any]]] = {
    "large": large,
    "families": families,
    "milp": plain,
}


def main() -> None:
    """Run one case and write what it found."""
    case, file = sys.argv[1:]
    Path(file).write_text(json.dumps(CASES[case]()) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
