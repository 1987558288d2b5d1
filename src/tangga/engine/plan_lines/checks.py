"""What the versions of one line must agree on, beyond what each cell may hold."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from itertools import pairwise
from typing import TYPE_CHECKING

from tangga.engine.area_tree import AreaTree
from tangga.rules.plan_lines import CHANGED, NEEDS, OPEN, PROPOSED, STEPS

if TYPE_CHECKING:
    from tangga.engine.plan_lines.read import PlanVersion

Measures = Mapping[str, Collection[str]]
"""Measure -> the pilar that have it."""
Mistake = tuple["PlanVersion", str, str | None]
SAME = ("year", "level", "area", "repairs")
"""What makes a line this line: it is the same in every version."""
SAID = ("action", "programme", "focus", "fund_source", "cost", "pilar", "measure", "target",
        "owner", "due")  # fmt: skip
"""What a decision can change."""


def mistakes(
    line: Sequence[PlanVersion],
    tree: AreaTree,
    measures: Measures | None,
    *,
    whole: bool = True,
) -> Iterator[Mistake]:
    """Everything wrong with one line: (the version, what is wrong, what to do).

    line: its versions in order of number. measures: which pilar have which; None: any has any.
    whole: False where some version could not be read: then none is missed, and a step is judged
    only between two that follow each other.
    """
    if whole:
        yield from _numbers(line)
    for one in line:
        yield from _alone(one, tree, measures)
    for before, after in pairwise(line):
        apart = after.version - before.version
        if apart == 1 or (whole and apart):
            yield from _step(before, after)


def _numbers(line: Sequence[PlanVersion]) -> Iterator[Mistake]:
    first = line[0]
    if first.version != 1:
        yield first, f"line {first.line} has no version 1", "Put the first version back"
    elif first.state != PROPOSED:
        yield first, f"line {first.line} begins as {first.state}", f"A line begins as {PROPOSED}"
    for before, after in pairwise(line):
        if before.version == after.version:
            what = f"line {after.line} has version {after.version} twice"
            yield after, what, "Number the versions in the order in which they were decided"
        elif before.version + 1 != after.version:
            what = f"line {after.line} has no version {before.version + 1}"
            yield after, what, "No version is left out: put the missing row back"


def _alone(one: PlanVersion, tree: AreaTree, measures: Measures | None) -> Iterator[Mistake]:
    name = f"line {one.line}, version {one.version}"
    if tree.levels.get(one.level) != len(one.area):
        yield one, f"{name}: {_area(one)} is no area of the level {one.level}", None
    for field in NEEDS.get(one.state, ()):
        if not getattr(one, field):
            yield one, f"{name}: {one.state} without {field}", None
    if one.state == "accepted" and one.cost and not (one.focus and one.fund_source):
        yield one, f"{name}: accepted with a cost, but without focus or source", None
    if one.target is not None and not one.measure:
        yield one, f"{name}: a target without a measure", "Say what is to be counted"
    if one.target is not None and not one.pilar:
        yield one, f"{name}: a target without a pilar", "Say whose target it is"
    having = (measures or {}).get(one.measure)
    if having is not None and one.pilar and one.pilar not in having:
        what = f"{name}: {one.pilar} is not measured by {one.measure}"
        yield one, what, f"Those who are: {', '.join(having)}"
    yield from _due(one, name)


def _due(one: PlanVersion, name: str) -> Iterator[Mistake]:
    if one.due is None:
        return
    if one.due.year < one.year:
        yield one, f"{name}: due in {one.due.year}, before its year {one.year}", None
    if one.state in OPEN and one.due < one.at:
        what = f"{name}: due on {one.due}, before {one.at}, when it was {one.state}"
        yield one, what, "Give it another due date"


def _step(before: PlanVersion, after: PlanVersion) -> Iterator[Mistake]:
    name = f"line {after.line}, version {after.version}"
    allowed = STEPS[before.state]
    if after.state not in allowed:
        what = f"{name}: {after.state} cannot follow {before.state}"
        yield after, what, f"What can: {', '.join(allowed) or 'nothing'}"
    if after.at < before.at:
        yield after, f"{name}: of {after.at}, before version {before.version}", None
    for field in SAME:
        if getattr(before, field) != getattr(after, field):
            what = f"{name}: another {field} than version {before.version}"
            yield after, what, "Another area, year or kind of work is another line"
    yield from _changes(before, after, name)


def _changes(before: PlanVersion, after: PlanVersion, name: str) -> Iterator[Mistake]:
    differ = changed(before, after)
    if after.state == CHANGED and not differ:
        yield after, f"{name}: {CHANGED}, but nothing differs", None
    if not differ or after.state == CHANGED:
        return
    if after.state not in OPEN:
        what = f"{name}: {after.state}, and another {', '.join(differ)}"
        yield after, what, f"Decide that first, as {CHANGED}"
    elif not after.reason and any(getattr(before, field) not in ("", None) for field in differ):
        yield after, f"{name}: another {', '.join(differ)} without a reason", None


def changed(before: PlanVersion, after: PlanVersion) -> list[str]:
    """The fields in which two versions say something else."""
    return [field for field in SAID if getattr(before, field) != getattr(after, field)]


def _area(one: PlanVersion) -> str:
    return f"the area {one.area}" if one.area else "the whole country"
