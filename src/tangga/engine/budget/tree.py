"""Budget lines as a tree: what lies inside what, and how much of it is not detailed.

    budget_tree(lines, tree)

A figure of an area holds those of the areas inside it, and a figure of everything those of its foci
and programmes. So nothing below is ever added to what stands above: it is its detail, by scope and
by area, two details of the same money, and each has its own difference. Measures and sources of
funds never meet. Where an area has no figure of its own it is not known: what is known below stands
beside it, as a part. Accepted plan lines are spent out of a figure: they stand apart.
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
    "documents": "INTEGER",
    "plan_amount": "BIGINT",
    "plan_exceeds": "BOOLEAN",
    "scope_amount": "BIGINT",
    "scope_not_detailed": "BIGINT",
    "scope_state": "VARCHAR",
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
    """One area, scope and kind. amount: its own figure, None where nobody wrote one; documents: how
    many lines it is the sum of. plan: accepted plan lines of it and of its narrower scopes. scope,
    children: what is known in narrower scopes, and in the areas just inside; known: how many of
    these have a figure of their own.
    """

    amount: int | None = None
    documents: int = 0
    plan: int | None = None
    scope: int | None = None
    children: int | None = None
    known: int = 0

    @property
    def told(self) -> bool:
        """Whether anything of budgets is known here."""
        return any(part is not None for part in (self.amount, self.scope, self.children))

    @property
    def at_least(self) -> int:
        """What surely belongs here: the largest of its own figure and of the parts inside it."""
        return max(part or 0 for part in (self.amount, self.scope, self.children))


def _area() -> dict[Scope, _Node]:
    return defaultdict(_Node)


@dataclass
class _Tree:
    """The nodes of one kind: area -> scope -> node."""

    areas: AreaTree
    nodes: dict[str, dict[Scope, _Node]] = field(default_factory=lambda: defaultdict(_area))

    def take(self, row: Mapping[str, Any]) -> None:
        node = self.nodes[row["area"]][row["focus"] or "", row["programme"] or ""]
        if row["plan_line"]:
            node.plan = (node.plan or 0) + row["amount"]
        else:
            node.amount = (node.amount or 0) + row["amount"]
            node.documents += 1

    def fill(self) -> None:
        """What is known inside each node, the narrowest first: areas, and scopes within each."""
        for area in sorted(self.areas.above(self.nodes), key=lambda code: (-len(code), code)):
            for scope in _scopes(self.nodes[area]):
                self._say_wider(area, scope)

    def _say_wider(self, area: str, scope: Scope) -> None:
        node = self.nodes[area][scope]
        told = node.told
        parent = self.areas.parent(area)
        if parent is not None and told:
            above = self.nodes[parent][scope]
            above.children = (above.children or 0) + node.at_least
            above.known += node.amount is not None
        if scope != ALL:
            wider = self.nodes[area][_wider(scope)]
            if told:
                wider.scope = (wider.scope or 0) + node.at_least
            if node.plan is not None:
                wider.plan = (wider.plan or 0) + node.plan


def _wider(scope: Scope) -> Scope:
    focus, programme = scope
    return (focus, "") if programme and focus else ALL


def _scopes(mine: Iterable[Scope]) -> list[Scope]:
    """The scopes of an area and the wider ones: programmes before foci before everything."""
    there = set(mine)
    there |= {(focus, "") for focus, programme in there if programme and focus}
    there |= {ALL}
    return sorted(there, key=lambda scope: (not scope[1], not scope[0], scope))


def budget_tree(lines: Iterable[Mapping[str, Any]], areas: AreaTree) -> list[tuple[Any, ...]]:
    """One row an area, scope, source of funds, measure and year, in the order of COLUMNS.

    lines: as `budget_lines`; those that were replaced count nothing. amount: the area's own figure,
    rupiah, the sum of so many documents; None: not known. plan_amount: accepted plan lines, those
    of narrower scopes too; plan_exceeds: they are more than the own figure. scope_amount: narrower
    scopes of the same area. children_amount: the areas just inside. Both are at least so much,
    with what is known further inside. scope_not_detailed, not_detailed: the own figure without the
    one, and without the other; negative where they are more. None where nothing can lie inside.
    """
    kinds: dict[Kind, _Tree] = {}
    for row in lines:
        if row.get("replaced_by"):
            continue
        kind = (row["year"], row["fund_source"] or "", row["measure"])
        kinds.setdefault(kind, _Tree(areas)).take(row)
    counts = _children_of(areas)
    found = []
    for kind in sorted(kinds):
        kinds[kind].fill()
        for area, scopes in sorted(kinds[kind].nodes.items()):
            for scope, node in sorted(scopes.items()):
                if not node.told and node.plan is None:
                    continue
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
    by_scope = _left(node.amount, node.scope, not programme)
    by_area = _left(node.amount, node.children, children > 0)
    return (
        year,
        level,
        area,
        programme or None,
        focus or None,
        fund_source or None,
        measure,
        node.amount,
        node.documents,
        node.plan,
        None if None in (node.amount, node.plan) else (node.plan or 0) > (node.amount or 0),
        node.scope,
        by_scope,
        _state(node.amount, by_scope, not programme),
        node.children,
        node.known,
        children,
        by_area,
        _state(node.amount, by_area, children > 0),
    )


def _left(own: int | None, inside: int | None, can: bool) -> int | None:
    """What of a figure one of its details lacks. can: whether anything can lie inside it."""
    return own - (inside or 0) if own is not None and can else None


def _state(own: int | None, left: int | None, can: bool) -> str | None:
    """How the own figure and one of its details stand to each other; None: there can be none."""
    if not can:
        return None
    if own is None or left is None:
        return UNKNOWN
    return EXCEEDED if left < 0 else NOT_DETAILED if left else DETAILED
