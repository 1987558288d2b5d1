"""Every case of the Indonesian pack holds in SQL too: what stands beside a rule is what it does."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import duckdb
import pyarrow as pa
import pytest

from tangga.registry import SQL_TYPES, load_pack
from tangga.rules.answer import NO, all_of, answered
from tangga.rules.case_files import Case
from tangga.rules.cases import FROM, facts_of, found_by, rule_of
from tangga.rules.conditions import facts_used
from tangga.rules.load import load_policy
from tangga.rules.names import FAMILY_TABLE, PERSON_TABLE, Columns, Facts
from tangga.rules.policy import Programme, Requirement
from tangga.rules.to_sql import aggregates, text, to_sql
from tangga.rules.values import Value, ends

PACK = load_pack("indonesia")
POLICY = load_policy(PACK, cases=True)
NAMES = POLICY.facts.names
CASES = [case for case in POLICY.cases if case.of != "facts"]
OF_FAMILY = Columns(NAMES, FAMILY_TABLE, own="f", members="n")
OF_PERSON = Columns(NAMES, PERSON_TABLE, own="m", family="f")
ARROW = {
    "VARCHAR": pa.string(),
    "INTEGER": pa.int32(),
    "BIGINT": pa.int64(),
    "DATE": pa.date32(),
    "BOOLEAN": pa.bool_(),
    "DECIMAL(18,3)": pa.decimal128(18, 3),
}


def requires(case: Case) -> tuple[Requirement, ...]:
    """What the rule of a case asks on its day."""
    version = rule_of(POLICY, case).rule.on(case.on)
    assert version is not None
    return version.says.requires


def subject(case: Case) -> str:
    """Whom it is about."""
    rule = rule_of(POLICY, case)
    return rule.unit if isinstance(rule, Programme) else rule.subject


def used() -> dict[str, list[str]]:
    """Entity -> the facts that the requirements of all cases read."""
    keys = {
        key
        for case in CASES
        for requirement in requires(case)
        for key in facts_used(requirement.condition, subject(case))
    }
    return {one: sorted(name for of, name in keys if of == one) for one in ("family", "person")}


def columns(names: Iterable[str], entity: str) -> list[pa.Field]:
    """The column of each fact, or its two."""
    kinds = NAMES.family if entity == FAMILY_TABLE else NAMES.person
    return [
        pa.field(name + end, ARROW[SQL_TYPES[kinds[name].type]])
        for name in names
        for end in (("_lo", "_hi") if kinds[name].ranged else ("",))
    ]


def row(own: Mapping[str, Value], names: Iterable[str], entity: str) -> dict[str, object]:
    """The facts of one family or person, as columns."""
    kinds = NAMES.family if entity == FAMILY_TABLE else NAMES.person
    cells: dict[str, object] = {}
    for name in names:
        value = own.get(name)
        if kinds[name].ranged:
            cells[name + "_lo"], cells[name + "_hi"] = ends(value)
        else:
            cells[name] = value
    return cells


def whole(case: Case) -> tuple[Mapping[str, Value], list[Facts]]:
    """The family of a case and those in question: all its members, or the one it is about."""
    facts = facts_of(POLICY, case)
    assert facts is not None
    if case.person is None:
        return facts.own, list(facts.members)
    assert facts.family is not None
    return facts.family, [facts]


@pytest.fixture(scope="module")
def country() -> duckdb.DuckDBPyConnection:
    """The families and members of all cases in two tables, keyed by the number of the case."""
    names = used()
    families, members = [], []
    for number, case in enumerate(CASES):
        family, people = whole(case)
        families.append({"id": number, **row(family, names["family"], FAMILY_TABLE)})
        members += [{"id": number, **row(m.own, names["person"], PERSON_TABLE)} for m in people]
    connection = duckdb.connect(config={"threads": 1})
    for table, rows, entity in (("family", families, "family"), ("member", members, "person")):
        schema = pa.schema([pa.field("id", pa.int32()), *columns(names[entity], entity)])
        connection.register(f"arrow_{table}", pa.Table.from_pylist(rows, schema=schema))
        connection.execute(f"CREATE TABLE {table} AS FROM arrow_{table}")
    return connection


def sql_of(case: Case, number: int) -> str:
    """The answers to the requirements of a case."""
    conditions = [requirement.condition for requirement in requires(case)]
    if subject(case) == PERSON_TABLE:
        asked = ", ".join(text(to_sql(one, OF_PERSON, case.on)) for one in conditions)
        return f"SELECT {asked} FROM member m JOIN family f USING (id) WHERE id = {number}"
    asked = ", ".join(text(to_sql(one, OF_FAMILY, case.on)) for one in conditions)
    counted = aggregates(conditions, OF_PERSON, case.on)
    counts = "".join(f", {text(made)} AS {name}" for name, made in counted.items())
    return f"""
        WITH n AS (SELECT id{counts} FROM member m JOIN family f USING (id) GROUP BY id)
        SELECT {asked} FROM family f LEFT JOIN n USING (id) WHERE f.id = {number}"""


def test_there_are_cases_of_every_programme() -> None:
    assert {case.id for case in CASES if case.of == "programme"} == set(POLICY.programmes)
    assert len(CASES) > 40


def test_every_case_holds_in_sql(country: duckdb.DuckDBPyConnection) -> None:
    for number, case in enumerate(CASES):
        facts = facts_of(POLICY, case)
        assert facts is not None
        found = found_by(POLICY, case, facts)
        assert found is not None
        if found.because == [FROM]:
            assert case.answer is NO
            continue
        (truths,) = country.execute(sql_of(case, number)).fetchall()
        answers = {r.id: answered(truth) for r, truth in zip(requires(case), truths, strict=True)}
        deciding = [id_ for id_, answer in answers.items() if answer is case.answer]
        assert (all_of(answers.values()), deciding) == (case.answer, found.because), case.name
