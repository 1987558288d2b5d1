"""Past the cap, and whether somebody is not exempt is not known: a visit by a day, not silence."""

from __future__ import annotations

import csv
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from tangga.engine import show
from tangga.engine.explain import explain
from tangga.engine.run import run_workspace
from village_records import write_years

DAY = date(2027, 3, 31)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Herman's family past the cap, no extension any more; nobody was asked what is difficult."""
    folder = write_years(tmp_path_factory.mktemp("village"), DAY)
    forget(folder / "survei.csv", "difficulty_")
    run_workspace(folder, until="plan")
    return folder


def forget(file: Path, columns: str) -> None:
    with file.open(encoding="utf-8", newline="") as lines:
        header, *rows = csv.reader(lines)
    kept = [
        ["" if name.startswith(columns) else value for name, value in zip(header, row, strict=True)]
        for row in rows
    ]
    with file.open("w", encoding="utf-8", newline="") as out:
        csv.writer(out, lineterminator="\n").writerows([header, *kept])


def rows(folder: Path, table: str, where: str | None = None) -> list[dict[str, Any]]:
    sheet = show.read(folder, table, where=where, limit=1000)
    return [dict(zip(sheet.columns, row, strict=True)) for row in sheet.rows]


def herman(folder: Path) -> str:
    (row,) = rows(folder, "near_cap", "list = 'passed'")
    return str(row["family_id"])


def test_the_list_shows_least_and_most(folder: Path) -> None:
    (row,) = rows(folder, "near_cap", f"family_id = '{herman(folder)}'")
    assert row["months_protected"] == 75
    assert (row["must_climb_adults"], row["must_climb_most"]) == (0, 1)


def test_it_is_to_be_visited_by_a_day(folder: Path) -> None:
    id_ = herman(folder)
    assert rows(folder, "cap_queue", f"family_id = '{id_}'") == []
    (row,) = rows(folder, "visits_asked", f"family_id = '{id_}'")
    assert (row["why"], row["since"], (row["deadline"] - DAY).days) == ("cap", DAY, 60)
    assert row["many"] > 0
    (stands,) = rows(folder, "standing", f"subject = '{id_}' AND starts_with(what, 'visit/')")
    assert (stands["what"], stands["since"], stands["until"]) == ("visit/cap", DAY, None)


def test_whoever_has_not_reached_the_cap_is_not_asked_for_it(folder: Path) -> None:
    near = rows(folder, "near_cap", "list = 'near' AND must_climb_adults < must_climb_most")
    assert near
    assert {row["family_id"] for row in rows(folder, "visits_asked", "why = 'cap'")} == {
        herman(folder)
    }


def test_explain_says_which_move_and_what_is_not_known(folder: Path) -> None:
    found = explain(folder, herman(folder))
    assert found.ladder is not None
    assert not [due for due in found.ladder.due if due.person_id is None]
    assert "Belum dapat diputuskan: Keputusan pada 60 bulan; belum diketahui: " in found.text()
    (said,) = (said.en for said in found.ladder.listed if "Decision at 60 months" in said.en)
    assert "Able adults, not exempt, more than 24 months from 60: between 0 and 1" in said
