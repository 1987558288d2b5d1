"""One rule, two readings: `holds` in Python and `to_sql` on DuckDB say the same of everybody."""

from __future__ import annotations

from random import Random
from typing import Any

import duckdb
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from random_conditions import NAMES, ON, family, less_known, on_families, on_members
from tangga.registry import SQL_TYPES
from tangga.rules.answer import NOT_KNOWN, Answer, answered
from tangga.rules.conditions import Condition, Known, parts_of
from tangga.rules.holds import answer_of, holds
from tangga.rules.names import FAMILY_TABLE, PERSON_TABLE, Columns, Facts
from tangga.rules.to_sql import aggregates, text, to_sql
from tangga.rules.values import Value, ends

FAMILIES = [family(Random(number)) for number in range(250)]
OF_FAMILY = Columns(NAMES, FAMILY_TABLE, own="f", members="n")
OF_PERSON = Columns(NAMES, PERSON_TABLE, own="m", family="f")


def _columns() -> list[tuple[str, str]]:
    """(name, SQL type) of every column that holds a fact."""
    return [
        (name + end, SQL_TYPES[kind.type])
        for name, kind in NAMES.family.items()
        for end in (("_lo", "_hi") if kind.ranged else ("",))
    ]


def _row(own: dict[str, Value]) -> list[Any]:
    cells: list[Any] = []
    for name, kind in NAMES.family.items():
        cells += ends(own[name]) if kind.ranged else [own[name]]
    return cells


@pytest.fixture(scope="module")
def country() -> duckdb.DuckDBPyConnection:
    """All families and their members, as tables."""
    connection = duckdb.connect(config={"threads": 1})
    columns = ", ".join(f'"{name}" {kind}' for name, kind in _columns())
    connection.execute(f"CREATE TABLE family (id INTEGER, {columns})")
    connection.execute(f"CREATE TABLE member (id INTEGER, number INTEGER, {columns})")
    families = [[n, *_row(one.own)] for n, one in enumerate(FAMILIES)]
    members = [
        [n, k, *_row(member.own)]
        for n, one in enumerate(FAMILIES)
        for k, member in enumerate(one.members)
    ]
    for table, rows in (("family", families), ("member", members)):
        blanks = ", ".join("?" for _ in rows[0])
        connection.executemany(f"INSERT INTO {table} VALUES ({blanks})", rows)
    return connection


def _sql_of_families(conditions: list[Condition]) -> str:
    counted = aggregates(conditions, OF_PERSON, ON)
    counts = "".join(f", {text(made)} AS {name}" for name, made in counted.items())
    asked = ", ".join(text(to_sql(condition, OF_FAMILY, ON)) for condition in conditions)
    return f"""
        WITH n AS (SELECT id{counts} FROM member m JOIN family f USING (id) GROUP BY id)
        SELECT {asked} FROM family f LEFT JOIN n USING (id) ORDER BY f.id"""


def _sql_of_members(conditions: list[Condition]) -> str:
    asked = ", ".join(text(to_sql(condition, OF_PERSON, ON)) for condition in conditions)
    return f"SELECT {asked} FROM member m JOIN family f USING (id) ORDER BY m.id, m.number"


def _compare(
    country: duckdb.DuckDBPyConnection, sql: str, conditions: list[Condition], all_of: list[Facts]
) -> None:
    rows = country.execute(sql).fetchall()
    assert len(rows) == len(all_of)
    for row, facts in zip(rows, all_of, strict=True):
        for truth, condition in zip(row, conditions, strict=True):
            assert answered(truth) is answer_of(condition, facts, ON), (condition, facts)


@settings(max_examples=100, deadline=None)
@given(conditions=st.lists(on_families(), min_size=1, max_size=6))
def test_both_readings_agree_on_families(
    country: duckdb.DuckDBPyConnection, conditions: list[Condition]
) -> None:
    _compare(country, _sql_of_families(conditions), conditions, FAMILIES)


@settings(max_examples=60, deadline=None)
@given(conditions=st.lists(on_members(), min_size=1, max_size=6))
def test_both_readings_agree_on_persons(
    country: duckdb.DuckDBPyConnection, conditions: list[Condition]
) -> None:
    persons = [member for one in FAMILIES for member in one.members]
    _compare(country, _sql_of_members(conditions), conditions, persons)


def _asks_what_is_known(condition: Condition) -> bool:
    return any(isinstance(part, Known) for part in parts_of(condition))


@settings(max_examples=150, deadline=None)
@given(
    condition=on_families().filter(lambda c: not _asks_what_is_known(c)),
    seed=st.integers(0, 10**6),
)
def test_who_is_known_less_well_gets_the_same_answer_or_none(
    condition: Condition, seed: int
) -> None:
    # Kleene's monotonicity: no unknown ever makes a yes of a no, nor a no of a yes. `known` is
    # the one test that is about knowledge itself.
    random = Random(seed)
    for _ in range(8):
        facts = family(random)
        before, after = (answer_of(condition, f, ON) for f in (facts, less_known(facts, random)))
        assert after in (before, NOT_KNOWN), (condition, facts)


@settings(max_examples=100, deadline=None)
@given(condition=on_families(), seed=st.integers(0, 10**6))
def test_the_leaves_named_are_those_that_decide(condition: Condition, seed: int) -> None:
    finding = holds(condition, family(Random(seed)), ON)
    assert finding.answer is answer_of(condition, finding.facts, ON)
    said: set[Answer] = {b.answer for b in finding.because()}
    assert finding.answer is not NOT_KNOWN or NOT_KNOWN in said
