"""Reasons as data say in SQL what `Finding.because` says in Python, of random rules."""

from __future__ import annotations

import json
from datetime import date
from decimal import Decimal
from random import Random
from typing import Any

import duckdb
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from random_conditions import NAMES, ON, family, on_families
from tangga.engine.plan.decisions import answers, whole
from tangga.engine.plan.reasons import MEMBERS, reasons_sql
from tangga.registry import SQL_TYPES
from tangga.rules.answer import all_of
from tangga.rules.conditions import Condition, Count, Known, Sum, facts_used
from tangga.rules.holds import Because, holds
from tangga.rules.names import FAMILY_TABLE, PERSON_TABLE, Columns, Facts
from tangga.rules.policy import Requirement
from tangga.rules.to_sql import aggregates, literal, text, to_sql
from tangga.rules.values import Range, Value, ends

FAMILIES = [family(Random(number)) for number in range(60)]
COLUMNS = Columns(NAMES, FAMILY_TABLE, own="f", members="f")


@pytest.fixture(scope="module")
def country() -> duckdb.DuckDBPyConnection:
    connection = duckdb.connect(config={"threads": 1})
    columns = ", ".join(
        f'"{name}{end}" {SQL_TYPES[kind.type]}'
        for name, kind in NAMES.family.items()
        for end in (("_lo", "_hi") if kind.ranged else ("",))
    )
    for table in ("family", "member"):
        connection.execute(f"CREATE TABLE {table} (id INTEGER, {columns})")
    for n, one in enumerate(FAMILIES):
        for table, rows in (("family", [one]), ("member", one.members)):
            for row in rows:
                connection.execute(f"INSERT INTO {table} VALUES ({n}, {_cells(row.own)})")
    return connection


def _cells(own: Any) -> str:
    cells: list[Any] = []
    for name, kind in NAMES.family.items():
        cells += ends(own[name]) if kind.ranged else [own[name]]
    return ", ".join("NULL" if cell is None else text(literal(cell)) for cell in cells)


def _in_sql(country: duckdb.DuckDBPyConnection, requires: list[Requirement]) -> list[Any]:
    conditions = [one.condition for one in requires]
    of_member = Columns(NAMES, PERSON_TABLE, own="m", family="f")
    counted = aggregates(conditions, of_member, ON)
    counts = "".join(f", {text(made)} AS {name}" for name, made in counted.items())
    stored = answers("rule", requires, "v")
    columns = "".join(
        f', {text(to_sql(one.condition, COLUMNS, ON))} AS "rule__{one.id}"' for one in requires
    )
    rows = country.execute(f"""
        WITH n AS (SELECT id{counts} FROM member m JOIN family f USING (id) GROUP BY id),
        f AS (SELECT * FROM family LEFT JOIN n USING (id)),
        v AS (SELECT f.id{columns} FROM f)
        SELECT {reasons_sql(stored, whole(stored), COLUMNS, ON)}
        FROM v JOIN f USING (id) ORDER BY f.id""").fetchall()
    return [json.loads(row, parse_float=Decimal) for (row,) in rows]


def _in_python(requires: list[Requirement], facts: Facts) -> list[Any]:
    found = [(one, holds(one.condition, facts, ON)) for one in requires]
    answer = all_of(finding.answer for _, finding in found)
    return [
        {
            "rule": f"rule/{one.id}",
            "answer": finding.answer.value,
            "facts": [_leaf(b) for b in finding.because() if b.member is None],
        }
        for one, finding in found
        if finding.answer is answer
    ]


def _leaf(because: Because) -> dict[str, Any]:
    told: dict[str, Any] = {"fact": because.fact or MEMBERS, "test": because.test}
    if because.negated:
        told["not"] = True
    leaf = because.condition
    if isinstance(leaf, Count | Sum):
        used = facts_used(leaf.where, PERSON_TABLE)
        names = (n if entity == PERSON_TABLE else f"family.{n}" for entity, n in used)
        told |= {"of": sorted(names), "threshold": {"low": leaf.low, "high": leaf.high}}
    elif not isinstance(leaf, Known):
        told["threshold"] = _plain(because.bound)
    return told | {"value": _plain(because.value)}


def _plain(value: Value | tuple[Any, ...]) -> Any:
    if isinstance(value, Range):
        return {"low": _plain(value.low), "high": _plain(value.high)}
    if isinstance(value, tuple):
        return [_plain(one) for one in value]
    return value.isoformat() if isinstance(value, date) else value


@settings(max_examples=80, deadline=None)
@given(conditions=st.lists(on_families(), min_size=1, max_size=3))
def test_sql_and_python_give_the_same_reasons(
    country: duckdb.DuckDBPyConnection, conditions: list[Condition]
) -> None:
    requires = [Requirement(f"r{n}", {}, condition) for n, condition in enumerate(conditions)]
    for told, facts in zip(_in_sql(country, requires), FAMILIES, strict=True):
        assert told == _in_python(requires, facts)
