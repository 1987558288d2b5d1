"""At the cap, in the engine: Mbah Karto's own component goes on; members are called by name."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from tangga.engine import show
from tangga.engine.explain import explain
from tangga.engine.explain.data import Explanation
from tangga.engine.run import run_workspace
from village_records import write_years

DAY = date(2031, 8, 31)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Sixty-seven months of Mbah Karto's able son, no extension any more."""
    folder = write_years(tmp_path_factory.mktemp("village"), DAY)
    run_workspace(folder)
    return folder


def rows(folder: Path, table: str, where: str | None = None) -> list[dict[str, Any]]:
    sheet = show.read(folder, table, where=where, limit=1000)
    return [dict(zip(sheet.columns, row, strict=True)) for row in sheet.rows]


def karto(folder: Path) -> str:
    (row,) = rows(folder, "spells", "source_id = 'karto-elderly'")
    return str(row["family_id"])


def told(folder: Path) -> Explanation:
    return explain(folder, karto(folder))


def test_only_what_the_clock_can_end_ends(folder: Path) -> None:
    (move,) = rows(folder, "moves", f"family_id = '{karto(folder)}' AND person_id IS NULL")
    assert move["move"] == "decide_at_cap"
    assert json.loads(move["support_ends"]) == ["pkh"]
    assert json.loads(move["support_continues"]) == ["pkh/elderly"]
    found = rows(folder, "cap_ends", f"family_id = '{karto(folder)}'")
    assert {(row["component"], row["ends"]) for row in found} == {(None, True), ("elderly", False)}
    at_rest = rows(folder, "moves", "move IS NULL")
    assert {row["support_ends"] for row in at_rest} == {None}


def test_explain_says_what_goes_on_and_whose_it_is(folder: Path) -> None:
    ladder = told(folder).ladder
    assert ladder is not None
    (due,) = (one for one in ladder.due if one.person_id is None)
    assert [said.en for said in due.support] == [
        "Ends when the family is moved on: Family Hope Programme (PKH)",
        "Goes on: Family Hope Programme (PKH), Elderly person, KARTO",
    ]


def test_members_are_called_by_name(folder: Path) -> None:
    """Wherever a reason speaks of one member of the family."""
    families = [row["family_id"] for row in rows(folder, "facts")]
    said = [
        because
        for family in families
        for decision in explain(folder, family).decisions
        for because in decision.because
    ]
    assert said
    assert not [one for one in said if "Anggota " in one.id and "Member " in one.en]
