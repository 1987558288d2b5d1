"""The plan that brings most, at the size of the country; each case in a process of its own.

    .venv/bin/python -m bench.planning_optimise --out var/bench/optimise

`programme`: 500 areas x 10 deciles x 6 interventions x 5 years as one linear programme, with money
by area, year and focus, hours by area and year, and places that all areas share. `whole`: a million
families x 6 interventions, each family with values of its own, under 500 budgets and as many limits
of hours; the gap is between what the plan brings and what no plan can exceed. `plain`: the same
families of one area alone with `scipy.optimize.milp`, for scale, and what ours makes of that area.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from dataclasses import replace
from typing import Any

import numpy as np

from bench import commands, tree

PARTS = ("programme", "whole", "plain")
FOCI, SHARED = 3, (1, 3)
PLAIN_LIMIT, PLAIN_GAP = 120, 0.0001


def instance(areas: int, seed: int, *, deciles: int = 10, ways: int = 6, years: int = 5) -> Any:
    """A problem of invented areas: families by decile, six ways up, limits of every sort."""
    from tangga.engine.optimise.problem import Effects, Limit, Problem

    draw = np.random.default_rng(seed)
    families = draw.integers(50, 3000, (areas, deciles)).astype(float)
    effects = Effects(
        draw.uniform(0.05, 0.5, (deciles, ways)),
        draw.uniform(0.5, 0.9, (deciles, ways)),
        draw.uniform(0.1, 2.0, (deciles, ways)),
        draw.integers(1, 3, ways),
        np.minimum(np.arange(deciles) + 1, deciles - 1),
    )
    cost, hours = draw.integers(2, 13, ways) * 500_000, draw.integers(5, 60, ways)
    foci = np.arange(ways) % FOCI

    def uses(each: np.ndarray) -> np.ndarray:
        return np.tile(np.array([0, *each], float), (deciles, 1))

    limits = []
    for area in range(areas):
        many, where = families[area].sum(), np.array([area])
        for year in range(years):
            for focus in range(FOCI):
                money = float(int(draw.uniform(0.1, 0.4) * many) * 1_000_000)
                own = uses(np.where(foci == focus, cost, 0))
                limits.append(Limit("budget", str(area), year, where, own, money, str(focus)))
            left = float(int(draw.uniform(1, 4) * many))
            limits.append(Limit("hours", str(area), year, where, uses(hours), left))
    for year in range(years):
        for way in SHARED:
            own = uses((np.arange(ways) == way).astype(int))
            places = float(int(families.sum() / 100))
            limits.append(Limit("places", "", year, np.arange(areas), own, places, str(way)))
    may = np.ones((deciles, ways), dtype=bool)
    return Problem(families, may, effects, years, tuple(limits), later=0.01)


def offers(families: int, areas: int, seed: int, *, ways: int = 6) -> Any:
    """Families of areas of about one size; values, and what is not for a family, its own."""
    from tangga.engine.optimise.prices import Offers

    draw = np.random.default_rng(seed)
    area = np.sort(draw.integers(0, areas, families))
    values = draw.uniform(0.05, 0.5, ways) * draw.uniform(0.3, 1.7, (families, 1))
    values = values * draw.uniform(0.7, 1.3, (families, ways))
    values[draw.random((families, ways)) < 0.2] = -np.inf
    cost = draw.integers(2, 13, (1, ways)) * 500_000
    hours = draw.integers(5, 60, (1, ways))
    many = np.bincount(area, minlength=areas)
    money = (many * draw.uniform(0.05, 0.6, areas)).astype(np.int64) * 1_000_000
    left = (many * draw.uniform(1, 8, areas)).astype(np.int64)
    pools, capacity = np.stack([area, area + areas]), np.concatenate([money, left])
    return Offers(values, (cost, hours), pools, capacity, draw.permutation(families))


# --- what is timed; each in a process of its own ----------------------------------------------


def programme(areas: int, seed: int) -> dict[str, Any]:
    """Build and solve the linear programme."""
    from tangga.engine.optimise.flow import programme as built
    from tangga.engine.optimise.solve import Solution, solve

    problem = instance(areas, seed)
    started = time.process_time()
    found = solve(problem)
    spent = time.process_time() - started
    assert isinstance(found, Solution)
    shape = built(problem)
    size = {"columns": len(shape.gain), "rows": len(shape.stock) + len(shape.capacity)}
    return {**size, "inside": round(spent, 2), "value": round(found.value, 3)}


def whole(families: int, areas: int, seed: int) -> dict[str, Any]:
    """Prices, whole families, bound."""
    from tangga.engine.optimise.choose import choose, gained, used
    from tangga.engine.optimise.prices import best_prices, bound

    of = offers(families, areas, seed)
    started = time.process_time()
    prices = best_prices(of)
    chosen = choose(of, prices)
    most, brings = bound(of, prices), gained(of, chosen)
    spent = time.process_time() - started
    assert (used(of, chosen) <= of.capacity).all()
    served = int((chosen >= 0).sum())
    found = {"inside": round(spent, 2), "served": served, "value": round(brings, 3)}
    return {**found, "bound": round(most, 3), "gap": (most - brings) / most}


def plain(families: int, areas: int, seed: int) -> dict[str, Any]:
    """One area alone: scipy.optimize.milp, and ours on the same."""
    from scipy import sparse
    from scipy.optimize import Bounds, LinearConstraint, milp

    from tangga.engine.optimise.choose import choose, gained
    from tangga.engine.optimise.prices import best_prices, bound

    every = offers(families, areas, seed)
    own = np.flatnonzero(every.pools[0] == 0)
    pools = np.array([np.zeros(len(own), int), np.ones(len(own), int)])
    capacity = every.capacity[[0, areas]]
    of = replace(
        every, values=every.values[own], pools=pools, capacity=capacity, draw=every.draw[own]
    )
    who, what = np.nonzero(np.isfinite(of.values))
    each = np.arange(len(who))
    once = sparse.coo_array((np.ones(len(who)), (who, each)), shape=(len(own), len(who)))
    uses = np.stack([of.uses[0][0, what] / 500_000, of.uses[1][0, what]])
    room = [capacity[0] / 500_000, capacity[1]]
    limits = [LinearConstraint(once, ub=1), LinearConstraint(uses, ub=room)]
    options = {"time_limit": PLAIN_LIMIT, "mip_rel_gap": PLAIN_GAP}
    started = time.process_time()
    found = milp(
        -of.values[who, what],
        constraints=limits,
        integrality=1,
        bounds=Bounds(0, 1),
        options=options,
    )
    spent = time.process_time() - started
    started = time.process_time()
    prices = best_prices(of)
    ours = gained(of, choose(of, prices))
    return {
        "families": len(own),
        "inside": round(spent, 2),
        "value": round(-found.fun, 4),
        "ours": round(ours, 4),
        "ours_inside": round(time.process_time() - started, 2),
        "ours_gap": 1 - ours / bound(of, prices),
    }


# --- the command ------------------------------------------------------------------------------


def measure(options: argparse.Namespace) -> dict[str, Any]:
    """Run each part in a process of its own; what it says, with CPU-seconds and memory."""
    result: dict[str, Any] = {"areas": options.areas, "families": options.families}
    for part in options.only:
        log = options.dir / "logs" / f"optimise-{part}.log"
        sizes = ["--areas", str(options.areas), "--families", str(options.families)]
        sizes += ["--seed", str(options.seed)]
        costs = [
            tree.run(tree.python("bench.planning_optimise", "--inside", part, *sizes), log=log)
            for _ in range(options.repeat)
        ]
        said = json.loads(log.read_text().splitlines()[-1])
        said["cpu_seconds"] = float(np.median([cost.cpu_seconds for cost in costs]))
        result[part] = {**said, "peak_bytes": max(cost.peak_bytes for cost in costs)}
    return result


def rows(result: dict[str, Any]) -> list[tuple[str, object, str]]:
    """(what, measured, asked) of each part that was run."""
    found: list[tuple[str, object, str]] = []
    if "programme" in result:
        one = result["programme"]
        what = f"{result['areas']} areas x 10 deciles x 6 x 5 years ({one['columns']:,} columns)"
        found.append((f"{what}: CPU-seconds", one["cpu_seconds"], "10"))
        found.append(("its peak, GB", round(one["peak_bytes"] / 1e9, 2), ""))
    if "whole" in result:
        one = result["whole"]
        what = f"{result['families']:,} families x 6, {result['areas']} budgets and hours"
        found.append((f"{what}: CPU-seconds", one["cpu_seconds"], "30"))
        found.append(("its gap, %", round(100 * one["gap"], 4), "0.5"))
        found.append(("its peak, GB", round(one["peak_bytes"] / 1e9, 2), ""))
    if "plain" in result:
        one = result["plain"]
        what = f"scipy.optimize.milp on one area of them ({one['families']:,} families)"
        found.append((f"{what}: CPU-seconds inside", one["inside"], ""))
        found.append(("ours on that area: CPU-seconds inside", one["ours_inside"], ""))
        found.append(
            ("ours, of what milp found, %", round(100 * one["ours"] / one["value"], 3), "")
        )
    return found


def markdown(result: dict[str, Any]) -> str:
    """The table."""
    lines = ["| what | measured | asked |", "| --- | --- | --- |"]
    return "\n".join([*lines, *(f"| {a} | {b} | {c} |" for a, b, c in rows(result))]) + "\n"


def arguments(given: list[str] | None = None) -> argparse.Namespace:
    """The options of the command."""
    parser = argparse.ArgumentParser(prog="bench.planning_optimise", description=__doc__)
    parser.add_argument("--areas", type=int, default=500)
    parser.add_argument("--families", type=int, default=1_000_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--inside", choices=PARTS, help=argparse.SUPPRESS)
    commands.add_common(parser, PARTS, PARTS)
    return parser.parse_args(given)


def inside(options: argparse.Namespace) -> dict[str, Any]:
    """One part, in this process."""
    if options.inside == "programme":
        return programme(options.areas, options.seed)
    work = whole if options.inside == "whole" else plain
    return work(options.families, options.areas, options.seed)


def main() -> None:
    """Measure, print the table, and write JSON and Markdown where asked."""
    options = arguments()
    if options.inside:
        sys.stdout.write(json.dumps(inside(options)) + "\n")
        return
    commands.run(options, measure, markdown)


if __name__ == "__main__":
    main()
