"""The third reading of a condition says, month by month, what `holds` says of each of its days."""

from __future__ import annotations

from datetime import date, timedelta
from random import Random

import duckdb
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from random_conditions import AGO, DATES, NAMES, family, on_families, on_members
from tangga.engine.forecast.calendar import LONGEST, Calendar
from tangga.engine.forecast.in_time import Reader, moving_facts
from tangga.engine.forecast.moving import counts_that_stay, unions
from tangga.registry import SQL_TYPES
from tangga.rules.answer import NO, YES
from tangga.rules.conditions import Ago, AtMost, Condition, Count, parts_of
from tangga.rules.facts import Fact, FactBook
from tangga.rules.holds import answer_of
from tangga.rules.names import FAMILY_TABLE, PERSON_TABLE, Columns, Facts
from tangga.rules.values import Value, ends

FAMILIES = [family(Random(number)) for number in range(40)]
BOOK = FactBook(
    {
        (entity, name): Fact(entity, name, kind, {})
        for entity, names in ((PERSON_TABLE, NAMES.person), (FAMILY_TABLE, NAMES.family))
        for name, kind in names.items()
    }
)
OF_PERSON = Columns(BOOK.names, PERSON_TABLE, own="m", family="f")
OF_FAMILY = Columns(BOOK.names, FAMILY_TABLE, own="f", members="n")
ANY_DAY = st.dates(date(1950, 1, 1), date(2035, 12, 31))
STARTS = st.sampled_from([date(2024, 2, 29), date(2023, 8, 31), date(2026, 1, 15)])


def reader(day: date, months: int) -> Reader:
    return Reader(BOOK, Calendar(day, months), moving_facts(BOOK, ()))


def months_of(number: int, calendar: Calendar) -> set[int]:
    return {k for k in range(calendar.months + 1) if number >> k & 1}


@pytest.fixture(scope="module")
def country() -> duckdb.DuckDBPyConnection:
    """The families and their members, as tables."""
    con = duckdb.connect(config={"threads": 1})
    columns = [
        (name + end, SQL_TYPES[kind.type])
        for name, kind in NAMES.family.items()
        for end in (("_lo", "_hi") if kind.ranged else ("",))
    ]
    listed = ", ".join(f'"{name}" {kind}' for name, kind in columns)
    for table, rows in (
        ("family", [[n, n, *_row(one.own)] for n, one in enumerate(FAMILIES)]),
        (
            "member",
            [[n, k, *_row(m.own)] for n, f in enumerate(FAMILIES) for k, m in enumerate(f.members)],
        ),
    ):
        con.execute(f"CREATE TABLE {table} (family_id INTEGER, number INTEGER, {listed})")
        blanks = ", ".join("?" for _ in rows[0])
        con.executemany(f"INSERT INTO {table} VALUES ({blanks})", rows)
    return con


def _row(own: dict[str, Value]) -> list[object]:
    cells: list[object] = []
    for name, kind in NAMES.family.items():
        cells += ends(own[name]) if kind.ranged else [own[name]]
    return cells


def spoken(calendar: Calendar, condition: Condition, facts: Facts) -> tuple[set[int], set[int]]:
    """The plain reading of every day: the months that are sure, those that are not ruled out."""
    answers = [answer_of(condition, facts, day) for day in calendar.days]
    sure = {k for k, answer in enumerate(answers) if answer is YES}
    return sure, {k for k, answer in enumerate(answers) if answer is not NO}


@settings(max_examples=80, deadline=None)
@given(condition=on_members(), day=STARTS, months=st.sampled_from([13, 61, LONGEST]))
def test_of_members_it_says_what_holds_says(
    country: duckdb.DuckDBPyConnection, condition: Condition, day: date, months: int
) -> None:
    reading = reader(day, months)
    over = reading.read(condition, OF_PERSON)
    rows = country.execute(
        f"SELECT {over.yes}, {over.maybe} FROM member AS m JOIN family AS f USING (family_id) "
        "ORDER BY m.family_id, m.number"
    ).fetchall()
    everybody = [member for one in FAMILIES for member in one.members]
    for (yes, maybe), member in zip(rows, everybody, strict=True):
        found = months_of(yes, reading.calendar), months_of(maybe, reading.calendar)
        assert found == spoken(reading.calendar, condition, member)


@settings(max_examples=60, deadline=None)
@given(condition=on_families(), day=STARTS)
def test_of_families_it_never_says_more_and_all_of_none_and_some(
    country: duckdb.DuckDBPyConnection, condition: Condition, day: date
) -> None:
    reading = reader(day, 13)
    over = reading.read(condition, OF_FAMILY)
    counts = unions(reading, [condition], "m") + counts_that_stay(reading, [condition])
    rows = country.execute(
        f"WITH n AS (SELECT m.family_id{counts} FROM member AS m JOIN family AS f "
        "USING (family_id) GROUP BY m.family_id) "
        f"SELECT {over.yes}, {over.maybe} FROM family AS f LEFT JOIN n USING (family_id) "
        "ORDER BY f.family_id"
    ).fetchall()
    plain = all(_readable(reading, part) for part in parts_of(condition))
    for (yes, maybe), one in zip(rows, FAMILIES, strict=True):
        sure, open_ = spoken(reading.calendar, condition, one)
        found = months_of(yes, reading.calendar), months_of(maybe, reading.calendar)
        assert found[0] <= sure
        assert found[1] >= open_
        if plain:
            assert found == (sure, open_)


def _readable(reading: Reader, part: Condition) -> bool:
    """A count of nobody or somebody; others are read only where they do not move."""
    if not hasattr(part, "where") or not reading.moves(part.where, PERSON_TABLE):
        return True
    return isinstance(part, Count) and (part.low, part.high) in ((1, None), (None, 0))


@settings(max_examples=150, deadline=None)
@given(
    facts=st.lists(ANY_DAY | st.sampled_from(DATES), min_size=1, max_size=20),
    ago=AGO | st.builds(Ago, st.integers(0, 70), st.integers(-20, 20), st.integers(0, 60)),
    day=ANY_DAY,
    or_same=st.booleans(),
)
def test_how_often_a_day_so_long_ago_comes_earlier(
    facts: list[date], ago: Ago, day: date, or_same: bool
) -> None:
    calendar = Calendar(day, 30)
    sql = calendar.earlier("fact", ago, or_same=or_same)
    listed = ", ".join(f"(DATE '{fact}')" for fact in facts)
    rows = duckdb.sql(f"SELECT {sql} FROM (VALUES {listed}) AS t(fact)").fetchall()
    limit = timedelta(days=1) if or_same else timedelta()
    for (found,), fact in zip(rows, facts, strict=True):
        assert found == sum(ago.day(on) < fact + limit for on in calendar.days)


@settings(max_examples=60, deadline=None)
@given(sets=st.lists(st.integers(0, 2**62 - 1), min_size=1, max_size=20), n=st.integers(1, 62))
def test_the_nth_and_the_first_month_of_a_set(sets: list[int], n: int) -> None:
    calendar = Calendar(date(2026, 1, 31), 61)
    listed = ", ".join(f"({one}::BIGINT)" for one in sets)
    asked = f"SELECT {calendar.first('s')}, {calendar.nth('s', str(n))}"
    rows = duckdb.sql(f"{asked} FROM (VALUES {listed}) AS t(s)").fetchall()
    for (first, nth), one in zip(rows, sets, strict=True):
        months = sorted(months_of(one, calendar))
        assert first == (months[0] if months else None)
        assert nth == (months[n - 1] if len(months) >= n else None)


def test_no_calendar_of_no_month_or_longer_than_a_number_holds() -> None:
    for months in (0, LONGEST + 1):
        with pytest.raises(ValueError, match=str(months)):
            Calendar(date(2026, 1, 31), months)


def test_what_rests_on_a_day_moves_and_nothing_else() -> None:
    age = AtMost("born", Ago(years=60))
    assert reader(date(2026, 1, 31), 12).moves(age, PERSON_TABLE)
    assert not reader(date(2026, 1, 31), 12).moves(AtMost("born", DATES[0]), PERSON_TABLE)
