"""The reading of a condition for a whole country: one DuckDB expression, TRUE, FALSE or NULL.

Kleene's logic is SQL's own, so most of a condition is written as it stands. Dates that a rule
compares with are worked out in Python (`days`). A count or sum over members becomes a comparison
with columns that the caller's GROUP BY makes: `aggregates` says which.

`holds` is the other reading; a generative test asserts that the two agree.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from hashlib import sha256

from sqlglot import exp

from tangga.rules.conditions import (
    FAMILY,
    Ago,
    All,
    AnyOf,
    AtLeast,
    AtMost,
    Bound,
    Comparison,
    Condition,
    Count,
    Is,
    Known,
    LessThan,
    MoreThan,
    Not,
    Of,
    OneOf,
    Sum,
    parts_of,
)
from tangga.rules.names import FAMILY_TABLE, Columns, FactType
from tangga.rules.values import Ordered, Plain

DIALECT = "duckdb"
LOW, HIGH = "_lo", "_hi"
WHOLE = ("integer", "money")


@dataclass(frozen=True)
class Ends:
    """Low and high of a value in SQL; the same expression twice where it is no range."""

    low: exp.Expr
    high: exp.Expr

    @property
    def plain(self) -> bool:
        """One value, known or NULL; not a range."""
        return self.low is self.high


def text(expression: exp.Expr) -> str:
    """The SQL text for DuckDB."""
    return expression.sql(dialect=DIALECT)


def to_sql(condition: Condition, columns: Columns, on: date) -> exp.Expr:
    """BOOLEAN: TRUE yes, FALSE no, NULL not known. KeyError for a fact that there is not.

    A condition with Count or Sum reads the columns of `aggregates` from the alias
    `columns.members`; NULL there (no row of members) is a family of nobody.
    """
    match condition:
        case All(of):
            return _joined(exp.and_, [to_sql(part, columns, on) for part in of], True)
        case AnyOf(of):
            return _joined(exp.or_, [to_sql(part, columns, on) for part in of], False)
        case Not(part):
            return exp.not_(to_sql(part, columns, on), copy=False)
        case Is(fact, value):
            return _one_of(fact, (value,), columns)
        case OneOf(fact, values):
            return _one_of(fact, values, columns)
        case Known(fact):
            return _known(fact_ends(fact, columns))
        case Count() | Sum():
            return _over_members(condition, columns)
        case _:
            return _compared(condition, columns, on)


def _joined(connect: Callable[..., exp.Expr], parts: list[exp.Expr], of_none: bool) -> exp.Expr:
    return connect(*parts, copy=False) if parts else exp.Boolean(this=of_none)


# --- facts and literals -----------------------------------------------------------------------


def fact_type(name: str, columns: Columns) -> FactType:
    """The type behind a name; KeyError where there is none."""
    found = columns.names.find(name, columns.subject)
    if found is None:
        raise KeyError(f"no fact {name!r} of a {columns.subject}")
    return found


def fact_ends(name: str, columns: Columns) -> Ends:
    """The column of a fact, or the two of one that can be a range. KeyError as `fact_type`."""
    table, column = columns.own, name
    if columns.subject != FAMILY_TABLE and name.startswith(FAMILY):
        table, column = columns.family, name.removeprefix(FAMILY)
    if fact_type(name, columns).ranged:
        return Ends(_column(column + LOW, table), _column(column + HIGH, table))
    plain = _column(column, table)
    return Ends(plain, plain)


def _column(name: str, table: str) -> exp.Column:
    return exp.column(name, table=table or None, quoted=True)


def literal(value: Plain) -> exp.Expr:
    """A typed literal: BOOLEAN, integer, DECIMAL of just its digits, VARCHAR or DATE."""
    match value:
        case bool():
            return exp.Boolean(this=value)
        case int():
            return exp.Literal.number(value)
        case Decimal():
            return exp.cast(exp.Literal.string(f"{value:f}"), _decimal_type(value))
        case date():
            return exp.cast(exp.Literal.string(value.isoformat()), "DATE")
        case _:
            return exp.Literal.string(value)


def _decimal_type(value: Decimal) -> str:
    _, digits, exponent = value.as_tuple()
    scale = max(0, -int(exponent))
    width = max(len(digits) + max(0, int(exponent)), scale + 1)
    return f"DECIMAL({width}, {scale})"


def bound_ends(bound: Bound, columns: Columns, on: date) -> Ends:
    """What a fact is compared with: a literal, a day, or another fact times a number."""
    if isinstance(bound, Of):
        return _times(fact_ends(bound.fact, columns), bound, columns)
    day: Ordered = bound.day(on) if isinstance(bound, Ago) else bound
    one = literal(day)
    return Ends(one, one)


def _times(ends: Ends, bound: Of, columns: Columns) -> Ends:
    """Decimal times decimal is exact in DuckDB, and an error where it does not fit."""
    if bound.times == 1:
        return ends
    whole = fact_type(bound.fact, columns).type in WHOLE

    def times(end: exp.Expr) -> exp.Expr:
        number = exp.cast(end.copy(), "DECIMAL(19, 0)") if whole else end.copy()
        return exp.Mul(this=number, expression=literal(bound.times))

    low = times(ends.low)
    return Ends(low, low) if ends.plain else Ends(low, times(ends.high))


# --- leaves -----------------------------------------------------------------------------------

_PLAIN: dict[type, type[exp.Binary]] = {
    AtLeast: exp.GTE,
    AtMost: exp.LTE,
    MoreThan: exp.GT,
    LessThan: exp.LT,
}


def _compared(leaf: Comparison, columns: Columns, on: date) -> exp.Expr:
    value, bound = fact_ends(leaf.fact, columns), bound_ends(leaf.bound, columns, on)
    if value.plain and bound.plain:
        return _PLAIN[type(leaf)](this=value.low, expression=bound.low)
    match leaf:
        case AtLeast():
            return reaches(value, bound)
        case AtMost():
            return reaches(bound, value)
        case MoreThan():
            return reaches(bound, value, yes=False)
        case _:
            return reaches(value, bound, yes=False)


def reaches(value: Ends, bound: Ends, *, yes: bool = True) -> exp.Expr:
    """Value >= bound where either can be a range; with yes=False, value < bound."""
    surely = exp.GTE(this=value.low.copy(), expression=bound.high.copy())
    never = exp.LT(this=value.high.copy(), expression=bound.low.copy())
    return _case((surely, yes), (never, not yes))


def _case(*branches: tuple[exp.Expr, bool]) -> exp.Case:
    """The first that is TRUE; else NULL."""
    case = exp.Case()
    for when, then in branches:
        case = case.when(when, exp.Boolean(this=then), copy=False)
    return case


def _one_of(fact: str, values: tuple[Plain, ...], columns: Columns) -> exp.Expr:
    ends = fact_ends(fact, columns)
    if not ends.plain:
        return _range_one_of(ends, values)
    if len(values) > 1:
        return exp.In(this=ends.low, expressions=[literal(value) for value in values])
    (value,) = values
    if isinstance(value, bool):
        return ends.low if value else exp.not_(ends.low, copy=False)
    return exp.EQ(this=ends.low, expression=literal(value))


def _range_one_of(ends: Ends, values: tuple[Plain, ...]) -> exp.Expr:
    """No where every value lies outside; yes where the range is one value; else not known."""
    outside = [
        exp.or_(
            exp.GT(this=ends.low.copy(), expression=literal(value)),
            exp.LT(this=ends.high.copy(), expression=literal(value)),
        )
        for value in values
    ]
    point = exp.EQ(this=ends.low.copy(), expression=ends.high.copy())
    return _case((exp.and_(*outside), False), (point, True))


def _known(ends: Ends) -> exp.Expr:
    if ends.plain:
        return exp.not_(exp.Is(this=ends.low, expression=exp.null()), copy=False)
    same = exp.EQ(this=ends.low, expression=ends.high)
    return exp.func("coalesce", same, exp.false())


# --- members ----------------------------------------------------------------------------------


def alias(condition: Count | Sum) -> str:
    """The name under which a count or sum over members is computed; the same in every process.

    Its columns are this with `_lo` and `_hi`. Two that differ in their bounds only share them.
    """
    what = f"Sum {condition.fact}" if isinstance(condition, Sum) else "Count"
    return "n_" + sha256(f"{what} {condition.where!r}".encode()).hexdigest()[:10]


def aggregates(
    conditions: Iterable[Condition], of_member: Columns, on: date
) -> dict[str, exp.Expr]:
    """Column -> aggregate, for a GROUP BY family_id over the rows of members.

    of_member: `Columns.of_members`. Counts are BIGINT; sums BIGINT, of decimals DECIMAL. `_hi` of
    a sum is NULL where it has no upper bound; nothing else is NULL.
    """
    found: dict[str, exp.Expr] = {}
    for condition in conditions:
        for part in parts_of(condition):
            if isinstance(part, Count | Sum) and alias(part) + LOW not in found:
                ends = (
                    count_ends(part.where, of_member, on)
                    if isinstance(part, Count)
                    else sum_ends(part.fact, part.where, of_member, on)
                )
                found |= {alias(part) + LOW: ends.low, alias(part) + HIGH: ends.high}
    return found


def count_ends(where: Condition, of_member: Columns, on: date) -> Ends:
    """Aggregates: least and most members who are so."""
    so = to_sql(where, of_member, on)
    maybe = exp.func("coalesce", so.copy(), exp.true())
    return Ends(_count_if(so), _count_if(maybe))


def _count_if(so: exp.Expr) -> exp.Expr:
    return exp.Filter(this=exp.Count(this=exp.Star()), expression=exp.Where(this=so))


def sum_ends(fact: str, where: Condition, of_member: Columns, on: date) -> Ends:
    """Aggregates: least and most that a fact of those who are so adds up to (NULL: no bound)."""
    so = to_sql(where, of_member, on)
    ends = fact_ends(fact, of_member)
    maybe = exp.Is(this=exp.paren(so.copy()), expression=exp.null())
    zero = exp.Literal.number(0)
    least = exp.func("coalesce", ends.low.copy(), zero)
    low = _chosen(so, least, maybe, exp.func("least", least.copy(), zero))
    most = exp.func("greatest", ends.high.copy(), zero)
    high = _chosen(so, ends.high.copy(), maybe, most)
    open_above = exp.and_(
        exp.func("coalesce", so.copy(), exp.true()),
        exp.Is(this=ends.high.copy(), expression=exp.null()),
    )
    as_type = "BIGINT" if fact_type(fact, of_member).type in WHOLE else None
    bounded = exp.Case().when(
        exp.EQ(this=_count_if(open_above), expression=zero), _sum(high, as_type)
    )
    return Ends(_sum(low, as_type), bounded)


def _chosen(so: exp.Expr, if_so: exp.Expr, maybe: exp.Expr, if_maybe: exp.Expr) -> exp.Case:
    chosen = exp.Case().when(so, if_so).when(maybe, if_maybe)
    return chosen.else_(exp.Literal.number(0))


def _sum(value: exp.Expr, as_type: str | None) -> exp.Expr:
    """A sum of whole numbers is HUGEINT in DuckDB, which Parquet would keep as a float."""
    total = exp.Sum(this=value)
    return exp.cast(total, as_type) if as_type else total


def _over_members(condition: Count | Sum, columns: Columns) -> exp.Expr:
    if columns.subject != FAMILY_TABLE:
        raise KeyError(f"a {columns.subject} has no members to count")
    ends = member_ends(condition, columns)
    tests = []
    if condition.low is not None:
        low = literal(condition.low)
        tests.append(reaches(ends, Ends(low, low)))
    if condition.high is not None:
        high = literal(condition.high)
        tests.append(reaches(Ends(high, high), ends))
    return _joined(exp.and_, tests, True)


def member_ends(condition: Count | Sum, columns: Columns) -> Ends:
    """A count or sum from the columns of `aggregates`; of a family of nobody, zero.

    The low end is NULL there only where there is no row of members.
    """
    low, high = (_column(alias(condition) + end, columns.members) for end in (LOW, HIGH))
    zero = exp.Literal.number(0)
    if isinstance(condition, Count):
        return Ends(exp.func("coalesce", low, zero), exp.func("coalesce", high, zero))
    nobody = exp.Case().when(exp.Is(this=low.copy(), expression=exp.null()), zero)
    return Ends(exp.func("coalesce", low, zero), exp.func("coalesce", high, nobody))
