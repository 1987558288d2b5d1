"""Waiting lists over small tables by hand: the order, the queue without rank, the public draw."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from hashlib import md5
from typing import Any

import duckdb
import pytest

from tangga.engine.plan.waiting import area_of, area_sql, ordered_sql, waits_sql
from tangga.rules.conditions import AtMost, Is
from tangga.rules.names import FactType, Names
from tangga.rules.policy import Dated, Period, Programme, ProgrammeRule, Requirement, Rule

ON = date(2026, 1, 31)
NAMES = Names(
    person={},
    family={
        "decile": FactType("integer"),
        "protected": FactType("boolean"),
        "severity": FactType("integer", ranged=True),
    },
)
KEYS = ("decile", "protected", "severity", "since", "draw")
PERIOD = Period("1", date(2020, 1, 1), "a law", "a paper")


def programme(unit: str = "family", keys: tuple[str, ...] = KEYS, area: str = "regency") -> Any:
    requires = (
        Requirement("decile", {}, AtMost("decile", 4)),
        Requirement("open", {}, Is("open", True)),
    )
    version = Dated(PERIOD, ProgrammeRule(requires, waiting=keys))
    rule = Rule("rice", {}, (version,))
    return Programme("rice", {}, unit, "protection", "desa", rule, area), version


@pytest.fixture
def con() -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect(config={"threads": 1}) as connection:
        connection.execute(
            "CREATE TABLE verdicts (family_id TEXT, person_id TEXT, rice__decile BOOLEAN, "
            "rice__open BOOLEAN)"
        )
        connection.execute(
            "CREATE TABLE facts (family_id TEXT, village TEXT, decile INT, protected BOOLEAN, "
            "severity_lo INT, severity_hi INT)"
        )
        connection.execute(
            "CREATE TABLE determined (programme TEXT, family_id TEXT, person_id TEXT)"
        )
        connection.execute("CREATE TABLE since (what TEXT, subject TEXT, since DATE)")
        yield connection


def family(
    con: duckdb.DuckDBPyConnection,
    id: str,
    decile: int | None,
    *,
    open: bool | None = True,
    protected: bool | None = False,
    severity: int = 0,
    village: str | None = "1811052001",
    since: date = ON,
    person: str | None = None,
) -> None:
    fits = None if decile is None else decile <= 4
    con.execute("INSERT INTO verdicts VALUES (?, ?, ?, ?)", [id, person, fits, open])
    values = [id, village, decile, protected, severity, severity]
    con.execute("INSERT INTO facts VALUES (?, ?, ?, ?, ?, ?)", values)
    con.execute("INSERT INTO since VALUES ('waiting/rice', ?, ?)", [person or id, since])


def waiting(con: duckdb.DuckDBPyConnection, one: Any) -> list[dict[str, Any]]:
    verdicts = {"family": "verdicts", "person": "verdicts"}
    waits = waits_sql([one], verdicts, "facts", "determined", "TRUE")
    since = (
        f"(SELECT w.*, s.since FROM ({waits}) AS w JOIN since AS s "
        "ON s.subject = coalesce(w.person_id, w.family_id))"
    )
    done = con.execute(f"{ordered_sql(one, since, 'facts', NAMES, ON)} ORDER BY queue, position")
    names = [column[0] for column in done.description]
    return [dict(zip(names, row, strict=True)) for row in done.fetchall()]


def order(con: duckdb.DuckDBPyConnection, one: Any, queue: str = "ranked") -> list[str]:
    return [row["family_id"] for row in waiting(con, one) if row["queue"] == queue]


def test_decile_then_protected_then_severity_then_who_waits_longest(
    con: duckdb.DuckDBPyConnection,
) -> None:
    family(con, "F5", 2)
    family(con, "F4", 1, since=date(2026, 1, 1))
    family(con, "F3", 1, since=date(2025, 6, 1))
    family(con, "F2", 1, severity=3)
    family(con, "F1", 1, protected=True)
    family(con, "F0", 1, protected=None, severity=9)
    assert order(con, programme()) == ["F1", "F0", "F2", "F3", "F4", "F5"]


def test_who_does_not_fit_or_is_determined_does_not_wait(con: duckdb.DuckDBPyConnection) -> None:
    family(con, "F1", 6)
    family(con, "F2", 1, open=False)
    family(con, "F3", 1)
    family(con, "F4", 1)
    con.execute("INSERT INTO determined VALUES ('rice', 'F3', NULL), ('other', 'F4', NULL)")
    assert order(con, programme()) == ["F4"]


def test_what_else_is_not_known_makes_nobody_wait(con: duckdb.DuckDBPyConnection) -> None:
    family(con, "F1", 1, open=None)
    assert waiting(con, programme()) == []


def test_without_a_rank_they_wait_for_a_visit_in_a_queue_of_their_own(
    con: duckdb.DuckDBPyConnection,
) -> None:
    family(con, "F1", 4)
    family(con, "F2", None, protected=True)
    family(con, "F3", None, open=None)
    family(con, "F4", None, open=False)
    assert order(con, programme()) == ["F1"]
    assert order(con, programme(), "unknown_rank") == ["F2", "F3"]
    places = {row["family_id"]: row["position"] for row in waiting(con, programme())}
    assert places == {"F1": 1, "F2": 1, "F3": 2}, "never last: a first place of its own"


def test_a_programme_that_asks_no_rank_has_one_queue(con: duckdb.DuckDBPyConnection) -> None:
    one, version = programme(keys=("since", "draw"))
    requires = (version.says.requires[1],)
    version = Dated(PERIOD, ProgrammeRule(requires, waiting=("since", "draw")))
    family(con, "F1", None, since=date(2025, 1, 1))
    family(con, "F2", 3)
    assert order(con, (one, version)) == ["F1", "F2"]


def test_each_area_has_its_own_list(con: duckdb.DuckDBPyConnection) -> None:
    family(con, "F1", 2, village="1811052001")
    family(con, "F2", 1, village="1771031001")
    family(con, "F3", 1, village=None)
    rows = {row["family_id"]: (row["area"], row["position"]) for row in waiting(con, programme())}
    assert rows == {"F1": ("1811", 1), "F2": ("1771", 1), "F3": (None, 1)}


@pytest.mark.parametrize(
    ("level", "area"),
    [("nation", ""), ("province", "18"), ("district", "181105"), ("village", "1811052001")],
)
def test_levels_of_areas(level: str, area: str) -> None:
    assert found(area_sql(level, "'1811052001'")) == area_of(level, "1811052001") == area


def test_a_place_coarser_than_the_level_is_no_area_of_it() -> None:
    assert found(area_sql("village", "'181105'")) is None
    assert area_of("village", "181105") is area_of("regency", None) is None


def found(sql: str) -> Any:
    return duckdb.sql(f"SELECT {sql}").fetchall()[0][0]


def test_anybody_can_draw_again(con: duckdb.DuckDBPyConnection) -> None:
    for n in range(20):
        family(con, f"F{n:02d}", 1)
    rows = waiting(con, programme())
    ids = [row["family_id"] for row in rows]
    drawn = {id: md5(f"rice:2026:{id}".encode()).hexdigest() for id in ids}
    assert {row["family_id"]: row["draw"] for row in rows} == drawn
    assert ids == sorted(drawn, key=drawn.__getitem__)


def test_of_a_programme_for_persons_each_waits_for_himself(con: duckdb.DuckDBPyConnection) -> None:
    family(con, "F1", 1, person="P1")
    con.execute("INSERT INTO verdicts VALUES ('F1', 'P2', TRUE, TRUE), ('F1', 'P3', TRUE, TRUE)")
    con.execute("INSERT INTO since VALUES ('waiting/rice', 'P2', '2025-01-01')")
    con.execute("INSERT INTO determined VALUES ('rice', 'F1', 'P3')")
    rows = waiting(con, programme(unit="person"))
    assert [(row["family_id"], row["person_id"]) for row in rows] == [("F1", "P2"), ("F1", "P1")]
