"""Who died, moved or is double: the two lists hold whom events and the civil registry tell of."""

from __future__ import annotations

from collections import Counter
from datetime import date
from pathlib import Path
from typing import Any

import psycopg
import pyarrow.parquet as pq
import pytest
from api_tokens import program
from lists_read import all_pages, read, workbook

GONE = ("dead", "moved", "duplicate")
WORDS = {
    "dead": "meninggal",
    "perhaps_dead": "mungkin meninggal, periksa",
    "moved": "pindah",
    "duplicate": "ganda",
}


def rows_of(release: Path, table: str) -> list[dict[str, Any]]:
    """A table of the release; empty where it has none."""
    file = release / f"{table}.parquet"
    return pq.read_table(file).to_pylist() if file.is_file() else []


@pytest.fixture(scope="module")
def expected(release: Path) -> dict[str, str]:
    """Person -> status, told from the release's own tables and not from ours."""
    restored: dict[str, date] = {}
    for event in rows_of(release, "events"):
        if event["event"] == "restored":
            who = event["person_id"]
            restored[who] = max(restored.get(who, event["on_date"]), event["on_date"])

    def told(table: str) -> set[str]:
        first: dict[str, date | None] = {}
        for row in rows_of(release, table):
            days = [day for day in (first.get(row["person_id"]), row["death_date"]) if day]
            first[row["person_id"]] = min(days, default=None)
        alive = {who for who, day in first.items() if day and restored.get(who, date.min) >= day}
        return set(first) - alive

    exact, possible = told("deaths"), told("death_review")
    found = {}
    for person in rows_of(release, "persons"):
        who = person["person_id"]
        if person["status"] in GONE:
            found[who] = person["status"]
        elif who in exact or who in possible:
            found[who] = "dead" if who in exact else "perhaps_dead"
    return found


@pytest.fixture(scope="module")
def receives(release: Path) -> set[str]:
    """Who receives something, or draws what somebody receives."""
    running = [row for row in rows_of(release, "spells") if row["open"]]
    return {row[key] for row in running for key in ("person_id", "payee_person_id")} - {None}


@pytest.fixture(scope="module")
def officer(web: Any) -> Any:
    return web.client("kemensos", "")


def test_the_list_is_whom_events_and_the_registry_tell_of(
    web: Any, expected: dict[str, str], receives: set[str]
) -> None:
    with web.owner() as con:
        found = con.execute("SELECT person_id, status, receives FROM r_1.gone_people").fetchall()
    assert {who: status for who, status, _ in found} == expected
    assert {who for who, _, paid in found if paid} == receives & set(expected)
    assert "dead" in expected.values()


def test_pages_workbook_filters_and_the_api_hold_the_same(
    web: Any, officer: Any, expected: dict[str, str], receives: set[str]
) -> None:
    asks = program(web, "kemensos", "")
    paid = {who: status for who, status in expected.items() if who in receives}
    for name, those in (("gone", expected), ("gone_recipients", paid)):
        counted = Counter(those.values())
        pages = all_pages(officer, f"/daftar/{name}/")
        assert pages[0].total == len(those) == sum(len(page.rows) for page in pages)
        told = Counter(
            status
            for page in pages
            for row in page.rows
            for status, word in WORDS.items()
            if word in row
        )
        assert told == counted, name
        sheet = workbook(officer.get(f"/daftar/{name}/xlsx/"), "No.")
        at = sheet.names.index("Tercatat")
        assert Counter(row[at] for row in sheet.rows) == {WORDS[k]: n for k, n in counted.items()}
        for status, number in counted.items():
            assert read(officer.get(f"/daftar/{name}/?status={status}")).total == number
            listed = asks.get(f"lists/{name}", filter="status", key=status, limit=500)
            assert listed.status_code == 200, listed.content
            assert len(listed.json()["items"]) == number, (name, status)


def test_the_dashboard_says_the_words_and_not_the_codes() -> None:
    from tangga.web.dashboard.words import label

    for code, words in WORDS.items():
        assert label("web_list_word.gone", code, "id", date(2026, 1, 31)) == words


def test_whom_a_later_record_says_to_live_is_not_listed(web: Any) -> None:
    """The registry was wrong about a namesake: an event restored her, and the list lets her go."""
    from tangga.web.register.loading import derived

    with web.owner() as con:
        who, day = con.execute(
            "SELECT person_id, max(death_date) FROM r_1.deaths WHERE death_date IS NOT NULL"
            " AND person_id IN (SELECT person_id FROM r_1.gone_people WHERE by_registry)"
            " AND person_id NOT IN (SELECT person_id FROM r_1.persons WHERE status = 'dead')"
            " GROUP BY person_id ORDER BY person_id LIMIT 1"
        ).fetchone()
        try:
            assert who in again(con, derived)
            _restore(con, who, day)
            assert who not in again(con, derived)
        finally:
            con.rollback()


def _restore(con: psycopg.Connection[Any], who: str, day: date) -> None:
    con.execute(
        "INSERT INTO r_1.events (source, source_id, event, on_date, person_id, area)"
        " SELECT 'x', 'x1', 'restored', %s, person_id, area FROM r_1.persons WHERE person_id = %s",
        [day, who],
    )


def again(con: psycopg.Connection[Any], derived: Any) -> set[str]:
    """The list made once more of what the tables say now."""
    con.execute("SET LOCAL search_path = r_1, public")
    con.execute("DROP TABLE r_1.gone_people")
    columns: dict[str, set[str]] = {}
    for table, column in con.execute(derived.COLUMNS, ["r_1"]).fetchall():
        columns.setdefault(table, set()).add(column)
    kept = {table: frozenset(names) for table, names in columns.items()}
    made: dict[str, Any] = dict.fromkeys(("release", "former", "pack", "areas"))
    derived.gone_people(derived.Making(con=con, schema="r_1", columns=kept, **made))
    return {who for (who,) in con.execute("SELECT person_id FROM r_1.gone_people").fetchall()}
