"""Places and money end: the poorest first, never more than there is; what is not known stays."""

from __future__ import annotations

from contextlib import closing
from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import duckdb
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tangga.engine.simulate.affected import Affected
from tangga.engine.simulate.opened import STORED
from tangga.engine.simulate.scenario import Budget, Coverage, Scenario
from tangga.engine.simulate.serving import SERVED, TIES, write_served
from tangga.registry.load import load_pack
from tangga.rules.load import load_policy

DAY = date(2026, 1, 31)
TODAY = load_policy(load_pack("indonesia")).on(DAY)
CODE = "sembako"
AREAS = ("1811052001", "1811042001", "1771031001", None)
PLAIN = Scenario("uji", {}, "uji", Path("uji.toml"))
MOST = 4
"""What is set aside for a family whose amount is not known."""
Family = dict[str, Any]

families = st.lists(
    st.fixed_dictionaries(
        {
            "decile": st.none() | st.integers(1, 10),
            "village": st.sampled_from(AREAS),
            "before": st.sampled_from([True, False, None]),
            "after": st.sampled_from([True, False, None]),
            "receives": st.booleans(),
            "amount": st.none() | st.integers(0, 5),
            "severity": st.none() | st.integers(0, 2),
            "protected": st.sampled_from([True, False, None]),
        }
    ),
    max_size=14,
)


def served(rows: list[Family], scenario: Scenario) -> tuple[list[Family], list[tuple[object, ...]]]:
    """What becomes of families, in their order; and the ties."""
    with closing(duckdb.connect()) as con:
        con.execute(
            "CREATE TABLE answers (programme VARCHAR, family_id VARCHAR, person_id VARCHAR, "
            "before BOOLEAN, after BOOLEAN, receives BOOLEAN, since DATE, amount_before BIGINT, "
            "amount_after BIGINT, recorded_before BIGINT, recorded_after BIGINT, "
            "most_before BIGINT, most_after BIGINT, sets BOOLEAN)"
        )
        con.execute(
            "CREATE TABLE kinds (family_id VARCHAR, village VARCHAR, decile INTEGER, "
            "people BIGINT, severity INTEGER, protected BOOLEAN)"
        )
        con.execute(
            "CREATE TABLE waits (programme VARCHAR, family_id VARCHAR, person_id VARCHAR, "
            "since DATE)"
        )
        for n, row in enumerate(rows):
            id_, amount = f"F{n:03d}", row["amount"]
            most = MOST if amount is None else 0
            answer = (CODE, id_, None, row["before"], row["after"], row["receives"], None)
            con.execute("INSERT INTO answers VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?,?)",
                        (*answer, amount, amount, None, None, most, most, False))  # fmt: skip
            kind = (id_, row["village"], row["decile"], 1, row["severity"], row["protected"])
            con.execute("INSERT INTO kinds VALUES (?,?,?,?,?,?)", kind)
        opened = SimpleNamespace(steps=SimpleNamespace(con=con), before=lambda name: name)
        affected = Affected((CODE,), (), False, STORED)
        write_served(opened, affected, scenario, TODAY, TODAY)  # type: ignore[arg-type]
        found = con.execute(f"SELECT * FROM {SERVED} ORDER BY family_id")
        names = [column[0] for column in found.description or ()]
        listed = [dict(zip(names, one, strict=True)) for one in found.fetchall()]
        ties = con.execute(f"SELECT * FROM {TIES}").fetchall()
    assert len(listed) == len(rows)
    return listed, ties


def with_money(amount: int, area: str = "") -> Scenario:
    return replace(PLAIN, budgets=(Budget(CODE, area, amount),))


def cost(rows: list[Family], *fates: str) -> int:
    """What is spent on those served, with what is set aside for those whose amount is not known."""
    return sum(_costs(row) for row in rows if row["served"] and row["fate"] in fates)


def _costs(row: Family) -> int:
    return int(row["most_after"] if row["amount_after"] is None else row["amount_after"])


@given(families, st.integers(0, 40))
@settings(max_examples=15, deadline=None)
def test_no_more_is_spent_than_there_is(rows: list[Family], money: int) -> None:
    found, _ = served(rows, with_money(money))
    kept = cost(found, "kept")
    assert cost(found, "kept", "stays", "enters", "outside") <= max(money, kept)
    assert {row["family_id"] for row in found if row["fate"] == "kept"} == {
        f"F{n:03d}"
        for n, row in enumerate(rows)
        if row["receives"]
        and row["after"] is not False
        and (row["after"] is None or row["decile"] is None or row["amount"] is None)
    }


@given(families, st.integers(0, 30), st.integers(0, 10))
@settings(max_examples=15, deadline=None)
def test_more_money_serves_whoever_less_served(rows: list[Family], less: int, more: int) -> None:
    few, many = (
        {row["family_id"] for row in served(rows, with_money(one))[0] if row["served"]}
        for one in (less, less + more)
    )
    assert few <= many


@given(families, st.integers(0, 8), st.integers(0, 30))
@settings(max_examples=15, deadline=None)
def test_the_order_is_that_of_a_plain_list(rows: list[Family], places: int, money: int) -> None:
    """Sorted in Python, places handed out first, then money, each until the next has none."""
    scenario = replace(with_money(money), coverage=(Coverage(CODE, "", places),))
    found, _ = served(rows, scenario)
    kept = [row for row in found if row["fate"] == "kept"]
    queue = sorted(
        (row for row in found if row["after"] and row["decile"] and row not in kept), key=_place
    )
    queue = queue[: max(places - len(kept), 0)]
    left = money - sum(map(_costs, kept))
    expected = set()
    for row in queue:
        if row["amount_after"] is None:
            continue
        left -= row["amount_after"]
        if left < 0:
            break
        expected.add(row["family_id"])
    assert {row["family_id"] for row in found if row["fate"] in ("stays", "enters")} == expected


def _place(row: Family) -> tuple[object, ...]:
    import hashlib

    protected = {True: 0, False: 2, None: 1}[row["protected"]]
    severity = -row["severity"] if row["severity"] is not None else 1
    draw = hashlib.md5(f"{CODE}:{DAY.year}:{row['family_id']}".encode()).hexdigest()
    return row["decile"], protected, severity, draw


@given(families)
@settings(max_examples=15, deadline=None)
def test_without_a_limit_places_stay_as_many_as_today(rows: list[Family]) -> None:
    """Who goes out makes room for the next in the regency; nobody else comes in."""
    found, _ = served(rows, PLAIN)
    for area in {row["area"] for row in found}:
        here = [row for row in found if row["area"] == area]
        left = [row for row in here if row["receives"] and not row["served"]]
        came = [row for row in here if row["served"] and not row["receives"]]
        waiting = [row for row in here if row["fate"] == "no_place"]
        assert len(came) <= len(left)
        assert len(came) == len(left) or not waiting
        assert all(row["after"] is False and row["before"] is not False for row in left)
        worst = max((row["decile"] for row in came), default=0)
        assert all(row["decile"] >= worst for row in waiting)


@given(families)
@settings(max_examples=8, deadline=None)
def test_who_is_not_known_is_neither_in_nor_out(rows: list[Family]) -> None:
    for scenario in (PLAIN, with_money(0), replace(PLAIN, coverage=(Coverage(CODE, "", 0),))):
        found, _ = served(rows, scenario)
        unknown = [row for row in found if row["after"] is None]
        assert all(row["served"] == row["receives"] for row in unknown)
        unranked = [row for row in found if row["after"] and row["decile"] is None]
        assert all(row["served"] == row["receives"] for row in unranked)


def test_a_share_of_those_who_fit_in_an_area() -> None:
    """Of four who fit in Mesuji a half is two places; in Bengkulu it is as today."""
    base = {"before": True, "after": True, "receives": False, "amount": 1, "severity": 0}
    base |= {"protected": False}
    rows = [{**base, "decile": n, "village": AREAS[0]} for n in (4, 1, 3, 2)]
    rows.append({**base, "decile": 1, "village": AREAS[2]})
    scenario = replace(PLAIN, coverage=(Coverage(CODE, "1811", share=Decimal("0.5")),))
    found, ties = served(rows, scenario)
    assert [row["served"] for row in found] == [False, True, False, True, False]
    assert ties == []


def test_ties_are_told() -> None:
    """Three alike and two places: the public draw decides, and says of how many."""
    alike = {"before": True, "after": True, "receives": False, "amount": 1, "severity": 0}
    alike |= {"protected": False, "decile": 2, "village": AREAS[0]}
    scenario = replace(PLAIN, coverage=(Coverage(CODE, "", 2),))
    found, ties = served([alike, alike, alike, {**alike, "decile": 3}], scenario)
    assert sum(row["served"] for row in found) == 2
    assert [(row[5], row[6], row[7]) for row in ties] == [(2, 3, 2)]


@pytest.mark.parametrize("people", [0, 1])
def test_nobody_and_one(people: int) -> None:
    row = {"before": True, "after": True, "receives": True, "amount": 3, "severity": None}
    row |= {"protected": None, "decile": 1, "village": None}
    found, _ = served([row] * people, with_money(2))
    assert [one["fate"] for one in found] == ["no_money"] * people
