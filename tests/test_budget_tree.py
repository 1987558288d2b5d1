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


def raw(*lines: dict[str, Any]) -> list[dict[str, Any]]:
    return [dict(zip(COLUMNS, row, strict=True)) for row in budget_tree(lines, areas())]


def tree(*lines: dict[str, Any]) -> dict[tuple[str, str, str | None], dict[str, Any]]:
    """(area, measure, programme or focus) -> row."""
    rows = raw(*lines)
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


@pytest.mark.parametrize(("planned", "exceeds"), [(30, False), (100, False), (130, True)])
def test_an_accepted_plan_is_spent_out_of_the_budget(planned: int, exceeds: bool) -> None:
    found = tree(line(MESUJI, "allocated", 100), line(MESUJI, "allocated", planned, plan_line="a"))
    row = found[MESUJI, "allocated", None]
    assert (row["amount"], row["plan_amount"], row["plan_exceeds"]) == (100, planned, exceeds)
    assert (row["scope_state"], row["state"]) == ("not_detailed", "not_detailed"), "no detail"


def test_an_accepted_plan_is_no_figure_of_a_budget() -> None:
    found = tree(line(MESUJI, "allocated", 30, plan_line="a"))
    row = found[MESUJI, "allocated", None]
    assert (row["amount"], row["plan_amount"], row["plan_exceeds"]) == (None, 30, None)
    assert ("18", "allocated", None) not in found, "of another area it says nothing"


def test_plan_lines_of_programmes_are_spent_out_of_what_holds_them() -> None:
    kube = {"programme": "kube", "focus": "empowerment"}
    found = tree(
        line(MESUJI, "allocated", 63),
        line(MESUJI, "allocated", 8, **kube),
        line(MESUJI, "allocated", 500, plan_line="a", **kube),
        line(MESUJI, "allocated", 4, plan_line="b", fund_source="apbd_regency"),
    )
    rows = [found[MESUJI, "allocated", one] for one in ("kube", "empowerment")]
    assert [(r["amount"], r["plan_amount"], r["plan_exceeds"]) for r in rows] == [
        (8, 500, True), (None, 500, None),
    ]  # fmt: skip
    assert rows[0]["state"] == "not_detailed", "its areas do not exceed it"
    whole = [r for r in raw(
        line(MESUJI, "allocated", 63), line(MESUJI, "allocated", 500, plan_line="a", **kube),
    ) if r["area"] == MESUJI and r["focus"] is None]  # fmt: skip
    assert [(r["plan_amount"], r["plan_exceeds"]) for r in whole] == [(500, True)]


def test_the_two_kinds_of_detail_are_told_apart() -> None:
    """One kecamatan with a line says nothing of what programmes are inside."""
    pkh = {"programme": "pkh", "focus": "protection"}
    found = tree(
        line(MESUJI, "allocated", 2_000),
        line(MESUJI, "allocated", 899, **pkh),
        line(SIMPANG, "allocated", 500, **pkh),
    )
    whole, own = found[MESUJI, "allocated", None], found[MESUJI, "allocated", "pkh"]
    assert (whole["scope_amount"], whole["scope_not_detailed"]) == (899, 1_101)
    assert (whole["children_amount"], whole["not_detailed"]) == (500, 1_500)
    assert (own["scope_amount"], own["scope_not_detailed"], own["scope_state"]) == (None,) * 3
    assert (own["children_amount"], own["not_detailed"]) == (500, 399)


def test_a_small_line_hides_nothing_of_what_is_inside() -> None:
    kube = {"programme": "kube", "focus": "empowerment"}
    found = tree(
        line(MESUJI, "allocated", 63),
        line(MESUJI, "allocated", 5, focus="empowerment"),
        line(MESUJI, "allocated", 8, **kube),
    )
    focus, whole = found[MESUJI, "allocated", "empowerment"], found[MESUJI, "allocated", None]
    assert (focus["scope_amount"], focus["scope_not_detailed"]) == (8, -3)
    assert focus["scope_state"] == "exceeded"
    assert (whole["scope_amount"], whole["scope_not_detailed"]) == (8, 55), "8 for sure, not 5"


def test_what_was_replaced_counts_nothing_and_documents_are_counted() -> None:
    found = tree(
        line(MESUJI, "allocated", 5, replaced_by="DPA 2"),
        line(MESUJI, "allocated", 7),
        line(MESUJI, "allocated", 2),
    )
    row = found[MESUJI, "allocated", None]
    assert (row["amount"], row["documents"]) == (9, 2)


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
        assert row["amount"] == (sum(files) if files else None)
        assert row["documents"] == len(files)
        plans = [one["amount"] for one in same if one["plan_line"]]
        assert (row["plan_amount"] or 0) >= sum(plans)
        for left, inside in (
            ("not_detailed", "children_amount"), ("scope_not_detailed", "scope_amount"),
        ):  # fmt: skip
            if row[left] is not None:
                assert row[left] == row["amount"] - (row[inside] or 0)
    again = list(drawn)
    chance.shuffle(again)
    assert budget_tree(again, areas()) == budget_tree(drawn, areas())
