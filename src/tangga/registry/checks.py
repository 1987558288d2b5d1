"""The plain reading of the checks: one record, one column after the other.

The engine reads the same checks as SQL over a whole table; a generative test holds the two
together, so this side stays obvious rather than fast.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import date, datetime
from decimal import Decimal

from tangga.registry.model import Column, Order, Table
from tangga.registry.problems import Problem

AREA = re.compile(r"[0-9]{2}|[0-9]{4}|[0-9]{6}|[0-9]{10}")
PYTHON_TYPES: dict[str, type] = {
    "text": str,
    "identifier": str,
    "integer": int,
    "decimal": Decimal,
    "money": int,
    "date": date,
    "boolean": bool,
    "code": str,
    "area": str,
    "timestamp": datetime,
}
INTEGER_RANGE = {"integer": 2**31, "money": 2**63}


def check_record(
    table: Table, record: Mapping[str, object], *, as_of: date | None = None
) -> list[Problem]:
    """Every problem of one record, in the order of the table's columns; [] when it stands.

    record: column name -> value of the column's Python type, or None. as_of: the day the record
    speaks of; without it no date is too late. Several problems may fall on one value.
    """
    unknown = [Problem(name, "unknown_field", None) for name in record if name not in table.columns]
    problems = [
        Problem(column.name, problem, as_text(record.get(column.name)))
        for column in table.columns.values()
        for problem in check_value(column, record.get(column.name), as_of=as_of)
    ]
    late = [p for order in table.orders for p in _check_order(order, record)]
    return unknown + problems + late


def check_value(column: Column, value: object, *, as_of: date | None = None) -> Iterator[str]:
    """The codes of what is wrong with one value."""
    if value is None:
        if column.required:
            yield "missing"
    elif not fits_type(column, value):
        yield "wrong_type"
    else:
        yield from _check_text(column, value)
        yield from _check_limits(column, value)
        if column.not_after_as_of and as_of is not None and value > as_of:  # type: ignore[operator]
            yield "future_date"


def fits_type(column: Column, value: object) -> bool:
    """Whether a value is of the column's type and can be stored as such."""
    if type(value) is not PYTHON_TYPES[column.type]:
        return False
    if isinstance(value, int) and column.type in INTEGER_RANGE:
        return -INTEGER_RANGE[column.type] <= value < INTEGER_RANGE[column.type]
    if isinstance(value, Decimal):
        return _fits_decimal(value)
    return True


def _fits_decimal(value: Decimal) -> bool:
    """DECIMAL(18,3): fifteen digits, a point, three digits."""
    return value.is_finite() and abs(value) < 10**15 and value == round(value, 3)


def _check_text(column: Column, value: object) -> Iterator[str]:
    if not isinstance(value, str):
        return
    if column.codes is not None and value not in column.codes:
        yield "unknown_code"
    if column.type == "area" and not AREA.fullmatch(value):
        yield "broken_area"
    if column.max_length is not None and len(value) > column.max_length:
        yield "too_long"
    if column.pattern is not None and not re.fullmatch(column.pattern, value):
        yield "broken_number" if column.type == "identifier" else "broken_text"


def _check_limits(column: Column, value: object) -> Iterator[str]:
    if column.minimum is not None and value < column.minimum:  # type: ignore[operator]
        yield "below_minimum"
    if column.maximum is not None and value > column.maximum:  # type: ignore[operator]
        yield "above_maximum"


def _check_order(order: Order, record: Mapping[str, object]) -> Iterator[Problem]:
    first, then = record.get(order.first), record.get(order.then)
    if type(first) is not date or type(then) is not date:
        return
    if then < first or (order.strict and then == first):
        yield Problem(order.then, "ends_before_start", as_text(then))


def as_text(value: object) -> str | None:
    """A value as DuckDB's CAST to VARCHAR writes it."""
    if value is None:
        return None
    if isinstance(value, bool):
        return "true" if value else "false"
    return f"{value:.3f}" if isinstance(value, Decimal) else str(value)
