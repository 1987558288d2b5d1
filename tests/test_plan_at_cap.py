"""At the cap, in the engine: Mbah Karto's own component goes on; members are called by name."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from tangga.engine import show
from tangga.engine.current import last_complete
from tangga.engine.explain import explain
from tangga.engine.explain.data import Explanation
from tangga.engine.explain.decided import Teller
from tangga.engine.explain.reading import read_family
from tangga.engine.explain.register import Register
from tangga.engine.run import run_workspace
from tangga.engine.workspace import load_workspace
from tangga.rules.conditions import Count, Is
from tangga.rules.holds import holds
from tangga.rules.names import FAMILY_TABLE, Facts
from tangga.rules.policy import Requirement
from village_records import write_years

DAY = date(2031, 8, 31)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Sixty-seven months of Mbah Karto's able son, no extension any more."""
    folder = write_years(tmp_path_factory.mktemp("village"), DAY)
    run_workspace(folder, until="plan")
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
    """A reason that speaks of one member says whom, not which number."""
    workspace = load_workspace(folder)
    with Register(last_complete(folder), workspace.pack) as register:
        family = read_family(register, workspace.today, karto(folder))
        assert family is not None
        named = Teller(register, family).member
        assert sorted(map(named, range(3))) == ["KARTO", "RIZKY RAMADHAN", "SUGENG RIYADI"]
        unknown = Count(Is("pregnant", True), 1)
        found = holds(unknown, Facts({}, members=(Facts({}),) * 3), DAY)
        pairs = [(Requirement("x", {"id": "Ada", "en": "Some"}, unknown), found)]
        (said,) = Teller(register, family).sentences(pairs, FAMILY_TABLE)
    for number in range(3):
        assert f"; {named(number)}: " in said.id
    assert "Anggota 1" not in said.id
