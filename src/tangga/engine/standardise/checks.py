"""The registry's checks as conditions over a whole table.

The same checks as `tangga.registry.check_record`, for values already stored as the column's
type; a generative test holds the two readings together.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from sqlglot import exp

from tangga.registry import Column, Order, Table

AREA_PATTERN = "[0-9]{2}|[0-9]{4}|[0-9]{6}|[0-9]{10}"


@dataclass(frozen=True)
class Check:
    """One thing that can be wrong with one column.

    condition: true where it is, false everywhere else, and never null.
    """

    field: str
    problem: str
    condition: exp.Expression


def check_expressions(
    table: Table, columns: Iterable[str], *, as_of: exp.Expression | None = None
) -> list[Check]:
    """The checks of a table that can be asked of these columns, in the order of the table.

    columns: those that the rows at hand carry; a check that needs another is left out.
    as_of: the day a row speaks of, a column or a literal; without it no date is too late.
    """
    carried = set(columns)
    of_columns = [
        check
        for column in table.columns.values()
        if column.name in carried
        for check in _column_checks(column, as_of)
    ]
    orders = [order for order in table.orders if {order.first, order.then} <= carried]
    return of_columns + [_order_check(order) for order in orders]


def _column_checks(column: Column, as_of: exp.Expression | None) -> Iterator[Check]:
    value = _value(column.name)
    if column.required:
        yield Check(column.name, "missing", exp.Is(this=value, expression=exp.null()))
    for problem, broken in (*_text_checks(column), *_limit_checks(column, as_of)):
        yield Check(column.name, problem, _known_and(value, broken))


def _text_checks(column: Column) -> Iterator[tuple[str, exp.Expression]]:
    """What can be wrong with a text that is there."""
    value = _value(column.name)
    if column.codes is not None:
        codes = [exp.Literal.string(code) for code in column.codes.codes]
        yield "unknown_code", exp.not_(exp.In(this=value, expressions=codes))
    if column.type == "area":
        yield "broken_area", exp.not_(_matches(value, AREA_PATTERN))
    if column.max_length is not None:
        length = exp.Anonymous(this="length", expressions=[value.copy()])
        yield "too_long", exp.GT(this=length, expression=exp.Literal.number(column.max_length))
    if column.pattern is not None:
        problem = "broken_number" if column.type == "identifier" else "broken_text"
        yield problem, exp.not_(_matches(value, column.pattern))


def _limit_checks(
    column: Column, as_of: exp.Expression | None
) -> Iterator[tuple[str, exp.Expression]]:
    """What can be wrong with a number or date that is there."""
    value = _value(column.name)
    if column.minimum is not None:
        yield "below_minimum", exp.LT(this=value, expression=_literal(column.minimum))
    if column.maximum is not None:
        yield "above_maximum", exp.GT(this=value.copy(), expression=_literal(column.maximum))
    if column.not_after_as_of and as_of is not None:
        late = exp.GT(this=value.copy(), expression=as_of.copy())
        yield "future_date", _known_and(as_of, late)


def _order_check(order: Order) -> Check:
    first, then = _value(order.first), _value(order.then)
    wrong = exp.LTE if order.strict else exp.LT
    broken = _known_and(then, wrong(this=then.copy(), expression=first.copy()))
    return Check(order.then, "ends_before_start", _known_and(first, broken))


def _value(name: str) -> exp.Column:
    return exp.column(name, quoted=True)


def _known_and(value: exp.Expression, condition: exp.Expression) -> exp.Expression:
    """False, and not null, where the value is missing."""
    known = exp.not_(exp.Is(this=value.copy(), expression=exp.null()))
    return exp.and_(known, condition)


def _matches(value: exp.Expression, pattern: str) -> exp.Expression:
    arguments = [value.copy(), exp.Literal.string(pattern)]
    return exp.Anonymous(this="regexp_full_match", expressions=arguments)


def _literal(limit: int | Decimal | date) -> exp.Expression:
    if isinstance(limit, date):
        return exp.cast(exp.Literal.string(limit.isoformat()), "DATE")
    return exp.Literal.number(str(limit))
