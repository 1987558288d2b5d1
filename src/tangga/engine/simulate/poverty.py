"""Whom the policies miss, whom they reach who is not poor, and what they do to poverty.

First-round effects only: nobody works, saves or shares otherwise, and what is spent today holds
what is received today. Poor is who spends less than the line today, before anything changes.

P0, P1, P2: Foster, Greer and Thorbecke, as `measures.poverty`. Of a modelled family every figure is
an expectation over its equally likely consumptions.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from tangga.engine.measures.poverty import gaps, poverty
from tangga.engine.measures.values import Floats
from tangga.engine.simulate.compare import OUTCOME, TOGETHER
from tangga.engine.simulate.consumption import SPENT, Consumption, consumption
from tangga.engine.simulate.opened import Opened
from tangga.engine.simulate.scenario import Welfare
from tangga.rules.money import MONTHS
from tangga.rules.on_date import OnDate

Pair = tuple[float | None, float | None]
"""Before and after."""
LEVELS = ("poverty", "poverty_gap", "poverty_severity")


@dataclass(frozen=True)
class Effects:
    """What was found. figures: (measure, programme) -> before and after, shares of 1. families: of
    whom it is known or modelled; without: of whom it is not, left out of every figure."""

    source: str
    figures: Mapping[tuple[str, str], Pair]
    families: int
    people: int
    without: int


def effects(
    opened: Opened, today: OnDate, welfare: Welfare, programmes: Sequence[str]
) -> Effects | None:
    """Errors of each programme and of all together, and P0, P1, P2; None where nobody is known."""
    found = consumption(opened, today, welfare)
    if not len(found.line):
        return None
    poor = _poor(found)
    codes = (TOGETHER, *programmes)
    columns = _columns(opened, codes)
    figures: dict[tuple[str, str], Pair] = {}
    for n, code in enumerate(codes):
        reached = columns[f"receives{n}"], columns[f"served{n}"]
        for measure, error in ERRORS.items():
            was, now = (error(one, poor, found.people) for one in reached)
            figures[measure, code] = (was, now)
    figures |= _levels(found, columns["cost0"] - columns["cost_before0"])
    people = int(found.people.sum())
    return Effects(welfare.source, figures, len(found.line), people, found.without)


def _poor(found: Consumption) -> Floats:
    """The chance of each family of being below the line today: 0 or 1 where it is known."""
    nodes = [gaps(y, found.line, 0) for y in found.nodes]
    return np.mean(nodes, axis=0)


def _columns(opened: Opened, codes: Sequence[str]) -> dict[str, Floats]:
    """Numbers of each family in the order of `spent`, by name and place of the programme; 0 for a
    family not looked at."""
    names = ("receives", "served", "cost_before", "cost")
    each = [(f"{name}{n}", name, code) for n, code in enumerate(codes) for name in names]
    listed = ", ".join(
        f"coalesce(max(CASE WHEN o.programme = '{code}' THEN o.{name} END), 0)::DOUBLE AS {column}"
        for column, name, code in each
    )
    rows = opened.steps.con.execute(
        f"SELECT s.rowid AS place, {listed} FROM {SPENT} AS s LEFT JOIN {OUTCOME} AS o "
        "ON o.family_id = s.family_id GROUP BY s.rowid"
    ).fetchnumpy()
    order = np.argsort(rows["place"])
    return {column: np.asarray(rows[column], dtype=np.float64)[order] for column, _, _ in each}


def _excluded(reached: Floats, poor: Floats, people: Floats) -> float | None:
    """Of the poor people, the share that is not reached; None where nobody is poor."""
    return _ratio(people * poor * (1 - reached), people * poor)


def _included(reached: Floats, poor: Floats, people: Floats) -> float | None:
    """Of the people reached, the share that is not poor; None where nobody is reached."""
    return _ratio(people * (1 - poor) * reached, people * reached)


def _ratio(part: Floats, whole: Floats) -> float | None:
    total = float(whole.sum())
    return float(part.sum()) / total if total > 0 else None


ERRORS = {"exclusion": _excluded, "inclusion": _included}


def _levels(found: Consumption, change: Floats) -> dict[tuple[str, str], Pair]:
    """P0, P1 and P2 of today, and with what each family gains or loses a year (`change`)."""
    each = change / MONTHS / found.people
    sums, nodes = np.zeros((2, len(LEVELS))), 0
    for y in found.nodes:
        nodes += 1
        for n, values in enumerate((y, np.maximum(y + each, 0.0))):
            level = poverty(values, found.people, found.line)
            sums[n] += (level.p0, level.p1, level.p2)
    before, after = sums / nodes
    return {(name, TOGETHER): (float(before[n]), float(after[n])) for n, name in enumerate(LEVELS)}
