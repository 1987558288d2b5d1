"""Which nodes (cards, families of sources) are one family: components, whole, on integers.

Pairs come with more than half of their people in common. Where a component would hold two
families that one source told apart in the field, its weakest pairs are cut; ties fall by node.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.sparse import coo_matrix
from scipy.sparse.csgraph import connected_components


@dataclass(frozen=True)
class Pairs:
    """Arrays of one length: two nodes, and how alike they are (the larger, the more)."""

    low: np.ndarray
    high: np.ndarray
    alike: np.ndarray


@dataclass(frozen=True)
class Field:
    """Families that sources found in the field, arrays of one length: node, number of source."""

    node: np.ndarray
    source: np.ndarray


def likeness(low_people: np.ndarray, high_people: np.ndarray, both: np.ndarray) -> np.ndarray:
    """The shared people among all people of two nodes, in millionths, as integers."""
    return both * 1_000_000 // (low_people + high_people - both)


def join_nodes(pairs: Pairs, field: Field) -> tuple[np.ndarray, np.ndarray]:
    """(node, family) of every node that stands in a pair; a family is its smallest node."""
    nodes = np.unique(np.concatenate([pairs.low, pairs.high]))
    if not len(nodes):
        return nodes, nodes
    left, right = np.searchsorted(nodes, pairs.low), np.searchsorted(nodes, pairs.high)
    first = _components(len(nodes), left, right)
    at = np.minimum(np.searchsorted(nodes, field.node), len(nodes) - 1)
    known = nodes[at] == field.node
    at, source = at[known], field.source[known]
    crowded = _crowded(first[at], source)
    if len(crowded):
        _repair(first, crowded, (left, right, pairs.alike), (at, source))
    return nodes, nodes[first]


def _components(size: int, left: np.ndarray, right: np.ndarray) -> np.ndarray:
    """For each position, the smallest position of its component."""
    ones = np.ones(len(left), dtype=np.int8)
    label = connected_components(coo_matrix((ones, (left, right)), (size, size)), directed=False)[1]
    smallest = np.full(label.max() + 1, size, dtype=np.int64)
    np.minimum.at(smallest, label, np.arange(size))
    return smallest[label]


def _crowded(component: np.ndarray, source: np.ndarray) -> np.ndarray:
    """Components in which a field source has two families or more, ascending."""
    both = np.stack([component, source], axis=1)
    found, times = np.unique(both, axis=0, return_counts=True)
    return np.unique(found[times > 1, 0])


def _repair(
    first: np.ndarray,
    crowded: np.ndarray,
    edges: tuple[np.ndarray, np.ndarray, np.ndarray],
    field: tuple[np.ndarray, np.ndarray],
) -> None:
    """Join crowded components again, their most alike pairs first, without crowding."""
    left, right, alike = edges
    inside = np.isin(first[left], crowded)
    left, right, alike = left[inside], right[inside], alike[inside]
    members = np.flatnonzero(np.isin(first, crowded))
    here = np.isin(field[0], members)
    groups = _Groups(members, field[0][here], field[1][here])
    for edge in np.lexsort((right, left, -alike)):
        groups.join(int(left[edge]), int(right[edge]))
    first[members] = [groups.root(int(member)) for member in members]


class _Groups:
    """A union-find that keeps two families of one field source apart.

    Two families of one source that are a pair themselves are one family twice, and may join.
    """

    def __init__(self, members: np.ndarray, node: np.ndarray, source: np.ndarray) -> None:
        self.parent = {int(member): int(member) for member in members}
        self.own: dict[int, set[int]] = {}
        for position, number in zip(node, source, strict=True):
            self.own.setdefault(int(position), set()).add(int(number))
        self.held = {member: set(self.own.get(member, ())) for member in self.parent}

    def root(self, position: int) -> int:
        while self.parent[position] != position:
            position = self.parent[position]
        return position

    def join(self, left: int, right: int) -> None:
        a, b = sorted((self.root(left), self.root(right)))
        twice = self.own.get(left, set()) & self.own.get(right, set())
        if a != b and not (self.held[a] & self.held[b]) - twice:
            self.parent[b] = a
            self.held[a] |= self.held[b]
