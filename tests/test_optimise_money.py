"""Money, places and months that are gone are not planned with, and none comes off twice."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import duckdb
import pytest

from optimise_run import write_run, write_table
from tangga.engine.area_tree import area_tree
from tangga.engine.catalogue import Run
from tangga.engine.optimise.amounts import pools
from tangga.engine.optimise.limits import months_of
from tangga.engine.optimise.money import FOCUS, PROGRAMME, read_money
from tangga.engine.optimise.parameters import parameters
from tangga.engine.optimise.plan import work_out
from tangga.engine.workspace import load_workspace

KUBE, CLIMB = PROGRAMME + "kube", FOCUS + "empowerment"
REGENCY, DISTRICT, VILLAGE = "1811", "181105", "1811052001"


def line(area: str, amount: int, **more: object) -> dict[str, object]:
    own = {"year": 2026, "area": area, "programme": "kube", "focus": "empowerment"}
    own |= {"fund_source": "apbd_regency", "measure": "allocated", "amount": amount}
    return {**own, "plan_line": None, "replaced_by": None, **more}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_run(tmp_path_factory.mktemp("money"))


def amounts(folder: Path, *lines: dict[str, object], done: str = "L0") -> dict[tuple, tuple]:
    """(key, owner, year) -> (left, taken)."""
    run = folder / "runs" / "00001"
    with duckdb.connect() as con:
        write_table(con, run, "budget_lines", [*lines, line("1771", 1, plan_line="L9")])
        write_table(con, run, "plan_lines", [{"line": done, "state": "done"}])
        tree = area_tree(load_workspace(folder).pack_areas)
        found = read_money(con, Run(run), tree, 2026)
        shared = pools(found.allocated, ("1771", REGENCY), (2026, 2027), tree, found.taken)
    return {(one.key, one.area, one.year): (one.amount, one.taken) for one in shared}


@pytest.mark.parametrize("area", [REGENCY, DISTRICT, VILLAGE])
def test_an_accepted_line_of_an_area_inside_comes_off_the_figure_above_it(
    folder: Path, area: str
) -> None:
    found = amounts(folder, line(REGENCY, 12), line(area, 5, plan_line="L1"))
    assert found[KUBE, REGENCY, 2026] == (7, 5)
    assert found[KUBE, REGENCY, 2027] == (12, 0)  # the figure is carried whole: L1 is of 2026


def test_a_line_comes_off_the_nearest_figure_alone(folder: Path) -> None:
    lines = line("18", 40), line(REGENCY, 12), line(DISTRICT, 5, plan_line="L1")
    assert amounts(folder, *lines)[KUBE, REGENCY, 2026] == (7, 5)
    lines = line("18", 40), line(DISTRICT, 12), line(DISTRICT, 5, plan_line="L1")
    # what the district has is its own affair: no regency plans with it
    assert amounts(folder, *lines)[KUBE, "18", 2026] == (40, 0)


def test_a_line_of_a_wider_area_is_not_of_the_money_inside_it(folder: Path) -> None:
    found = amounts(folder, line(REGENCY, 12), line("18", 5, plan_line="L1"))
    assert found[KUBE, REGENCY, 2026] == (12, 0)


def test_a_line_of_another_source_of_funds_brings_its_own_money(folder: Path) -> None:
    other = line(DISTRICT, 5, plan_line="L1", fund_source="apbn")
    assert amounts(folder, line(REGENCY, 12), other)[KUBE, REGENCY, 2026] == (12, 0)
    unknown = line(DISTRICT, 5, plan_line="L1", fund_source=None)
    assert amounts(folder, line(REGENCY, 12), unknown)[KUBE, REGENCY, 2026] == (7, 5)


def test_a_line_of_a_programme_comes_off_its_focus_too(folder: Path) -> None:
    focus = line(REGENCY, 50, programme=None)
    found = amounts(folder, focus, line(REGENCY, 12), line(DISTRICT, 5, plan_line="L1"))
    assert found[KUBE, REGENCY, 2026] == (7, 5)
    assert found[CLIMB, REGENCY, 2026] == (45, 5)


def test_what_was_disbursed_is_gone_and_its_detail_is_not_added(folder: Path) -> None:
    spent = [line(area, sum_, measure="disbursed") for area, sum_ in ((REGENCY, 9), (DISTRICT, 4))]
    assert amounts(folder, line(REGENCY, 12), *spent)[KUBE, REGENCY, 2026] == (3, 9)
    assert amounts(folder, line(REGENCY, 12), spent[1])[KUBE, REGENCY, 2026] == (8, 4)
    assert amounts(folder, line(REGENCY, 12), *spent)[KUBE, REGENCY, 2027] == (12, 0)


def test_a_line_that_is_done_is_among_what_was_disbursed(folder: Path) -> None:
    given = line(REGENCY, 12), line(REGENCY, 9, measure="disbursed")
    planned = line(DISTRICT, 2, plan_line="L1")
    assert amounts(folder, *given, planned)[KUBE, REGENCY, 2026] == (1, 11)
    assert amounts(folder, *given, planned, done="L1")[KUBE, REGENCY, 2026] == (3, 9)
    assert amounts(folder, given[0], planned, done="L1")[KUBE, REGENCY, 2026] == (10, 2)


def test_a_document_that_was_replaced_is_no_money(folder: Path) -> None:
    old = line(REGENCY, 100, replaced_by="DPPA")
    assert amounts(folder, old, line(REGENCY, 12))[KUBE, REGENCY, 2026] == (12, 0)


def test_more_taken_than_there_is_leaves_nothing(folder: Path) -> None:
    found = amounts(folder, line(REGENCY, 12), line(DISTRICT, 30, plan_line="L1"))
    assert found[KUBE, REGENCY, 2026] == (0, 30)


def test_the_months_left_are_whole_ones_after_the_day() -> None:
    assert months_of(date(2026, 1, 31)) == (2026, 11)
    assert months_of(date(2025, 11, 30)) == (2025, 1)
    assert months_of(date(2025, 12, 1)) == (2026, 12)


def test_places_that_are_taken_are_not_planned_again(tmp_path: Path) -> None:
    folder = write_run(tmp_path)
    (folder / "places").mkdir()
    (folder / "places" / "p.csv").write_text("year,area,programme,places\n2026,18.11,kube,6\n")
    capacity = [{"year": 2026, "area": REGENCY, "programme": "kube", "used": 4}]
    with duckdb.connect() as con:
        write_table(con, folder / "runs" / "00001", "capacity", capacity)
    plan = work_out(folder, years=2, aim="graduations", report=lambda *_: None)
    left = {one.year: (one.capacity, one.taken) for one in plan.problem.limits}
    assert left == {0: (2, 4), 1: (6, 0)}


def test_what_begins_late_in_a_year_ends_in_the_next(tmp_path: Path) -> None:
    stated = parameters(load_workspace(write_run(tmp_path)).today)
    year = next(way for way in stated.interventions if way.says["months"] == 12)
    assert year.ends(12) == (0, 1)
    assert year.ends(11) == (1, 1)  # from February to January: free again at that turn of the year
    assert year.ends(4) == (1, 1)  # from September to August
    assert year.ends(1) == (1, 2)  # from December to November


def test_one_year_alone_still_counts_what_begins_in_it(tmp_path: Path) -> None:
    plan = work_out(write_run(tmp_path), years=1, aim="graduations", report=lambda *_: None)
    assert plan.whole.value > 0
