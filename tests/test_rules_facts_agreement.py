"""Both readings of the Indonesian facts say the same, of every fact, of many random families.

Rows are made of nulls, codes, days around every threshold, and the past; some columns are not there
at all, some families have no members, some members are dead, some people have no family.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import timedelta
from decimal import Decimal
from random import Random

import duckdb
import pyarrow as pa
from hypothesis import given, settings
from hypothesis import strategies as st

from fact_rows import BOOK, ON, Row
from tangga.registry import SQL_TYPES
from tangga.rules.days import years_before
from tangga.rules.facts import Fact, FactBook
from tangga.rules.facts_reading import Reading
from tangga.rules.facts_sql import (
    Relation,
    Sources,
    columns_of,
    family_facts_sql,
    person_facts_sql,
)
from tangga.rules.names import Facts
from tangga.rules.values import Range, Value, ends

ARROW = {
    "VARCHAR": pa.string(),
    "INTEGER": pa.int32(),
    "BIGINT": pa.int64(),
    "DATE": pa.date32(),
    "BOOLEAN": pa.bool_(),
    "DECIMAL(18,3)": pa.decimal128(18, 3),
}
AGES = (0, 1, 2, 3, 5, 6, 10, 15, 18, 22, 25, 30, 40, 55, 58, 60, 75)
KEYS = {"person_id", "family_id", "village", "status", "relation"}


DERIVED = [fact.key for fact in BOOK.facts.values() if not fact.given]
KEPT = [("person", "person_id"), ("person", "family_id"), ("person", "status")]
ALSO = [("family", "family_id"), ("family", "months_protected")]
USED = FactBook(BOOK.restricted_to([*DERIVED, *KEPT, *ALSO]).facts)


def value_of(fact: Fact, rng: Random) -> Value:
    """Something that the fact could be; often not known."""
    if rng.random() < 0.25:
        return None
    match fact.type.type:
        case "boolean":
            return rng.random() < 0.4
        case "code":
            return rng.choice(sorted(fact.type.codes or ()))
        case "date":
            near = years_before(ON, rng.choice(AGES))
            return min(ON, near + timedelta(days=rng.choice((-42, -41, -1, 0, 1, 200))))
        case "integer":
            return {"birth_year": rng.choice((1940, 1966, 1985, 2008, 2024))}.get(
                fact.name, rng.randint(1, 12)
            )
        case "money":
            return rng.choice((0, 1, 450_000, 3_000_001, 2**40))
        case "decimal":
            return Decimal(rng.randint(0, 9999)) / 10
        case _:
            return rng.choice(("18", "1811052001", "1771031001", "9999999999"))


class Country:
    """Random families with their members: rows, and the same in DuckDB."""

    def __init__(self, seed: int, families: int) -> None:
        rng = Random(seed)
        self.complete = rng.random() < 0.5  # everybody has a row here: it may be said or not
        self.columns = {
            entity: [f for f in USED.of(entity, given=True) if f.name in KEYS or rng.random() < 0.9]
            for entity in ("person", "family")
        }
        self.families = [self._row("family", rng, family_id=f"F{n}") for n in range(families)]
        self.members: dict[str, list[Row]] = {f"F{n}": [] for n in range(families)}
        for family in self.members:
            for _ in range(rng.choice((0, 1, 1, 2, 3, 5))):
                person = f"P{sum(map(len, self.members.values()))}"
                row = self._row("person", rng, person_id=person, family_id=family)
                row["relation"] = rng.choice(("head", "head", "spouse", "child", None))
                row["status"] = rng.choice(("active", "active", "active", "dead", None))
                self.members[family].append(row)
        nowhere = [self._row("person", rng, person_id=f"N{n}", family_id=None) for n in range(3)]
        self.persons = [row for rows in self.members.values() for row in rows] + nowhere

    def _row(self, entity: str, rng: Random, **keys: str | None) -> Row:
        return {f.name: value_of(f, rng) for f in self.columns[entity]} | keys

    def relation(self, db: duckdb.DuckDBPyConnection, entity: str, name: str) -> Relation:
        """A table of these rows; half of the columns in one, the history facts in another."""
        rows = self.persons if entity == "person" else self.families
        history = name.endswith("history")
        key = f"{entity}_id"
        kept = [f for f in self.columns[entity] if is_past(f) is history or f.name == key]
        schema = pa.schema([(f.name, ARROW[SQL_TYPES[f.type.type]]) for f in kept])
        picked = [{f.name: row[f.name] for f in kept} for row in rows]
        db.register(f"arrow_{name}", pa.Table.from_pylist(picked, schema=schema))
        complete = history and self.complete
        return Relation(f"arrow_{name}", frozenset(schema.names), complete)

    def sources(self, db: duckdb.DuckDBPyConnection) -> Sources:
        return Sources(
            self.relation(db, "person", "persons"),
            self.relation(db, "family", "families"),
            self.relation(db, "person", "person_history"),
            self.relation(db, "family", "family_history"),
        )

    def read(self, book: FactBook) -> dict[str, Facts]:
        reading = Reading(book, ON)
        return {row["family_id"]: self._read(reading, row) for row in self.families}

    def _read(self, reading: Reading, row: Row) -> Facts:
        members = self.members[row["family_id"]]
        past = [{k: v for k, v in m.items() if is_past(BOOK.facts["person", k])} for m in members]
        now = [
            {k: v for k, v in m.items() if k not in p} for m, p in zip(members, past, strict=True)
        ]
        return reading.family(row, now, {}, past)


def is_past(fact: Fact) -> bool:
    return type(fact.derivation).__name__ == "History"


def as_columns(facts: Iterable[Fact], found: Facts) -> Row:
    """What Python found, as SQL writes it."""
    row: Row = {}
    for fact in facts:
        value = found.get(fact.name)
        values = ends(value) if fact.type.ranged else (value,)
        row |= dict(zip(columns_of(fact), values, strict=True))
    return row


def rows_by(db: duckdb.DuckDBPyConnection, sql: str, key: str) -> Mapping[str, Row]:
    rows = db.execute(sql).to_arrow_table().to_pylist()
    found = {row[key]: row for row in rows}
    assert len(found) == len(rows)
    return found


def same(found: Row, expected: Row) -> bool:
    return {name: found[name] for name in expected} == expected


def differing(found: Row, expected: Row) -> Row:
    return {n: (found[n], value) for n, value in expected.items() if found[n] != value}


@settings(max_examples=25, deadline=None)
@given(seed=st.integers(0, 2**32))
def test_python_and_sql_agree_on_every_fact(seed: int) -> None:
    country = Country(seed, families=40)
    db = duckdb.connect(config={"threads": 1})
    sources = country.sources(db)
    persons_sql = person_facts_sql(USED, sources, ON)
    db.execute(f"CREATE TABLE person_facts AS {persons_sql}")
    persons = rows_by(db, "FROM person_facts", "person_id")
    held = Relation("person_facts", frozenset())
    families = rows_by(db, family_facts_sql(USED, sources, held, ON), "family_id")
    assert families.keys() == country.members.keys()
    of_person = [f for (of, _), f in USED.facts.items() if of == "person"]
    of_family = [f for (of, _), f in USED.facts.items() if of == "family"]
    met = set()
    for family_id, facts in country.read(USED).items():
        expected = as_columns(of_family, facts)
        assert differing(families[family_id], expected) == {}
        for member in facts.members:
            person_id = str(member.get("person_id"))
            assert differing(persons[person_id], as_columns(of_person, member)) == {}
            met.add(person_id)
    assert persons.keys() == met


# Columns that say by their silence that there was nothing: a list, or an act recorded with us.
RECORDS = {
    *(("person", name) for name in BOOK.otherwise("person")),
    *(("family", name) for name in BOOK.otherwise("family")),
    *(("person", n) for n in ("last_delivery_date", "need_assessed", "case_closed_on")),
    ("person", "assessed_grade"),
    ("person", "relation"),
}


def within(narrow: Value, wide: Value) -> bool:
    """Whether all that could be before could still be so."""
    if wide is None or narrow == wide:
        return True
    if not isinstance(wide, Range):
        return False
    low, high = ends(narrow)
    return (wide.low is None or (low is not None and wide.low <= low)) and (
        wide.high is None or (high is not None and high <= wide.high)
    )


@settings(max_examples=25, deadline=None)
@given(seed=st.integers(0, 2**32))
def test_forgetting_a_value_never_makes_another_known(seed: int) -> None:
    """Whatever was known of a fact is still so, or is not known; a range only widens."""
    rng = Random(seed)
    country = Country(seed, families=10)
    before = country.read(USED)
    forgotten = {}
    for family, row in zip(country.members, country.families, strict=True):
        entity, target = rng.choice(
            [("family", row), *(("person", m) for m in country.members[family])]
        )
        names = [n for n in target if (entity, n) not in RECORDS and n not in KEYS]
        forgotten[family] = rng.choice(names)
        target[forgotten[family]] = None
        if forgotten[family] == "birth_date":
            target["birth_year"] = target["birth_month"] = None
    for family, facts in country.read(USED).items():
        both = [(before[family], facts), *zip(before[family].members, facts.members, strict=True)]
        for old, new in both:
            changed = {n for n in new.own if not within(old.get(n), new.get(n))}
            assert changed == set(), forgotten[family]
