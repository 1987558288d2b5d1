"""The closed vocabulary of conditions: frozen dataclasses, with exactly two readings.

`holds` reads a condition for one family in Python, `to_sql` for a whole country in DuckDB. Both
give yes, no or not known, and a generative test asserts that they agree. There are no free
expressions.

A name is that of a fact of the one that the rule speaks of. Where a rule speaks of a person, or of
a member (`Count.where`), `family.NAME` is a fact of the person's family.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

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


@dataclass(frozen=True, slots=True)
class Of:
    """Another fact of the same one, times a decimal: `1.2` times the poverty line.

    The comparison is exact. Dates can be taken `times` 1 only.
    """

    fact: str
    times: Decimal = Decimal(1)


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
    """The fact has one of these values (codes or whole numbers)."""

    fact: str
    values: tuple[Plain, ...]


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

    A member of whom it is not known makes the count a range.
    """

    where: Condition
    low: int | None = None
    high: int | None = None


@dataclass(frozen=True, slots=True)
class Sum:
    """A fact of the members who are so, added up: at least `low` and at most `high`.

    For facts that cannot be negative (money, counts): where a member's value is not known the sum
    is at least what is known, without upper bound.
    """

    fact: str
    where: Condition
    low: int | None = None
    high: int | None = None


Comparison = AtLeast | AtMost | MoreThan | LessThan
Leaf = AtLeast | AtMost | MoreThan | LessThan | Is | OneOf | Known
Condition = Leaf | All | AnyOf | Not | Count | Sum
