"""Budget lines as a tree: what lies inside what, and how much of it is not detailed.

    budget_tree(lines, tree)

A figure of an area holds those of the areas inside it, and a figure of everything those of its foci
and programmes. So nothing below is ever added to what stands above: it is its detail, and the
difference is what is not detailed. Measures and sources of funds never meet. Where an area has no
figure of its own it is not known: what is known below stands beside it, as a part.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from tangga.engine.area_tree import AreaTree

COLUMNS = {
    "year": "INTEGER",
    "level": "VARCHAR",
    "area": "VARCHAR",
    "programme": "VARCHAR",
    "focus": "VARCHAR",
    "fund_source": "VARCHAR",
    "measure": "VARCHAR",
    "amount": "BIGINT",
    "plan_amount": "BIGINT",
    "scope_amount": "BIGINT",
    "children_amount": "BIGINT",
    "children_known": "INTEGER",
    "children": "INTEGER",
    "not_detailed": "BIGINT",
    "state": "VARCHAR",
}
Scope = tuple[str, str]
"""(focus, programme); ("", "") is everything, (focus, "") all of a focus."""
ALL: Scope = ("", "")
Kind = tuple[int, str, str]
"""(year, fund source, measure): figures of different kinds are never put together."""

DETAILED, NOT_DETAILED, EXCEEDED, UNKNOWN = "detailed", "not_detailed", "exceeded", "unknown"


@dataclass
class _Node:
    """One area, scope and kind. amount: its own figure, None where nobody wrote one.

    plan: the cost of its accepted plan lines, which is spent out of the figure and never added.
    """

    amount: int | None = None
    plan: int | None = None
    scope: int | None = None
    children: int | None = None
    known: int = 0

    @property
    def own(self) -> int | None:
        """The figure that holds: of the budget, else what was accepted in the plan."""
        return self.plan if self.amount is None else self.amount

    @property
    def at_least(self) -> int:
        """What surely belongs here: its own figure, else the larger part known inside it."""
        parts = [part for part in (self.scope, self.children) if part is not None]
        return max(parts, default=0) if self.own is None else self.own


def _area() -> dict[Scope, _Node]:
    return defaultdict(_Node)


@dataclass
class _Tree:
    """The nodes of one kind: area -> scope -> node."""

    areas: AreaTree
    nodes: dict[str, dict[Scope, _Node]] = field(default_factory=lambda: defaultdict(_area))

    def take(self, row: Mapping[str, Any]) -> None:
        node = self.nodes[row["area"]][row["focus"] or "", row["programme"] or ""]
        name = "plan" if row["plan_line"] else "amount"
        setattr(node, name, (getattr(node, name) or 0) + row["amount"])

    def fill(self) -> None:
        """What is known inside each node, the narrowest first: areas, and scopes within each."""
        for area in sorted(self.areas.above(self.nodes), key=lambda code: (-len(code), code)):
            for scope in _scopes(self.nodes[area]):
                self._add_to_wider(area, scope)

    def _add_to_wider(self, area: str, scope: Scope) -> None:
        node = self.nodes[area][scope]
        parent = self.areas.parent(area)
        if parent is not None:
            above = self.nodes[parent][scope]
            above.children = (above.children or 0) + node.at_least
            above.known += node.own is not None
        if scope != ALL:
            focus, programme = scope
            wider = self.nodes[area][(focus, "") if programme and focus else ALL]
            wider.scope = (wider.scope or 0) + node.at_least


def _scopes(mine: Iterable[Scope]) -> list[Scope]:
    """The scopes of an area and the wider ones: programmes before foci before everything."""
    there = set(mine)
    there |= {(focus, "") for focus, programme in there if programme and focus}
    there |= {ALL}
    return sorted(there, key=lambda scope: (not scope[1], not scope[0], scope))


def budget_tree(lines: Iterable[Mapping[str, Any]], areas: AreaTree) -> list[tuple[Any, ...]]:
    """One row an area, scope, source of funds, measure and year, in the order of COLUMNS.

    lines: as `budget_lines`. amount: the area's own figure in rupiah, None: not known.
    plan_amount: accepted plan lines. scope_amount: narrower scopes of the same area.
    children_amount: the areas just inside (of one without a figure, what is known in it).
    not_detailed: what of the own figure no area inside has; negative where they have more.
    """
    kinds: dict[Kind, _Tree] = {}
    for row in lines:
        kind = (row["year"], row["fund_source"] or "", row["measure"])
        kinds.setdefault(kind, _Tree(areas)).take(row)
    counts = _children_of(areas)
    found = []
    for kind in sorted(kinds):
        kinds[kind].fill()
        for area, scopes in sorted(kinds[kind].nodes.items()):
            for scope, node in sorted(scopes.items()):
                found.append(_row(kind, areas.level(area), area, scope, node, counts.get(area, 0)))
    return found


def _children_of(areas: AreaTree) -> dict[str, int]:
    """How many areas of the pack lie just inside each."""
    lengths = sorted(areas.levels.values())
    above = dict(zip(lengths[1:], lengths, strict=False))
    return Counter(code[: above[len(code)]] for code in areas.areas.by_code)


def _row(
    kind: Kind, level: str, area: str, scope: Scope, node: _Node, children: int
) -> tuple[Any, ...]:
    year, fund_source, measure = kind
    focus, programme = scope
    left = None if node.own is None else node.own - (node.children or 0)
    return (
        year,
        level,
        area,
        programme or None,
        focus or None,
        fund_source or None,
        measure,
        node.own,
        node.plan,
        node.scope,
        node.children,
        node.known,
        children,
        left if children else None,
        _state(node, left, children),
    )


def _state(node: _Node, left: int | None, children: int) -> str | None:
    """How the own figure and what is inside it stand to each other; None where nothing can lie
    inside."""
    inside = max(node.scope or 0, node.plan or 0)
    if left is None:
        return UNKNOWN
    if left < 0 or (node.own or 0) < inside:
        return EXCEEDED
    if not children:
        return None
    return NOT_DETAILED if left else DETAILED
