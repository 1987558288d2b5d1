"""Who is served though the rule does not say what they get costs something all the same."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path
from types import SimpleNamespace

import duckdb
import pytest

from tangga.engine.simulate.checks import stop_where_one_fails
from tangga.engine.simulate.compare import FLAGS, LESS, MORE, OF_FAMILIES
from tangga.engine.simulate.reserve import ceiling, recorded_sql
from tangga.engine.simulate.scenario import Check, Scenario
from tangga.engine.statements import template
from tangga.errors import UserError
from tangga.registry.load import load_pack
from tangga.rules.load import load_policy
from tangga.rules.policy import Place

TODAY = load_policy(load_pack("indonesia")).on(date(2026, 1, 31))
PKH = TODAY.programmes["pkh"][1].says.benefit
FILE = Path("uji.toml")


def checked(bounds: tuple[int, int] | None, value: int = 298, **asked: int) -> str:
    """What a check of the cost says; "" where it passes."""
    given = {key: Decimal(number) for key, number in asked.items()}
    check = Check("cost", "pkh", place=Place(FILE, 7), **given)
    scenario = Scenario("uji", {}, "uji", FILE, checks=(check,))
    key = ("cost", "pkh")
    try:
        stop_where_one_fails(scenario, {key: value}, {key: bounds})
    except UserError as error:
        return error.sentence()
    return ""


def test_a_check_counts_what_is_set_aside() -> None:
    said = checked((298, 341), at_most=300)
    assert "up to 341 rupiah (298 are sure, 43 are set aside" in said
    assert "uji.toml, line 7" in said
    assert checked((298, 341), at_most=341) == ""
    assert checked((298, 341), at_least=298) == ""
    assert "1 less than 299" in checked((298, 341), at_least=299)


def test_a_check_fails_where_nothing_bounds_it() -> None:
    assert "not known: it rests on amounts" in checked(None, at_most=10**9)


def test_the_most_of_a_rule_is_within_its_limits() -> None:
    parts = sorted(
        (one.amount_year for one in PKH.components for _ in range(one.most or 4)), reverse=True
    )
    assert 0 < ceiling(PKH) <= sum(parts[: PKH.most_members])
    assert ceiling(replace(PKH, most_members=1)) == parts[0]
    assert ceiling(replace(PKH, most_members=0)) == 0
    fewer = replace(PKH, components=PKH.components[1:], most_children=0)
    assert ceiling(fewer) <= ceiling(replace(fewer, most_children=3))


def test_what_is_recorded_counts_a_member_once() -> None:
    """A component without an amount makes the whole not known; one that is over counts nothing."""
    amounts = {one.id: one.amount_year for one in PKH.components}
    rows = [
        ("F1", "A", "elderly", True), ("F1", "A", "elderly", True), ("F1", "B", "primary", True),
        ("F1", "C", "primary", False), ("F2", "D", "unheard", True), ("F3", "E", None, True),
    ]  # fmt: skip
    with duckdb.connect() as con:
        con.execute(
            "CREATE TABLE spells (programme VARCHAR DEFAULT 'pkh', family_id VARCHAR, "
            "person_id VARCHAR, component VARCHAR, open BOOLEAN)"
        )
        con.executemany(
            "INSERT INTO spells (family_id, person_id, component, open) VALUES (?, ?, ?, ?)", rows
        )
        opened = SimpleNamespace(before=lambda name: name)
        none = replace(PKH, components=())
        sql = recorded_sql(opened, "pkh", PKH, none)  # type: ignore[arg-type]
        found = con.execute(f"{sql} ORDER BY family_id").fetchall()
    assert found == [("F1", amounts["elderly"] + amounts["primary"], None), ("F2", None, None)]


COLUMNS = (
    "receives BOOLEAN, served BOOLEAN, amount_before BIGINT, amount_after BIGINT, fate VARCHAR, "
    "decile INTEGER, before BOOLEAN, after BOOLEAN, most_before BIGINT, most_after BIGINT"
)


def flags(*row: object) -> dict[str, int]:
    """The flags of one family of a programme by component."""
    with duckdb.connect() as con:
        con.execute(
            "CREATE TABLE served (programme VARCHAR DEFAULT 'pkh', family_id VARCHAR DEFAULT 'F', "
            "village VARCHAR, people BIGINT DEFAULT 1, recorded_before BIGINT, "
            f"recorded_after BIGINT, sets BOOLEAN DEFAULT FALSE, {COLUMNS})"
        )
        names = ", ".join(one.split()[0] for one in COLUMNS.split(", "))
        con.execute(f"INSERT INTO served ({names}) VALUES ({', '.join('?' * len(row))})", row)
        sql = template("simulate", "families").substitute(programme="pkh", **OF_FAMILIES)
        con.execute(f"CREATE TABLE f AS {sql}")
        wanted = (*FLAGS, "set_aside_before", "set_aside")
        listed = ", ".join((*wanted, f"({MORE})::INTEGER", f"({LESS})::INTEGER"))
        ((*found,),) = con.execute(f"SELECT {listed} FROM f").fetchall()
    return dict(zip((*wanted, "winners", "losers"), found, strict=True))


@pytest.mark.parametrize(
    ("row", "told"),
    [
        (  # kept, its amount not known: served, set aside for, no winner and no loser
            (True, True, None, None, "kept", 2, True, True, 5, 6),
            {"amount_unknown": 1, "set_aside_before": 5, "set_aside": 6, "winners": 0, "losers": 0},
        ),
        (  # goes out, its amount not known: not served, so in no such count, and it loses
            (True, False, None, None, "leaves", 9, True, False, 5, 0),
            {"amount_unknown": 0, "set_aside": 0, "losers": 1, "families_out": 1},
        ),
        (  # kept without a decile, not known to fit: it is served and in no queue
            (True, True, 3, 3, "kept", None, None, None, 0, 0),
            {"without_rank": 0, "kept": 1, "set_aside": 0},
        ),
        (
            (False, False, 3, 3, "no_rank", None, True, True, 0, 0),
            {"without_rank": 1, "served": 0},
        ),
    ],
)
def test_each_family_is_counted_where_it_stands(
    row: tuple[object, ...], told: dict[str, int]
) -> None:
    found = flags(*row)
    assert {name: found[name] for name in told} == told
