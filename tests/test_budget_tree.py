"""Budget lines as a tree: nothing below is ever added to what stands above it."""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tangga.engine.area_tree import AreaTree, area_tree
from tangga.engine.budget.tree import COLUMNS, budget_tree
from tangga.registry.areas import load_areas
from tangga.registry.load import load_pack

BENGKULU, LAMPUNG, KOTA, MESUJI, SIMPANG = "17", "18", "1771", "1811", "181105"
BILLION = 10**9


@cache
def areas() -> AreaTree:
    """The two provinces of the tests: a country takes longer to count than to add up."""
    whole = load_areas(load_pack("indonesia").dir, ())
    two = {code: area for code, area in whole.by_code.items() if code[:2] in (BENGKULU, LAMPUNG)}
    return area_tree(replace(whole, by_code=two))


def line(area: str, measure: str, amount: int, **said: Any) -> dict[str, Any]:
    plain = {"year": 2025, "programme": None, "focus": None, "fund_source": "apbn",
             "plan_line": None}  # fmt: skip
    return {**plain, "area": area, "measure": measure, "amount": amount, **said}


def tree(*lines: dict[str, Any]) -> dict[tuple[str, str, str | None], dict[str, Any]]:
    """(area, measure, programme or focus) -> row."""
    rows = [dict(zip(COLUMNS, row, strict=True)) for row in budget_tree(lines, areas())]
    return {(r["area"], r["measure"], r["programme"] or r["focus"]): r for r in rows}


def test_447_billion_of_the_province_and_58_billion_in_its_city_are_never_summed() -> None:
    found = tree(line(BENGKULU, "allocated", 447 * BILLION), line(KOTA, "disbursed", 58 * BILLION))
    province = found[BENGKULU, "allocated", None]
    assert (province["amount"], province["children_amount"]) == (447 * BILLION, None)
    assert (province["not_detailed"], province["state"]) == (447 * BILLION, "not_detailed")
    spent = found[BENGKULU, "disbursed", None]
    assert (spent["amount"], spent["state"]) == (None, "unknown"), "the city's is no province's"
    assert (spent["children_amount"], spent["children"]) == (58 * BILLION, 10)
    assert (KOTA, "allocated", None) not in found, "what was paid out says nothing of the pagu"
    assert all(505 * BILLION not in row.values() for row in found.values())
    assert found["", "allocated", None]["amount"] is None


def test_what_no_area_inside_has_is_not_detailed() -> None:
    found = tree(line(BENGKULU, "allocated", 447 * BILLION), line(KOTA, "allocated", 58 * BILLION))
    province = found[BENGKULU, "allocated", None]
    assert (province["amount"], province["children_amount"]) == (447 * BILLION, 58 * BILLION)
    assert (province["not_detailed"], province["children_known"]) == (389 * BILLION, 1)


def test_areas_that_have_more_than_what_holds_them_are_told() -> None:
    found = tree(
        line(MESUJI, "allocated", 5, programme="pkh", focus="protection"),
        line(SIMPANG, "allocated", 7, programme="pkh", focus="protection"),
    )
    row = found[MESUJI, "allocated", "pkh"]
    assert (row["state"], row["not_detailed"]) == ("exceeded", -2)
    assert row["amount"] == 5, "the figure stays"


def test_an_area_without_a_figure_is_not_known_with_its_parts_beside() -> None:
    found = tree(line(SIMPANG, "allocated", 7, programme="pkh", focus="protection"))
    row = found[MESUJI, "allocated", "pkh"]
    assert (row["amount"], row["not_detailed"], row["state"]) == (None, None, "unknown")
    assert (row["children_amount"], row["children_known"]) == (7, 1)
    assert found["18", "allocated", "pkh"]["children_amount"] == 7, "known further below"
    assert found["18", "allocated", "pkh"]["children_known"] == 0


def test_a_line_of_everything_holds_its_foci_and_programmes() -> None:
    found = tree(
        line(MESUJI, "allocated", 100),
        line(MESUJI, "allocated", 60, focus="protection"),
        line(MESUJI, "allocated", 40, programme="pkh", focus="protection"),
        line(MESUJI, "allocated", 10, programme="kube", focus="empowerment"),
    )
    whole = found[MESUJI, "allocated", None]
    assert (whole["amount"], whole["scope_amount"]) == (100, 70), "60 of a focus, 10 of another"
    assert found[MESUJI, "allocated", "protection"]["scope_amount"] == 40
    assert found[MESUJI, "allocated", "empowerment"]["amount"] is None


@pytest.mark.parametrize(
    ("planned", "amount", "state"), [(30, 100, "not_detailed"), (130, 100, "exceeded")]
)
def test_an_accepted_plan_is_spent_out_of_the_budget(planned: int, amount: int, state: str) -> None:
    found = tree(
        line(MESUJI, "allocated", amount), line(MESUJI, "allocated", planned, plan_line="a")
    )
    row = found[MESUJI, "allocated", None]
    assert (row["amount"], row["plan_amount"], row["state"]) == (100, planned, state)


def test_an_accepted_plan_is_the_figure_where_there_is_no_other() -> None:
    row = tree(line(MESUJI, "allocated", 30, plan_line="a"))[MESUJI, "allocated", None]
    assert (row["amount"], row["plan_amount"]) == (30, 30)


def test_sources_of_funds_and_years_stay_apart() -> None:
    lines = [
        line(MESUJI, "allocated", 1),
        line(MESUJI, "allocated", 2, fund_source="apbd_regency"),
        line(MESUJI, "allocated", 4, year=2026),
    ]
    rows = [dict(zip(COLUMNS, row, strict=True)) for row in budget_tree(lines, areas())]
    own = sorted(row["amount"] for row in rows if row["area"] == MESUJI)
    assert own == [1, 2, 4]


CODES = st.sampled_from(["", "17", "1771", "177103", "18", "1811", "181105", "1811052001"])
SCOPES = st.sampled_from(
    [("", ""), ("", "protection"), ("pkh", "protection"), ("kube", "empowerment"), ("baznas", "")]
)


@st.composite
def lines(draw: st.DrawFn) -> dict[str, Any]:
    programme, focus = draw(SCOPES)
    said = {"programme": programme or None, "focus": focus or None,
            "fund_source": draw(st.sampled_from(["apbn", None])),
            "plan_line": draw(st.sampled_from([None, "a"]))}  # fmt: skip
    measure = draw(st.sampled_from(["allocated", "disbursed"]))
    return line(draw(CODES), measure, draw(st.integers(0, 9)), **said)


@given(st.lists(lines(), max_size=12), st.randoms())
def test_every_figure_is_what_was_written_and_the_order_of_lines_is_nothing(
    drawn: list[dict[str, Any]], chance: Any
) -> None:
    rows = [dict(zip(COLUMNS, row, strict=True)) for row in budget_tree(drawn, areas())]
    for row in rows:
        same = [
            one
            for one in drawn
            if all(one[key] == row[key] for key in ("area", "programme", "focus", "fund_source",
                                                    "measure"))
        ]  # fmt: skip
        files = [one["amount"] for one in same if not one["plan_line"]]
        plans = [one["amount"] for one in same if one["plan_line"]]
        written = files or plans
        assert row["amount"] == (sum(written) if written else None)
        if row["not_detailed"] is not None:
            assert row["not_detailed"] == row["amount"] - (row["children_amount"] or 0)
    again = list(drawn)
    chance.shuffle(again)
    assert budget_tree(again, areas()) == budget_tree(drawn, areas())
