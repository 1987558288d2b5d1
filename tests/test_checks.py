"""The SQL reading and the Python reading of the registry's checks are the same."""

from __future__ import annotations

import re
from datetime import date, timedelta
from decimal import Decimal

import duckdb
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlglot import exp

from tangga.engine.standardise.checks import check_expressions
from tangga.registry import Column, Table, check_record, load_pack

PACK = load_pack("indonesia")
AS_OF = date(2024, 2, 29)
TEXT = st.text(st.characters(exclude_categories=("Cs",)), max_size=12)
DIGITS = st.text("0123456789٣", max_size=17)
LONG = st.integers(98, 302).map("é".__mul__)


def around(column: Column, low: int, high: int) -> st.SearchStrategy[int]:
    """Whole numbers, most of them at the limits of the column."""
    limits = [limit for limit in (column.minimum, column.maximum) if limit is not None]
    near = [int(limit) + step for limit in limits for step in (-1, 0, 1)]
    return st.sampled_from(near) | st.integers(low, high) if near else st.integers(low, high)


def dates(column: Column) -> st.SearchStrategy[date]:
    """Days, most of them at the limits of the column and around the day of the data."""
    limits = [limit for limit in (column.minimum, column.maximum, AS_OF) if limit is not None]
    near = [limit + timedelta(days=step) for limit in limits for step in (-1, 0, 1)]
    return st.sampled_from(near) | st.dates()


def decimals(column: Column) -> st.SearchStrategy[Decimal]:
    """Thousandths, most of them at the limits of the column."""
    limits = [Decimal(x) for x in (column.minimum, column.maximum) if x is not None]
    near = [limit + step for limit in limits for step in (Decimal("-0.001"), 0, Decimal("0.001"))]
    any_number = st.decimals(-(10**15) + 1, 10**15 - 1, places=3)
    return st.sampled_from(near) | any_number if near else any_number


def texts(column: Column) -> st.SearchStrategy[str]:
    """Texts of any sign, of the pattern, and of about the greatest length."""
    choices = [TEXT, DIGITS, LONG]
    if column.pattern is not None:
        ascii_only = re.compile(column.pattern, re.ASCII)
        choices.append(st.from_regex(ascii_only, fullmatch=True))
        choices.append(st.from_regex(ascii_only))
    return st.one_of(choices)


def values(column: Column) -> st.SearchStrategy[object]:
    """Values that the column can store, right and wrong, and nothing."""
    of_type = {
        "text": lambda: texts(column),
        "identifier": lambda: texts(column),
        "area": lambda: texts(column) | st.from_regex(r"\A([0-9]{2}){1,5}\Z"),
        "code": lambda: st.sampled_from([*column.codes.codes, "", "Male"]) | TEXT,
        "integer": lambda: around(column, -(2**31), 2**31 - 1),
        "money": lambda: around(column, -(2**63), 2**63 - 1),
        "decimal": lambda: decimals(column),
        "date": lambda: dates(column),
        "boolean": st.booleans,
        "timestamp": st.datetimes,
    }
    return st.none() | of_type[column.type]()


def rows(table: Table) -> st.SearchStrategy[dict[str, object]]:
    """Records of a table, every column present."""
    return st.fixed_dictionaries({name: values(c) for name, c in table.columns.items()})


def sql_reading(table: Table, *records: dict[str, object]) -> list[set[tuple[str, str]]]:
    """The problems that DuckDB finds in each of some stored records; one query finds them all."""
    checks = check_expressions(table, table.columns, as_of=exp.column("day"))
    conditions = ", ".join(check.condition.sql("duckdb") for check in checks)
    columns = ", ".join(f'"{c.name}" {c.sql_type}' for c in table.columns.values())
    places = ", ".join("?" for _ in table.columns)
    with duckdb.connect() as con:
        con.execute(f"CREATE TABLE stored (place INTEGER, day DATE, {columns})")
        for place, record in enumerate(records):
            row = [place, AS_OF, *(record[name] for name in table.columns)]
            con.execute(f"INSERT INTO stored VALUES (?, ?, {places})", row)
        answers = con.execute(f"SELECT {conditions} FROM stored ORDER BY place").fetchall()
    assert len(answers) == len(records)
    assert not [row for row in answers if None in row]
    return [
        {(c.field, c.problem) for c, broken in zip(checks, row, strict=True) if broken}
        for row in answers
    ]


def python_reading(table: Table, record: dict[str, object]) -> set[tuple[str, str]]:
    """The problems that the registry finds in one record."""
    return {(p.field, p.problem) for p in check_record(table, record, as_of=AS_OF)}


@pytest.mark.parametrize("name", list(PACK.tables))
def test_sql_and_python_agree(name: str) -> None:
    """On generated records of every table: nulls, limits, dates and letters of any script."""
    table = PACK.tables[name]

    @settings(max_examples=6, deadline=None)
    @given(st.lists(rows(table), min_size=5, max_size=5))
    def agree(records: list[dict[str, object]]) -> None:
        assert sql_reading(table, *records) == [python_reading(table, one) for one in records]

    agree()


ODD = Table(
    name="odd",
    labels={},
    columns={
        "select": Column("select", "integer", {}, "open", "test", minimum=-1, maximum=1),
        "amount": Column("amount", "decimal", {}, "open", "test", minimum=Decimal("0.5")),
        "size": Column("size", "text", {}, "open", "test", max_length=2, required=True),
        "number": Column("number", "identifier", {}, "open", "test", pattern="[0-9]{2}|A[.]?"),
    },
)


@pytest.mark.parametrize(
    ("field", "value", "problem"),
    [
        ("select", 2, "above_maximum"),
        ("select", -2, "below_minimum"),
        ("select", 1, None),
        ("amount", Decimal("0.499"), "below_minimum"),
        ("amount", Decimal("0.500"), None),
        ("size", "ñé", None),
        ("size", "e\u0301x", "too_long"),
        ("size", None, "missing"),
        ("number", "12\n", "broken_number"),
        ("number", "١٢", "broken_number"),
        ("number", "A.", None),
        ("number", "AB", "broken_number"),
    ],
)
def test_both_readings_of_chosen_values(field: str, value: object, problem: str | None) -> None:
    """The values where two languages are likeliest to differ."""
    record = {"select": None, "amount": None, "size": "x", "number": None} | {field: value}
    wanted = {(field, problem)} if problem else set()
    assert python_reading(ODD, record) == wanted
    assert sql_reading(ODD, record) == [wanted]


def test_a_check_that_needs_an_absent_column_is_left_out() -> None:
    """Only the columns at hand are asked about."""
    checks = check_expressions(PACK.tables["payment"], ["period_end", "amount"])
    assert {check.field for check in checks} == {"period_end", "amount"}
    assert not any(check.problem == "ends_before_start" for check in checks)


def test_problems_carry_the_value_as_sql_writes_it() -> None:
    """So that the table of problems reads the same from either side."""
    table = PACK.tables["family"]
    record = {"floor_area": Decimal("-1.5"), "interviewed_on": date(1999, 12, 31)}
    found = {p.field: p.value for p in check_record(table, record)}
    stored = duckdb.execute("SELECT (-1.5)::DECIMAL(18,3)::VARCHAR").fetchall()[0][0]
    assert found == {"floor_area": stored, "interviewed_on": "1999-12-31"}
