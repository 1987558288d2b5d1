"""The reading of a condition for one family or person, in plain Python.

    finding = holds(condition, facts, date(2026, 1, 31))
    finding.answer          # YES, NO or NOT_KNOWN
    finding.because()       # the leaves that decided it, with values and bounds

`to_sql` is the other reading; a generative test asserts that the two agree.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import date
from decimal import Context, Decimal, Inexact, InvalidOperation
from typing import Any

from tangga.rules.answer import NO, NOT_KNOWN, YES, Answer
from tangga.rules.conditions import (
    Ago,
    All,
    AnyOf,
    AtLeast,
    AtMost,
    Bound,
    Condition,
    Count,
    Is,
    Known,
    Leaf,
    LessThan,
    MoreThan,
    Not,
    Of,
    OneOf,
    Sum,
)
from tangga.rules.names import Facts
from tangga.rules.values import Plain, Range, Value, ends, ranged

# More digits than any fact times any number of a rule has; a rounding would raise, not pass.
_EXACT = Context(prec=100, traps=[Inexact, InvalidOperation])

Number = int | Decimal
TEST = {
    AtLeast: "at_least",
    AtMost: "at_most",
    MoreThan: "more_than",
    LessThan: "less_than",
    Is: "is",
    OneOf: "one_of",
    Known: "known",
    Count: "count",
    Sum: "sum",
}
"""What each kind of leaf is called in TOML and in reasons."""


@dataclass(frozen=True, slots=True)
class Because:
    """One leaf that decided an answer.

    value: the fact's value, or the count or sum. bound: what it was compared with, with Ago and Of
    worked out; the values of `one_of`; a Range of low and high for a count or sum; None for
    `known`. answer: of this leaf alone. on: the day of the decision. member: which of
    `facts.members` it speaks of; None: the subject itself. negated: it stands under a `not` (or an
    odd number of them), so that the opposite was asked.
    """

    condition: Leaf | Count | Sum
    value: Value
    bound: Value | tuple[Plain, ...]
    answer: Answer
    on: date
    member: int | None = None
    negated: bool = False

    @property
    def fact(self) -> str:
        """The name of the fact; "" for a count, which has none."""
        return "" if isinstance(self.condition, Count) else self.condition.fact

    @property
    def test(self) -> str:
        """at_least, at_most, more_than, less_than, is, one_of, known, count or sum."""
        return TEST[type(self.condition)]


@dataclass(frozen=True, slots=True)
class Finding:
    """What a condition says of one family or person on one day."""

    answer: Answer
    condition: Condition
    facts: Facts
    on: date

    def because(self) -> tuple[Because, ...]:
        """The leaves that decided: of an `all` that is no the failing ones, and so on.

        A count that is not known is followed by what is not known of its members: what to ask.
        """
        return tuple(_because(self.condition, self.facts, self.on))


def holds(condition: Condition, facts: Facts, on: date) -> Finding:
    """The answer with a way to its reasons."""
    return Finding(answer_of(condition, facts, on), condition, facts, on)


def answer_of(condition: Condition, facts: Facts, on: date) -> Answer:
    """The answer alone: about a microsecond a leaf."""
    return _READ[condition.__class__](condition, facts, on)


def counted(where: Condition, facts: Facts, on: date) -> tuple[int, int]:
    """Least and most members who are so."""
    low = high = 0
    for member in facts.members:
        answer = answer_of(where, member, on)
        if answer is YES:
            low += 1
        if answer is not NO:
            high += 1
    return low, high


def summed(fact: str, where: Condition, facts: Facts, on: date) -> tuple[Number, Number | None]:
    """Least and most that a fact of the members who are so adds up to; None: no upper bound."""
    low: Number = 0
    high: Number | None = 0
    for member in facts.members:
        answer = answer_of(where, member, on)
        if answer is NO:
            continue
        least, most = _ends_of_number(member.get(fact))
        if answer is NOT_KNOWN:
            least, most = min(least, 0), None if most is None else max(most, 0)
        low = _plus(low, least)
        high = None if high is None or most is None else _plus(high, most)
    return low, high


def _ends_of_number(value: Value) -> tuple[Number, Number | None]:
    low, high = ends(value)
    return (0 if low is None else low), high  # type: ignore[return-value]


def _plus(one: Number, other: Number) -> Number:
    if isinstance(one, int) and isinstance(other, int):
        return one + other
    return _EXACT.add(Decimal(one), Decimal(other))


# --- leaves -----------------------------------------------------------------------------------


def _bound(bound: Bound, facts: Facts, on: date) -> Value:
    if isinstance(bound, Ago):
        return bound.day(on)
    if isinstance(bound, Of):
        return _times(facts.get(bound.fact), bound.times)
    return bound


def _times(value: Value, times: Decimal) -> Value:
    if value is None or times == 1:
        return value
    if isinstance(value, Range):
        low, high = (None if end is None else _times(end, times) for end in ends(value))
        return ranged(low, high)  # type: ignore[arg-type]
    return _EXACT.multiply(Decimal(value), times)  # type: ignore[arg-type]


def _reaches(value: Any, bound: Any) -> Answer:
    """Value >= bound, where either may be a range or not known."""
    if value is None or bound is None:
        return NOT_KNOWN
    if value.__class__ is Range or bound.__class__ is Range:
        return _ranges_reach(*ends(value), *ends(bound))
    return YES if value >= bound else NO


def _ranges_reach(low: Any, high: Any, bound_low: Any, bound_high: Any) -> Answer:
    if low is not None and bound_high is not None and low >= bound_high:
        return YES
    if high is not None and bound_low is not None and high < bound_low:
        return NO
    return NOT_KNOWN


def _at_least(c: AtLeast, facts: Facts, on: date) -> Answer:
    return _reaches(facts.get(c.fact), _bound(c.bound, facts, on))


def _at_most(c: AtMost, facts: Facts, on: date) -> Answer:
    return _reaches(_bound(c.bound, facts, on), facts.get(c.fact))


def _more_than(c: MoreThan, facts: Facts, on: date) -> Answer:
    return _opposite(_reaches(_bound(c.bound, facts, on), facts.get(c.fact)))


def _less_than(c: LessThan, facts: Facts, on: date) -> Answer:
    return _opposite(_reaches(facts.get(c.fact), _bound(c.bound, facts, on)))


def _is(c: Is, facts: Facts, on: date) -> Answer:
    value = facts.get(c.fact)
    if value is None:
        return NOT_KNOWN
    if isinstance(value, Range):
        return _within(value, (c.value,))
    return YES if value == c.value else NO


def _one_of(c: OneOf, facts: Facts, on: date) -> Answer:
    value = facts.get(c.fact)
    if value is None:
        return NOT_KNOWN
    if isinstance(value, Range):
        return _within(value, c.values)
    return YES if value in c.values else NO


def _within(value: Range, values: tuple[Any, ...]) -> Answer:
    """Whether a range is one of these values: no where all lie outside; else not known."""
    low: Any = value.low
    high: Any = value.high
    if all((low is not None and v < low) or (high is not None and v > high) for v in values):
        return NO
    return YES if low is not None and low == high else NOT_KNOWN


def _known(c: Known, facts: Facts, on: date) -> Answer:
    value = facts.get(c.fact)
    if isinstance(value, Range):
        return YES if value.low is not None and value.low == value.high else NO
    return NO if value is None else YES


# --- what is made of leaves -------------------------------------------------------------------


def _opposite(answer: Answer) -> Answer:
    return NO if answer is YES else YES if answer is NO else NOT_KNOWN


def _all(c: All, facts: Facts, on: date) -> Answer:
    found = YES
    for part in c.of:
        answer = _READ[part.__class__](part, facts, on)
        if answer is NO:
            return NO
        if answer is NOT_KNOWN:
            found = NOT_KNOWN
    return found


def _any(c: AnyOf, facts: Facts, on: date) -> Answer:
    found = NO
    for part in c.of:
        answer = _READ[part.__class__](part, facts, on)
        if answer is YES:
            return YES
        if answer is NOT_KNOWN:
            found = NOT_KNOWN
    return found


def _not(c: Not, facts: Facts, on: date) -> Answer:
    return _opposite(_READ[c.of.__class__](c.of, facts, on))


def _count(c: Count, facts: Facts, on: date) -> Answer:
    return _between(*counted(c.where, facts, on), c.low, c.high)


def _sum(c: Sum, facts: Facts, on: date) -> Answer:
    return _between(*summed(c.fact, c.where, facts, on), c.low, c.high)


def _between(least: Any, most: Any, low: int | None, high: int | None) -> Answer:
    """Whether what lies from least to most is at least low and at most high."""
    reaches = YES if low is None else _ranges_reach(least, most, low, low)
    stays = YES if high is None else _ranges_reach(high, high, least, most)
    if reaches is NO or stays is NO:
        return NO
    return YES if reaches is YES and stays is YES else NOT_KNOWN


_READ: dict[type, Callable[[Any, Facts, date], Answer]] = {
    AtLeast: _at_least,
    AtMost: _at_most,
    MoreThan: _more_than,
    LessThan: _less_than,
    Is: _is,
    OneOf: _one_of,
    Known: _known,
    All: _all,
    AnyOf: _any,
    Not: _not,
    Count: _count,
    Sum: _sum,
}


# --- why --------------------------------------------------------------------------------------


def _because(condition: Condition, facts: Facts, on: date) -> Iterator[Because]:
    """The leaves behind the answer of this condition (see `Finding.because`)."""
    match condition:
        case Not(part):
            for because in _because(part, facts, on):
                yield replace(because, negated=not because.negated)
        case All(of):
            yield from _of_parts(of, YES, answer_of(condition, facts, on), facts, on)
        case AnyOf(of):
            yield from _of_parts(of, NO, answer_of(condition, facts, on), facts, on)
        case Count() | Sum():
            yield from _of_members(condition, facts, on)
        case _:
            value = facts.get(condition.fact)
            answer = answer_of(condition, facts, on)
            yield Because(condition, value, _shown_bound(condition, facts, on), answer, on)


def _of_parts(
    of: tuple[Condition, ...], unanimous: Answer, answer: Answer, facts: Facts, on: date
) -> Iterator[Because]:
    """All parts where the answer needs all of them, else those that gave it."""
    for part in of:
        if answer is unanimous or answer_of(part, facts, on) is answer:
            yield from _because(part, facts, on)


def _of_members(condition: Count | Sum, facts: Facts, on: date) -> Iterator[Because]:
    answer = answer_of(condition, facts, on)
    bound = Range(condition.low, condition.high)
    if isinstance(condition, Count):
        value = ranged(*counted(condition.where, facts, on))
    else:
        value = ranged(*summed(condition.fact, condition.where, facts, on))
    yield Because(condition, value, bound, answer, on)
    if answer is not NOT_KNOWN:
        return
    for number, member in enumerate(facts.members):
        for because in _unknown_of_member(condition, member, on):
            yield replace(because, member=number)


def _unknown_of_member(condition: Count | Sum, member: Facts, on: date) -> Iterator[Because]:
    """What is not known of a member: whether they are so, or else the value to be added."""
    answer = answer_of(condition.where, member, on)
    if answer is NOT_KNOWN:
        yield from _because(condition.where, member, on)
    if isinstance(condition, Sum) and answer is not NO:
        known = Known(condition.fact)
        if answer_of(known, member, on) is NO:
            yield Because(known, member.get(condition.fact), None, NO, on)


def _shown_bound(leaf: Leaf, facts: Facts, on: date) -> Value | tuple[Plain, ...]:
    match leaf:
        case Known():
            return None
        case Is(_, value):
            return value
        case OneOf(_, values):
            return values
        case _:
            return _bound(leaf.bound, facts, on)
