"""The closed vocabulary of conditions: frozen dataclasses, with exactly two readings.

`holds` reads a condition for one family in Python, `to_sql` for a whole country in DuckDB. Both
give yes, no or not known, and a generative test asserts that they agree. There are no free
expressions.

A name is that of a fact of the one that the rule speaks of. Where a rule speaks of a person, or of
a member (`Count.where`), `family.NAME` is a fact of the person's family.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from tangga.rules.days import so_long_before
from tangga.rules.values import Ordered, Plain

FAMILY = "family."


@dataclass(frozen=True, slots=True)
class Ago:
    """A day that lies so far before the day of the decision; negative: after it.

    With years, a birth date that is `AtMost` this is an age of at least so many years.
    """

    years: int = 0
    months: int = 0
    days: int = 0

    def day(self, on: date) -> date:
        """The day that this is on the day of the decision."""
        return so_long_before(on, self.years, self.months, self.days)


@dataclass(frozen=True, slots=True)
class Of:
    """Another fact of the same one, times a decimal: `1.2` times the poverty line.

    The comparison is exact. Dates can be taken `times` 1 only. ValueError where `times` is not a
    positive number: a range would turn round.
    """

    fact: str
    times: Decimal = Decimal(1)

    def __post_init__(self) -> None:
        if not self.times.is_finite() or self.times <= 0:
            raise ValueError(f"a fact cannot be taken {self.times} times")


Bound = Ordered | Ago | Of


@dataclass(frozen=True, slots=True)
class AtLeast:
    """fact >= bound."""

    fact: str
    bound: Bound


@dataclass(frozen=True, slots=True)
class AtMost:
    """fact <= bound."""

    fact: str
    bound: Bound


@dataclass(frozen=True, slots=True)
class MoreThan:
    """fact > bound."""

    fact: str
    bound: Bound


@dataclass(frozen=True, slots=True)
class LessThan:
    """fact < bound."""

    fact: str
    bound: Bound


@dataclass(frozen=True, slots=True)
class Is:
    """The fact has this value: a code, a boolean, a number or a day."""

    fact: str
    value: Plain


@dataclass(frozen=True, slots=True)
class OneOf:
    """The fact has one of these values (codes or whole numbers); ValueError for none at all."""

    fact: str
    values: tuple[Plain, ...]

    def __post_init__(self) -> None:
        if not self.values:
            raise ValueError(f"{self.fact} is never one of no values")


@dataclass(frozen=True, slots=True)
class Known:
    """The fact is known; a range is not known. Never itself not known."""

    fact: str


@dataclass(frozen=True, slots=True)
class All:
    """Every one of these."""

    of: tuple[Condition, ...]


@dataclass(frozen=True, slots=True)
class AnyOf:
    """At least one of these."""

    of: tuple[Condition, ...]


@dataclass(frozen=True, slots=True)
class Not:
    """The opposite; of what is not known, not known."""

    of: Condition


@dataclass(frozen=True, slots=True)
class Count:
    """How many members are so: at least `low` of them and at most `high` (None: no bound).

    A member of whom it is not known makes the count a range. ValueError without any bound, or
    where low is above high.
    """

    where: Condition
    low: int | None = None
    high: int | None = None

    def __post_init__(self) -> None:
        _check_bounds(self.low, self.high)


@dataclass(frozen=True, slots=True)
class Sum:
    """A fact of the members who are so, added up: at least `low` and at most `high`.

    For facts that cannot be negative (money, counts): where a member's value is not known the sum
    is at least what is known, without upper bound. ValueError as `Count`.
    """

    fact: str
    where: Condition
    low: int | None = None
    high: int | None = None

    def __post_init__(self) -> None:
        _check_bounds(self.low, self.high)


def _check_bounds(low: int | None, high: int | None) -> None:
    if low is None and high is None:
        raise ValueError("a count or sum without a bound asks nothing")
    if low is not None and high is not None and low > high:
        raise ValueError(f"nothing is at least {low} and at most {high}")


Comparison = AtLeast | AtMost | MoreThan | LessThan
Leaf = AtLeast | AtMost | MoreThan | LessThan | Is | OneOf | Known
Condition = Leaf | All | AnyOf | Not | Count | Sum

PERSON, OWN_FAMILY = "person", "family"


def parts_of(condition: Condition) -> Iterator[Condition]:
    """The condition and all that it is made of, those on members included; in written order."""
    yield condition
    match condition:
        case All(of) | AnyOf(of):
            for part in of:
                yield from parts_of(part)
        case Not(part) | Count(part) | Sum(_, part):
            yield from parts_of(part)
        case _:
            pass


def facts_used(condition: Condition, subject: str) -> set[tuple[str, str]]:
    """(entity, name) of every fact that a condition on a `person` or `family` reads."""
    used: set[tuple[str, str]] = set()
    match condition:
        case All(of) | AnyOf(of):
            used.update(*(facts_used(part, subject) for part in of))
        case Not(part):
            used |= facts_used(part, subject)
        case Count(part):
            used |= facts_used(part, PERSON)
        case Sum(fact, part):
            used |= facts_used(part, PERSON) | {_entity(fact, PERSON)}
        case Is(fact) | OneOf(fact) | Known(fact):
            used.add(_entity(fact, subject))
        case _:
            used.add(_entity(condition.fact, subject))
            if isinstance(condition.bound, Of):
                used.add(_entity(condition.bound.fact, subject))
    return used


def _entity(name: str, subject: str) -> tuple[str, str]:
    if name.startswith(FAMILY):
        return OWN_FAMILY, name.removeprefix(FAMILY)
    return subject, name
