"""What ends and what goes on at the cap; what a restored family is owed."""

from __future__ import annotations

from datetime import date

import duckdb
from hypothesis import given, settings
from hypothesis import strategies as st

from tangga.registry import load_pack
from tangga.rules.days import Month, month_of
from tangga.rules.effect import owed
from tangga.rules.exits import AtCap, Spell, at_cap, kept_at_cap
from tangga.rules.exits_sql import at_cap_sql
from tangga.rules.load import load_policy
from tangga.rules.money import for_months

ON = date(2026, 1, 31)
TODAY = load_policy(load_pack("indonesia")).on(ON)
BEGAN = date(2024, 1, 1)
PROGRAMMES = ("pkh", "sembako", "pbi_jk", "permakanan")
COMPONENTS = ("", "elderly", "disability", "upper_secondary", "primary")
PEOPLE = ("karto", "rizky")


def test_what_the_elderly_and_the_disabled_keep() -> None:
    kept = kept_at_cap(TODAY)
    assert {("pkh", "elderly"), ("pkh", "disability")} <= kept
    assert ("pkh", "upper_secondary") not in kept


def test_the_family_of_mbah_karto() -> None:
    spells = [
        Spell("pkh", BEGAN),
        Spell("pkh", BEGAN, component="elderly", person_id="karto"),
        Spell("pkh", BEGAN, component="upper_secondary", person_id="rizky"),
        Spell("permakanan", BEGAN, person_id="karto"),
        Spell("sembako", BEGAN, date(2025, 1, 1)),  # over
    ]
    assert at_cap(TODAY, spells) == [
        AtCap("pkh", "", "", ends=True),
        AtCap("pkh", "elderly", "karto", ends=False),
        AtCap("pkh", "upper_secondary", "rizky", ends=True),
        AtCap("permakanan", "", "karto", ends=False),
    ]


def test_where_the_list_names_only_the_family_his_component_goes_on() -> None:
    allotted = [("pkh", "elderly", "karto"), ("pkh", "primary", "rizky")]
    assert at_cap(TODAY, [Spell("pkh", BEGAN)], allotted) == [
        AtCap("pkh", "", "", ends=True),
        AtCap("pkh", "elderly", "karto", ends=False),
    ]
    assert at_cap(TODAY, [Spell("sembako", BEGAN)], allotted) == [
        AtCap("sembako", "", "", ends=True)
    ]


parts = st.tuples(st.sampled_from(PROGRAMMES), st.sampled_from(COMPONENTS), st.sampled_from(PEOPLE))


@settings(max_examples=60, deadline=None)
@given(spells=st.sets(parts, max_size=6), allotted=st.sets(parts, max_size=6))
def test_sql_says_the_same(
    spells: set[tuple[str, str, str]], allotted: set[tuple[str, str, str]]
) -> None:
    running = [Spell(p, BEGAN, component=c, person_id=who) for p, c, who in sorted(spells)]
    members = sorted(part for part in allotted if part[1])
    with duckdb.connect(config={"threads": 1}) as connection:
        columns = "family_id VARCHAR, person_id VARCHAR, programme VARCHAR, component VARCHAR"
        connection.execute(f"CREATE TABLE spells ({columns})")
        connection.execute(f"CREATE TABLE components ({columns}, counted BOOLEAN)")
        for programme, component, who in spells:
            row = ["F", who, programme, component or None]
            connection.execute("INSERT INTO spells VALUES (?, ?, ?, ?)", row)
        for programme, component, who in members:
            row = ["F", who, programme, component]
            connection.execute("INSERT INTO components VALUES (?, ?, ?, ?, TRUE)", row)
        connection.execute(
            "INSERT INTO components SELECT * REPLACE (FALSE AS counted, 'x' AS person_id) "
            "FROM components"
        )
        found = connection.execute(at_cap_sql(TODAY, "spells", "components")).fetchall()
    expected = at_cap(TODAY, running, members)
    assert sorted((p, c or "", who, ends) for _, who, p, c, ends in found) == sorted(
        (one.programme, one.component, one.person_id, one.ends) for one in expected
    )


def months(*listed: tuple[int, int]) -> list[Month]:
    return [month_of(date(year, month, 1)) for year, month in listed]


def test_what_is_owed_is_the_months_of_each_year_to_the_rupiah() -> None:
    def always(day: date) -> int:
        return 2_000_000

    assert owed([], always) == 0
    within = months((2025, 8), (2025, 9), (2025, 10), (2025, 11))
    assert owed(within, always) == for_months(2_000_000, 8, 11)
    whole = months(*((2025, month) for month in range(1, 13)))
    assert owed(whole, always) == 2_000_000
    across = months((2025, 12), (2026, 1))
    assert owed(across, always) == for_months(2_000_000, 12, 12) + for_months(2_000_000, 1, 1)


def test_what_is_owed_follows_the_rule_of_each_month() -> None:
    def risen(day: date) -> int | None:
        return {2025: 1_200_000, 2026: 2_400_000}.get(day.year)

    assert owed(months((2025, 12), (2026, 1)), risen) == 300_000
    assert owed(months((2024, 12), (2025, 1)), risen) is None
