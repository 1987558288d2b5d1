"""Of whom the family is asked for: wherever the answer can depend on it, and nowhere else."""

from __future__ import annotations

from datetime import date

import duckdb
import pytest

from tangga.rules.conditions import All, AnyOf, AtLeast, Condition, Count, Is, Not
from tangga.rules.facts_needed import needs_family
from tangga.rules.names import PERSON_TABLE, Columns, FactType, Names
from tangga.rules.to_sql import text, to_sql

ON = date(2026, 1, 31)
NAMES = Names(
    {"a": FactType("boolean"), "b": FactType("boolean"), "late": FactType("boolean")},
    {"x": FactType("boolean")},
)
COLUMNS = Columns(NAMES, PERSON_TABLE)
A, B, X = Is("a", True), Is("b", True), Is("family.x", True)
LATE = Is("late", True)


def say(condition: Condition) -> str | None:
    return None if condition == LATE else text(to_sql(condition, COLUMNS, ON))


def asked(condition: Condition) -> set[tuple[bool | None, bool | None]] | None:
    """For which answers to a and b the family is asked for."""
    sql = needs_family(condition, say)
    if sql is None:
        return None
    truths = "(SELECT unnest([TRUE, FALSE, NULL]) AS {})"
    rows = duckdb.sql(
        f"SELECT a, b FROM {truths.format('a')}, {truths.format('b')} WHERE {sql}"
    ).fetchall()
    return set(rows)


EVERY = {(a, b) for a in (True, False, None) for b in (True, False, None)}


@pytest.mark.parametrize(
    ("condition", "expected"),
    [
        (All((A, B)), None),
        (X, EVERY),
        (Not(X), EVERY),
        (All((A, X)), {(a, b) for a, b in EVERY if a is not False}),
        (AnyOf((A, X)), {(a, b) for a, b in EVERY if a is not True}),
        (Not(All((A, X))), {(a, b) for a, b in EVERY if a is not False}),
        (All((A, AnyOf((B, X)))), {(a, b) for a, b in EVERY if a is not False and b is not True}),
        (AnyOf((A, All((B, X)))), {(a, b) for a, b in EVERY if a is not True and b is not False}),
        (All((A, LATE, X)), {(a, b) for a, b in EVERY if a is not False}),
        (All((LATE, X)), EVERY),
        (AnyOf((A, All((X, B)), X)), {(a, b) for a, b in EVERY if a is not True}),
    ],
)
def test_the_family_is_asked_for_where_it_can_matter(
    condition: Condition, expected: set[tuple[bool | None, bool | None]] | None
) -> None:
    assert asked(condition) == expected


def test_a_count_of_the_family_is_always_asked_for() -> None:
    at_least = AtLeast("family.x", 1)
    assert needs_family(at_least, say) == "TRUE"
    assert needs_family(Count(A, 1), say) is None
