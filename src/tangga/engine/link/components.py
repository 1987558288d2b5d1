"""From best links to persons: components of the link graph, on integers, whole (rule 4).

Strong links join first. A link is cut when joining would put two confirmed numbers, two records
that a clerk ruled different, or too many records into one person; ties fall by id, so that the
result does not depend on the order of anything. A clerk's "same" is cut by a clerk's "different"
only, and then goes back to a clerk.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from scipy.sparse import coo_matrix
from scipy.sparse.csgraph import connected_components

LINK, REVIEW, REJECT = "link", "review", "reject"
RULED = 1_000_000_000  # the weight of a clerk's "same": above any evidence
NUMBERED = 900_000_000  # of a confirmed equal number: above any evidence, below a clerk's word


@dataclass
class Groups:
    """What must not be mixed, by position of a group: arrays of one length.

    gid: int64, ascending. records: how many records. number: int64, 0 where the group holds no
    confirmed number. different: pairs of positions that a clerk ruled different.
    """

    gid: np.ndarray
    records: np.ndarray
    number: np.ndarray
    different: list[tuple[int, int]] = field(default_factory=list)

    def position(self, gid: np.ndarray) -> np.ndarray:
        """Where each gid stands; every gid must be known."""
        return np.searchsorted(self.gid, gid)


@dataclass
class Links:
    """Candidate links between groups, arrays of one length (positions, hundredths of a bit).

    second: position of the runner-up, -1 where there is none or it is far behind.
    """

    left: np.ndarray
    right: np.ndarray
    weight: np.ndarray
    second: np.ndarray


@dataclass
class Outcome:
    """label: the component of each group; decision and reason: one per link."""

    label: np.ndarray
    decision: list[str]
    reason: list[str]


def join(groups: Groups, links: Links, *, threshold: int, cap: int) -> Outcome:
    """Decide every link and label every group with its component."""
    order = np.lexsort((links.right, links.left, -links.weight))
    strong = links.weight >= threshold
    plain = strong & (links.second < 0)
    label = _components(len(groups.gid), links.left[plain], links.right[plain])
    decision = np.where(plain, LINK, REVIEW).astype(object)
    reason = np.where(plain, "", np.where(strong, "ambiguous", "weak")).astype(object)
    broken = _broken(groups, label, cap)
    members = _Members(groups, label, broken, cap)
    open_ = strong & (~plain | broken[label[links.left]])
    for edge in order[open_[order]]:
        left, right = int(links.left[edge]), int(links.right[edge])
        if not plain[edge] and not members.together(right, int(links.second[edge])):
            continue
        why = members.join(left, right, ruled=links.weight[edge] == RULED)
        decision[edge], reason[edge] = (LINK, "") if not why else (_refused(why), why)
    return Outcome(members.labels(), decision.tolist(), reason.tolist())


def _refused(why: str) -> str:
    return REJECT if why == "ruled different" else REVIEW


def _components(size: int, left: np.ndarray, right: np.ndarray) -> np.ndarray:
    graph = coo_matrix((np.ones(len(left), dtype=np.int8), (left, right)), shape=(size, size))
    return connected_components(graph, directed=False)[1]


def _broken(groups: Groups, label: np.ndarray, cap: int) -> np.ndarray:
    """Which components hold something that must not be together."""
    count = int(label.max()) + 1 if len(label) else 0
    broken = np.bincount(label, weights=groups.records, minlength=count) > cap
    held = groups.number != 0
    several = np.bincount(label[held], minlength=count) > 1
    held &= several[label]
    pairs = np.unique(np.stack([label[held], groups.number[held]], axis=1), axis=0)
    broken |= np.bincount(pairs[:, 0].astype(np.int64), minlength=count) > 1
    for left, right in groups.different:
        if label[left] == label[right]:
            broken[label[left]] = True
    return broken


class _Members:
    """A union-find over the groups; whole components start joined, broken ones in pieces."""

    def __init__(self, groups: Groups, label: np.ndarray, broken: np.ndarray, cap: int) -> None:
        self.cap = cap
        self.parent = _first_of(label)
        alone = broken[label] if len(label) else np.zeros(0, dtype=bool)
        self.parent[alone] = np.flatnonzero(alone)
        self.size = np.bincount(self.parent, weights=groups.records, minlength=len(label))
        self.holds = np.zeros(len(label), dtype=np.int64)
        held = np.flatnonzero(groups.number)
        self.holds[self.parent[held]] = groups.number[held]
        self.several: dict[int, set[int]] = {}  # roots that a clerk gave more numbers than one
        self.apart: dict[int, set[int]] = {}
        for left, right in groups.different:
            self.apart.setdefault(left, set()).add(right)
            self.apart.setdefault(right, set()).add(left)
        self.ruled: dict[int, set[int]] = {}
        for position in self.apart:
            self.ruled.setdefault(self.find(position), set()).add(position)

    def find(self, position: int) -> int:
        root = position
        while self.parent[root] != root:
            root = int(self.parent[root])
        while self.parent[position] != root:
            self.parent[position], position = root, int(self.parent[position])
        return root

    def together(self, left: int, right: int) -> bool:
        return self.find(left) == self.find(right)

    def join(self, left: int, right: int, *, ruled: bool = False) -> str:
        """Join two groups; returns why not, or an empty text. ruled: a clerk said so."""
        a, b = sorted((self.find(left), self.find(right)))
        if a == b:
            return ""
        why = self._conflict(a, b, ruled)
        if why:
            return why
        numbers = self._numbers(a) | self._numbers(b)
        if len(numbers) > 1:
            self.several[a] = numbers
        self.parent[b] = a
        self.size[a] += self.size[b]
        self.holds[a] = self.holds[a] or self.holds[b]
        self.ruled.setdefault(a, set()).update(self.ruled.pop(b, ()))
        return ""

    def _numbers(self, root: int) -> set[int]:
        number = int(self.holds[root])
        return self.several.get(root) or ({number} if number else set())

    def _conflict(self, a: int, b: int, ruled: bool) -> str:
        mine, theirs = self.ruled.get(a, set()), self.ruled.get(b, set())
        if any(self.apart[position] & theirs for position in mine):
            return "rulings contradict" if ruled else "ruled different"
        if ruled:
            return ""
        one, other = self._numbers(a), self._numbers(b)
        if one and other and one.isdisjoint(other):
            return "two proven numbers"
        return "too many records" if self.size[a] + self.size[b] > self.cap else ""

    def labels(self) -> np.ndarray:
        """The smallest position of each group's component."""
        parent = self.parent
        while not np.array_equal(parent[parent], parent):
            parent = parent[parent]
        return parent


def _first_of(label: np.ndarray) -> np.ndarray:
    """For each position, the smallest position with the same label."""
    count = int(label.max()) + 1 if len(label) else 0
    first = np.full(count, len(label), dtype=np.int64)
    np.minimum.at(first, label, np.arange(len(label)))
    return first[label]
