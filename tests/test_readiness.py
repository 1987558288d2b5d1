"""Readiness of a village's data, and what to repair first, over small tables by hand."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any

import duckdb
import pytest

from tangga.engine.readiness.measures import gaps_sql, ready_sql
from tangga.engine.statements import template
from tangga.rules.policy import Settings

SAYS = Settings({"matched": 90, "fresh": 80, "ranked": None, "recipients": None})
V, W, X = "1811052010", "1811052011", "1811042001"
FLAGS = dict.fromkeys(("registry", "facts", "links", "ranks", "recipients"), True)


@pytest.fixture
def con() -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect(config={"threads": 1}) as connection:
        connection.execute(
            "CREATE TABLE f (family_id TEXT, village TEXT, place TEXT, seen_on DATE, "
            "fresh BOOLEAN, ranked BOOLEAN, persons INT, matched INT, in_review INT)"
        )
        connection.execute(
            "CREATE TABLE r (family_id TEXT, village TEXT, nik TEXT, kk TEXT, source TEXT, "
            "source_id TEXT)"
        )
        yield connection


def families(
    con: duckdb.DuckDBPyConnection,
    village: str | None,
    many: int,
    fresh: int,
    *,
    matched: int | None = None,
    place: str = "village",
) -> None:
    """So many families of ten people each; so many fresh, so many people matched in all."""
    left = many * 10 if matched is None else matched
    for n in range(many):
        mine, left = min(10, left), max(0, left - 10)
        seen = date(2025, 6, 1) if n < fresh else None
        row = (
            f"{village}-{place}-{n}",
            village,
            place,
            seen,
            n < fresh or None,
            n % 2 == 0,
            10,
            mine,
            0,
        )
        con.execute("INSERT INTO f VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)", row)


def readiness(
    con: duckdb.DuckDBPyConnection, says: Settings = SAYS, **measured: bool
) -> dict[tuple[str | None, str], dict[str, Any]]:
    flags = {f"has_{name}": yes for name, yes in {**FLAGS, **measured}.items()}
    sql = template("plan", "readiness").substitute(
        families="f", recipients="r", letters=10, ready=ready_sql(says), **flags
    )
    con.execute(f"CREATE OR REPLACE TABLE readiness AS {sql}")
    rows = con.sql("FROM readiness").to_arrow_table().to_pylist()
    return {(row["village"], row["place"]): row for row in rows}


def repairs(con: duckdb.DuckDBPyConnection, says: Settings = SAYS) -> list[dict[str, Any]]:
    sql = template("plan", "repairs").substitute(gaps=gaps_sql("readiness", says))
    rows = con.sql(sql).to_arrow_table().to_pylist()
    assert isinstance(rows, list)
    return rows


@pytest.mark.parametrize(
    ("fresh", "matched", "ready"),
    [(8, 90, True), (7, 90, False), (8, 89, False), (10, 100, True), (0, 0, False)],
)
def test_a_village_is_ready_from_the_threshold_on(
    con: duckdb.DuckDBPyConnection, fresh: int, matched: int, ready: bool
) -> None:
    families(con, V, 10, fresh, matched=matched)
    row = readiness(con)[V, "village"]
    assert row["ready"] is ready
    assert (row["families"], row["persons"], row["fresh"], row["matched"]) == (
        10,
        100,
        fresh,
        matched,
    )
    assert row["never_seen"] == 10 - fresh


@pytest.mark.parametrize(("fresh", "ready"), [(9, None), (5, False)])
def test_without_a_civil_registry_nobody_is_ready_and_some_surely_not(
    con: duckdb.DuckDBPyConnection, fresh: int, ready: bool | None
) -> None:
    families(con, V, 10, fresh)
    row = readiness(con, registry=False)[V, "village"]
    assert (row["matched"], row["ready"]) == (None, ready)


@pytest.mark.parametrize("column", ["fresh", "duplicates_open", "ranked", "recipients"])
def test_what_was_not_received_is_not_zero(con: duckdb.DuckDBPyConnection, column: str) -> None:
    families(con, V, 10, 10)
    flag = {"fresh": "facts", "duplicates_open": "links", "ranked": "ranks"}.get(column, column)
    assert readiness(con, **{flag: False})[V, "village"][column] is None
    assert readiness(con)[V, "village"][column] is not None


def test_places_that_are_no_village_stand_apart(con: duckdb.DuckDBPyConnection) -> None:
    families(con, V, 10, 10)
    families(con, "181104", 3, 0, place="elsewhere")
    families(con, None, 2, 0, place="unknown")
    found = readiness(con)
    assert set(found) == {(V, "village"), ("181104", "elsewhere"), (None, "unknown")}
    assert found[V, "village"]["families"] == 10


def test_recipients_without_a_family_count_where_their_list_puts_them(
    con: duckdb.DuckDBPyConnection,
) -> None:
    families(con, V, 2, 2)
    rows = [
        (f"{V}-village-0", None, "1", "2", "s", "1"),
        (f"{V}-village-0", None, "1", "2", "s", "2"),
        (None, V, "7", "8", "s", "3"),
        (None, V, "7", "8", "s", "4"),
        (None, X, None, "9", "s", "5"),
        (None, None, None, None, "s", "6"),
        (None, None, None, None, "s", "7"),
    ]
    con.executemany("INSERT INTO r VALUES (?, ?, ?, ?, ?, ?)", rows)
    found = readiness(con)
    asked = {key: (row["recipients_matched"], row["recipients"]) for key, row in found.items()}
    assert asked == {(V, "village"): (1, 2), (X, "village"): (0, 1), (None, "unknown"): (0, 2)}
    assert found[X, "village"]["ready"] is None  # nobody lives there as far as is known


def test_first_what_lifts_most_families_for_the_least_work(con: duckdb.DuckDBPyConnection) -> None:
    families(con, V, 10, 7)  # one visit makes ten families' village ready
    families(con, W, 20, 10)  # six visits for twenty
    families(con, X, 10, 0, matched=0)  # eight visits and ninety matches
    readiness(con)
    found = [row for row in repairs(con) if row["needed"]]
    said = [(r["village"], r["what"], r["missing"], r["open"], r["lifts"]) for r in found]
    assert said == [
        (V, "fresh", 1, 3, True),
        (W, "fresh", 6, 10, True),
        (X, "fresh", 8, 10, False),
        (X, "matched", 90, 100, False),
    ]
    assert [row["position"] for row in found] == [1, 2, 3, 4]


def test_as_many_repairs_as_are_missing_make_a_village_ready(
    con: duckdb.DuckDBPyConnection,
) -> None:
    """The number that is said is the number that does it: one less does not."""
    for many in (3, 7, 11, 13):
        for enough in (0, 1):
            con.execute("DELETE FROM f")
            families(con, V, many, 0)
            readiness(con)
            (row,) = [r for r in repairs(con) if r["what"] == "fresh"]
            con.execute("DELETE FROM f")
            families(con, V, many, row["missing"] - 1 + enough)
            assert readiness(con)[V, "village"]["ready"] is bool(enough)


def test_what_has_no_threshold_is_listed_after(con: duckdb.DuckDBPyConnection) -> None:
    families(con, V, 10, 10)
    families(con, None, 2, 2, place="unknown")
    con.execute("UPDATE f SET in_review = 1 WHERE village IS NOT NULL")
    readiness(con)
    found = [(r["village"], r["what"], r["missing"], r["needed"]) for r in repairs(con)]
    assert found == [
        (V, "ranked", 5, False),
        (V, "duplicates", 10, False),
        (None, "ranked", 1, False),
        (None, "place", 2, False),
    ]


def test_an_overlay_can_ask_for_ranks(con: duckdb.DuckDBPyConnection) -> None:
    families(con, V, 10, 10)
    says = Settings({**SAYS.values, "ranked": 60})
    assert readiness(con, says)[V, "village"]["ready"] is False
    (row,) = [r for r in repairs(con, says) if r["needed"]]
    assert (row["what"], row["missing"], row["lifts"]) == ("ranked", 1, True)


def test_a_family_is_fresh_by_its_newest_facts() -> None:
    sql = template("plan", "family_readiness").substitute(
        facts="facts", persons="persons", history="history", families="families",
        family_facts="asked", matched="matched", in_review="review", elsewhere="'camp'",
        fresh_after="2024-01-31", letters=10, on="2026-01-31", part="TRUE",
    )  # fmt: skip
    with duckdb.connect() as con:
        con.execute(
            "CREATE TABLE facts AS SELECT n AS family_id, v AS village, 1 AS decile FROM (VALUES "
            "('asked', '1811052010'), ('visited', '1811052010'), ('old', '1811052010'), "
            "('never', '1811052010'), ('edge', '1811052010'), ('later', '1811052010'), "
            "('camp', '181105'), ('lost', '181105'), ('none', NULL)) AS t(n, v)"
        )
        con.execute(
            "CREATE TABLE asked AS FROM (VALUES ('asked', DATE '2025-01-01'), "
            "('asked', DATE '2020-01-01'), ('visited', DATE '2020-01-01'), ('old', "
            "DATE '2022-11-30'), ('edge', DATE '2024-01-31'), ('later', DATE '2026-02-01')) "
            "AS t(family_id, as_of)"
        )
        con.execute(
            "CREATE TABLE history AS FROM (VALUES ('visited', DATE '2024-02-01'), ('old', NULL)) "
            "AS t(family_id, visited_on)"
        )
        con.execute(
            "CREATE TABLE families AS SELECT family_id, CASE family_id WHEN 'camp' THEN 'camp' END "
            "AS place_kind FROM facts"
        )
        con.execute(
            "CREATE TABLE persons AS FROM (VALUES ('p', 'asked'), ('q', 'asked'), ('r', 'old')) "
            "AS t(person_id, family_id)"
        )
        con.execute("CREATE TABLE matched AS SELECT 'p' AS person_id")
        con.execute("CREATE TABLE review AS FROM (VALUES ('q'), ('r')) AS t(person_id)")
        rows = {row["family_id"]: row for row in con.sql(sql).to_arrow_table().to_pylist()}
    fresh = {name: row["fresh"] for name, row in rows.items()}
    assert {name for name, yes in fresh.items() if yes} == {"asked", "visited"}
    # Exactly as old as the policy allows is no longer younger; what comes after is not seen.
    assert {name for name, yes in fresh.items() if yes is False} == {"old", "edge"}
    assert rows["later"]["seen_on"] is None
    assert [rows[n]["place"] for n in ("asked", "camp", "lost", "none")] == [
        "village", "elsewhere", "unknown", "unknown",
    ]  # fmt: skip
    counts = ("persons", "matched", "in_review")
    counted = [[rows[name][one] for one in counts] for name in ("asked", "old", "never")]
    assert counted == [[2, 1, 1], [1, 0, 1], [0, 0, 0]]


def test_a_possible_double_is_a_pair_of_two_persons_that_nobody_judged() -> None:
    sql = template("plan", "in_review").substitute(links="links", crosswalk="crosswalk")
    with duckdb.connect() as con:
        con.execute(
            "CREATE TABLE crosswalk AS FROM (VALUES (1, 'a'), (2, 'b'), (3, 'c'), (4, 'c'), "
            "(5, 'd')) AS t(rid, person_id)"
        )
        con.execute(
            "CREATE TABLE links AS FROM (VALUES (1, 2, 'review'), (3, 4, 'review'), "
            "(1, 5, 'link'), (2, 1, 'review')) AS t(left_rid, right_rid, decision)"
        )
        assert sorted(con.execute(sql).fetchall()) == [("a",), ("b",)]
