"""Which component each member of a family takes, and who is counted within the limits.

A programme that pays by member has components (pupil, elderly, ...). Each member takes the highest
amount among those that fit. Then, in the order of the version, so many of one component, so many
children and so many members are counted.

What is not known is kept apart: a member is *counted* only if so in every case, whatever the next
visit finds. One of whom it is not known which component fits takes no amount, and may keep a place
from those who come later in the order. So no erased fact ever adds a rupiah.

`programmes_sql` is the other reading; a generative test asserts that the two agree.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from tangga.rules.answer import NO, YES, Answer
from tangga.rules.holds import answer_of
from tangga.rules.names import Facts
from tangga.rules.policy import Benefit, Component
from tangga.rules.values import Ordered, ends

BY_PRIORITY, BY_AMOUNT = "priority", "amount"


@dataclass(frozen=True, slots=True)
class Allotment:
    """One member for whom a component fits or may fit.

    member: which of `Facts.members`. component: the highest that surely fits, None where none does.
    amount: of it, whole rupiah a year. counted: within the limits in every case. known: no better
    component may fit. maybe: the better ones that may, in the order of the version.
    """

    member: int
    component: str | None
    amount: int
    counted: bool
    known: bool
    maybe: tuple[str, ...] = ()


def in_order(benefit: Benefit) -> tuple[Component, ...]:
    """The components as the limits take them: by priority, or the highest amount first."""
    if benefit.choose == BY_AMOUNT:
        return best_first(benefit.components)
    return tuple(sorted(benefit.components, key=lambda one: (one.priority, one.id)))


def best_first(components: Sequence[Component]) -> tuple[Component, ...]:
    """The components as one member takes them: the highest amount, ties by priority and id."""
    return tuple(sorted(components, key=lambda one: (-one.amount_year, one.priority, one.id)))


def components_of(benefit: Benefit, family: Facts, on: date) -> tuple[Allotment, ...]:
    """One row for each member of whom a component fits or may fit, in the members' order.

    Members with the same birth date are told apart by their place in `family.members`: for the
    same result as in SQL, give them in order of person_id.
    """
    order = in_order(benefit)
    best = [order.index(one) for one in best_first(order)]
    candidates = []
    for n, member in enumerate(family.members):
        answers = [answer_of(one.who, member, on) for one in order]
        if any(answer is not NO for answer in answers):
            candidates.append(_candidate(n, answers, best, _tie(benefit, member)))
    limits = _Limits(benefit, order, candidates)
    return tuple(_allotment(one, order, limits.counts(one)) for one in candidates)


def total(allotments: Sequence[Allotment]) -> int:
    """Whole rupiah a year that a family surely gets: of those counted."""
    return sum(one.amount for one in allotments if one.counted)


@dataclass(frozen=True, slots=True)
class _Candidate:
    """sure: position in the order of the best that surely fits. possible: that and better ones."""

    member: int
    tie: tuple[object, ...]
    sure: int | None
    possible: frozenset[int]

    @property
    def known(self) -> bool:
        return self.possible == {self.sure}


def _candidate(
    member: int, answers: Sequence[Answer], best: Sequence[int], tie: tuple[object, ...]
) -> _Candidate:
    sure, possible = None, set()
    for position in best:
        if answers[position] is NO:
            continue
        possible.add(position)
        if answers[position] is YES:
            sure = position
            break
    return _Candidate(member, (*tie, member), sure, frozenset(possible))


def _tie(benefit: Benefit, member: Facts) -> tuple[object, ...]:
    """Lowest first, where there is none last: by the low end of a range, then by the high one."""
    if not benefit.ties:
        return ()
    return tuple(key for end in ends(member.get(benefit.ties)) for key in _last_if_none(end))


def _last_if_none(end: Ordered | None) -> tuple[object, ...]:
    return (True, 0) if end is None else (False, end)


def _allotment(one: _Candidate, order: Sequence[Component], counted: bool) -> Allotment:
    maybe = tuple(order[p].id for p in sorted(one.possible) if p != one.sure)
    if one.sure is None:
        return Allotment(one.member, None, 0, False, False, maybe)
    component = order[one.sure]
    return Allotment(one.member, component.id, component.amount_year, counted, one.known, maybe)


class _Limits:
    """Who is counted in every case, in one family.

    Those who are known fill the places in order. One who is not known may take a place at any of
    their possible positions: those after the first of them must leave it free, and they themselves
    are counted only if there is room up to the last of them.
    """

    def __init__(
        self, benefit: Benefit, order: Sequence[Component], candidates: Sequence[_Candidate]
    ) -> None:
        self.benefit, self.order = benefit, order
        self.known = [
            sorted((c for c in candidates if c.known and c.sure == p), key=lambda c: c.tie)
            for p in range(len(order))
        ]
        self.open = [c for c in candidates if not c.known]

    def counts(self, one: _Candidate) -> bool:
        """Whether this member is within all limits, whatever is still to be found."""
        if one.sure is None:
            return False
        if one.known:
            before, rank = one.sure, self.known[one.sure].index(one)
            return rank < _bound(self.order[one.sure].most) and self._room(one, before, rank + 1)
        return self._rooms_of_kind(one) and self._room(one, max(one.possible) + 1, 0)

    def _rooms_of_kind(self, one: _Candidate) -> bool:
        """Whether each possible component has room for all who may take it."""
        return all(
            len(self.known[p]) + sum(p in other.possible for other in self.open)
            <= _bound(self.order[p].most)
            for p in one.possible
        )

    def _room(self, one: _Candidate, before: int, more: int) -> bool:
        """Whether all who may come before a position, and so many more, are within the limits."""
        child = any(self.order[p].child for p in one.possible)
        children, most = _bound(self.benefit.most_children), _bound(self.benefit.most_members)
        if child and self._children(before) + more > children:
            return False
        return self._all(before) + more <= most

    def _children(self, before: int) -> int:
        """Most children's places that may be taken before a position."""
        surely = sum(n for p, n in self._taken(before) if self.order[p].child)
        return surely + sum(
            any(self.order[p].child for p in early) for early in self._early(before)
        )

    def _all(self, before: int) -> int:
        """Most places that may be taken before a position."""
        early = [self._only_children(positions) for positions in self._early(before)]
        children = sum(n for p, n in self._taken(before) if self.order[p].child) + sum(early)
        others = sum(n for p, n in self._taken(before) if not self.order[p].child)
        limit = _bound(self.benefit.most_children)
        return int(min(children, limit)) + others + len(early) - sum(early)

    def _taken(self, before: int) -> Iterator[tuple[int, int]]:
        """(position, places) of those who are known, within the most of each component."""
        for p in range(before):
            yield p, int(min(len(self.known[p]), _bound(self.order[p].most)))

    def _early(self, before: int) -> Iterator[list[int]]:
        """The possible positions before this one, of each member who is not known and has some."""
        for other in self.open:
            positions = [p for p in other.possible if p < before]
            if positions:
                yield positions

    def _only_children(self, positions: Sequence[int]) -> bool:
        return all(self.order[p].child for p in positions)


def _bound(most: int | None) -> float:
    """A limit that can be compared; infinite where there is none."""
    return float("inf") if most is None else most
