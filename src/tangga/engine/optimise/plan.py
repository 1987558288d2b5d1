"""`tangga optimise`, from the last complete run to a plan: states, limits, the programme,
families."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

import numpy as np

from tangga.engine import show
from tangga.engine.area_tree import AreaTree, area_tree
from tangga.engine.catalogue import Run
from tangga.engine.current import last_complete
from tangga.engine.manifest import read_manifest
from tangga.engine.optimise.limits import Asked, Found, find_limits, months_of
from tangga.engine.optimise.parameters import HIGH, LOW, MIDDLE, Parameters, effects, parameters
from tangga.engine.optimise.problem import POOR_YEARS, Effects, Ints, Problem
from tangga.engine.optimise.shadow import Shadow, by_year, shadows
from tangga.engine.optimise.solve import Broken, Solution, solve
from tangga.engine.optimise.states import MIXED, Families, read_families
from tangga.engine.optimise.whole import Whole, whole_families, without_first
from tangga.engine.optimise.words import told
from tangga.engine.workspace import Workspace, load_workspace
from tangga.errors import Conflict, UserError

Report = Callable[[str, int, int], None]


@dataclass(frozen=True)
class Sensitivity:
    """The plan of the stated effects when the effects are at one end of their range. value: what it
    brings then. best: what a plan made for that end would bring. same: share of the first year's
    families that both plans treat alike."""

    end: str
    value: float
    best: float
    same: float


@dataclass(frozen=True)
class Plan:
    """A plan that was worked out. draw: (F,) the public order of the equal, lowest first. first:
    the first year; months: whole months that are left of it."""

    workspace: Workspace
    run: Path
    stated: Parameters
    tree: AreaTree
    families: Families
    found: Found
    first: int
    months: int
    solution: Solution
    whole: Whole
    draw: Ints
    shadows: tuple[Shadow, ...]
    sensitivity: tuple[Sensitivity, ...]

    @property
    def problem(self) -> Problem:
        """What was solved."""
        return self.solution.problem

    @property
    def effects_at_ends(self) -> dict[str, Effects]:
        """`low` and `high`: the effects at the ends of their range."""
        ends = {"low": LOW, "high": HIGH}
        return {
            name: effects_of(self.families, self.stated, end, self.months)
            for name, end in ends.items()
        }

    @property
    def families_by_year(self) -> np.ndarray:
        """(A, S, K + 1, T) with the first year in whole families, and what follows from it."""
        return self.whole.rest.families


def work_out(directory: Path, *, years: int, aim: str, report: Report) -> Plan:
    """Work a plan out. UserError where there is none, naming what breaks it."""
    folder = last_complete(directory)
    manifest = read_manifest(folder)
    day = date.fromisoformat(manifest.as_of) if manifest is not None else None
    workspace = load_workspace(directory, as_of=day)
    run, con = Run(folder), show.reader(folder)
    stated, tree = parameters(workspace.today), area_tree(workspace.pack_areas)
    report("families", 0, 4)
    families = read_families(con, run, workspace, stated)
    if not families.ids:
        todo = "A plan needs families on a rung in care: is there support or a move on record?"
        raise UserError("nobody in the last run is planned for", file=directory, todo=todo)
    first, months = months_of(workspace.as_of)
    found = find_limits(con, run, workspace, Asked(families, stated, tree, first, years, months))
    report("programme", 1, 4)
    problem = problem_of(families, stated, found, years, aim, months)
    solution = solve(problem)
    if not isinstance(solution, Solution):
        raise unsolvable(solution, tree, first)
    report("families", 2, 4)
    draw = draws(families.ids, first)
    whole = whole_families(solution, families.area, families.state, draw)
    report("prices", 3, 4)
    return Plan(
        workspace, folder, stated, tree, families, found, first, months, solution, whole, draw,
        shadows(solution),
        tuple(_at_end(solution, families, stated, end, months) for end in (LOW, HIGH)),
    )  # fmt: skip


def problem_of(
    families: Families, stated: Parameters, found: Found, years: int, aim: str, months: int = 12
) -> Problem:
    """The families and limits of a run as arrays."""
    return Problem(
        families=families.counts,
        may=families.may(stated.interventions),
        effects=effects_of(families, stated, months=months),
        years=years,
        limits=found.limits,
        goals=found.goals,
        later=stated.says["later_percent"] / 100,
        aim=aim,
    )


def effects_of(
    families: Families, stated: Parameters, end: str = MIDDLE, months: int = 12
) -> Effects:
    """The stated effects on each state, in the middle or at an end of their range."""
    severity = [state.severity for state in families.states]
    mixed = [state.kind == MIXED for state in families.states]
    return effects(stated, severity, mixed, families.older.tolist(), end, months)


def draws(ids: tuple[str, ...], year: int) -> Ints:
    """(F,) the place of each family in the public draw of a year: md5("YEAR:FAMILY"), lowest
    first."""
    marks = [hashlib.md5(f"{year}:{one}".encode(), usedforsecurity=False).digest() for one in ids]
    order = sorted(range(len(ids)), key=marks.__getitem__)
    place = np.empty(len(ids), dtype=np.int64)
    place[order] = np.arange(len(ids))
    return place


def _at_end(
    solution: Solution, families: Families, stated: Parameters, end: str, months: int
) -> Sensitivity:
    """What becomes of the plan if all effects were at an end of their range: its first year stands,
    the years after are planned anew."""
    other = replace(solution.problem, effects=effects_of(families, stated, end, months))
    best, settled = solve(other), solution.families[:, :, :, 0]
    kept = solve(without_first(other), settled)
    if not isinstance(best, Solution) or not isinstance(kept, Solution):
        raise Conflict("other effects leave no plan, though limits do not depend on them")
    moved = abs(best.families[:, :, :, 0] - settled).sum() / 2
    same = 1 - float(moved / settled.sum())
    return Sensitivity(end.strip("_"), brought(kept), brought(best), same)


def brought(solution: Solution) -> float:
    """What a plan is expected to bring of its aim: lasting graduations, or years avoided."""
    effects = solution.problem.effects
    each = effects.graduates * effects.lasts
    if solution.problem.aim == POOR_YEARS:
        each = effects.avoided
    return float(by_year(effects, solution.families, each).sum())


def unsolvable(broken: tuple[Broken, ...], tree: AreaTree, first: int) -> UserError:
    """What breaks a plan, in words: which limit, where, when, by how much, what to do."""
    return UserError(told([(one, tree.name(one.limit.area)) for one in broken], first))
