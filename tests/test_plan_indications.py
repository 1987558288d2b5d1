"""Indications of a wrong rank: which families are listed, why, and what is not made of it."""

from __future__ import annotations

import json
from datetime import date

import pytest

from hand_model import FLOOR, MEMBERS, hand_model
from history_run import HistoryRun, Row, family, person
from tangga.engine import plan
from tangga.engine.welfare.model_file import write_model

ON = date(2026, 5, 31)
SEEN = date(2026, 2, 10)
FAMILIES: dict[str, tuple[int | None, Row, int | None]] = {
    # official decile, home, income of a month that the visit saw (a family has four members)
    "poor_by_income": (7, {"floor": "cement"}, 2_000_000),
    "well_ranked": (7, {"floor": "cement"}, 9_000_000),
    "unranked": (None, {"floor": "earth"}, 1_000_000),
    "poor_by_model": (9, {"floor": "earth"}, None),
    "rich_by_model": (2, {"floor": "tile"}, None),
    "large_power": (1, {"floor": "earth", "meter_1_power": "above_w2200"}, None),
}


def fid(name: str) -> str:
    return f"F{(1 << 51) + list(FAMILIES).index(name):X}"


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> HistoryRun:
    folder = tmp_path_factory.mktemp("indications")
    floor = {"cement": 600_000, "tile": 1_900_000, "earth": -900_000}
    write_model(hand_model(MEMBERS, type(FLOOR)(FLOOR.feature, levels=floor)), folder / "model")
    made = HistoryRun(folder, ON, more='welfare_model = "model"\n')
    visits = [
        {"family_id": fid(name), "on_date": SEEN, "result": "complete", "income_month": income}
        for name, (_, _, income) in FAMILIES.items()
    ]
    made.write(
        families=[family(fid(name), **row) for name, (_, row, _) in FAMILIES.items()],
        persons=[
            person(f"P{n}{m}", fid(name)) for n, name in enumerate(FAMILIES) for m in range(4)
        ],
        rankings=[
            {"family_id": fid(name), "decile": decile, "release": "T1"}
            for name, (decile, *_) in FAMILIES.items()
        ],
        visits=visits,
    )
    made.rank()
    plan.run(made.ctx)
    return made


EXPECTED = {
    ("poor_by_income", "income_below_line", "lower", 7),
    ("poor_by_model", "likely_poorest", "lower", 9),
    ("rich_by_model", "unlikely_poorest", "higher", 2),
    ("large_power", "large_power_ranked_poor", "higher", 1),
}


def test_whose_facts_contradict_the_official_decile(run: HistoryRun) -> None:
    names = {fid(name): name for name in FAMILIES}
    found = {
        (names[str(r["family_id"])], r["indication"], r["points_to"], r["decile_official"])
        for r in run.rows("rank_indications")
    }
    assert found == EXPECTED
    for row in run.rows("rank_indications"):
        assert (row["decile_release"], row["acts"], row["village"]) == ("T1", True, "1771031001")
        assert "Inpres 4/2025" in str(row["basis"]) and row["check_id"] and row["check_en"]


def test_the_reasons_are_what_was_found(run: HistoryRun) -> None:
    (row,) = [r for r in run.rows("rank_indications") if r["indication"] == "income_below_line"]
    reasons = {one["rule"]: one for one in json.loads(str(row["reasons"]))}
    assert set(reasons) == {f"income_below_line/{id_}" for id_ in ("rank", "seen", "below")}
    (below,) = reasons["income_below_line/below"]["facts"]
    assert (below["fact"], below["value"], below["threshold"]) == ("income_seen", 500_000, 712_003)
    (model,) = [r for r in run.rows("rank_indications") if r["indication"] == "likely_poorest"]
    facts = [f for one in json.loads(str(model["reasons"])) for f in one["facts"]]
    (chance,) = [f for f in facts if f["fact"] == "chance_of_poorest_40"]
    assert chance["value"] >= 80 and chance["threshold"] == 80


def test_nothing_else_is_made_of_it(run: HistoryRun) -> None:
    """No case, no letter, and no decile beside the official one."""
    assert run.rows("signals") == []
    assert run.rows("due") == []
    assert {row["decile"] for row in run.rows("ranking", "rank")} == {None}
    columns = run.rows("rank_indications")[0].keys()
    assert [name for name in columns if "decile" in name] == [
        "decile_official", "decile_release", "decile_on",
    ]  # fmt: skip
