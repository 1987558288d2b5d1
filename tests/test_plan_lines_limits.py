"""What a line asks for beside the budget, the places and the target: told, and never assumed."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tangga.cli.plan_limits import print_limits
from tangga.engine import tables
from tangga.engine.catalogue import Run
from tangga.engine.connection import connect
from tangga.engine.plan_lines.limits import Limit, Limits, limits_of
from tangga.engine.plan_lines.read import PlanVersion
from tangga.engine.workspace import Workspace, load_workspace
from village import write_village

AT = date(2026, 1, 10)
KUBE = PlanVersion(
    line="K-1", version=1, year=2026, level="regency", area="1811", action="KUBE",
    programme="kube", focus="empowerment", fund_source="apbd_regency", cost=500, repairs="",
    pilar="pkh_companion", measure="graduations", target=40, owner="", due=None,
    state="proposed", by="x", at=AT, reason="", rests_on="",
)  # fmt: skip
OTHER = replace(KUBE, line="K-0", area="181105", state="accepted", cost=80, target=2)


@pytest.fixture(scope="module")
def workspace(tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    folder = tmp_path_factory.mktemp("limits")
    write_village(folder)
    return load_workspace(folder)


BUDGET = """(VALUES
    (2026, '1811', 'kube', 'empowerment', 'apbd_regency', 'allocated', 8, NULL),
    (2026, '1811', 'kube', 'empowerment', 'apbd_regency', 'allocated', 900, 'K-0'),
    (2026, '1811', 'kube', 'empowerment', 'apbd_regency', 'disbursed', 900, NULL),
    (2026, '1811', NULL, NULL, 'apbd_regency', 'allocated', 580, NULL),
    (2026, '1811', 'kube', 'empowerment', 'apbn', 'allocated', 900, NULL),
    (2025, '1811', 'kube', 'empowerment', 'apbd_regency', 'allocated', 900, NULL)
) AS t(year, area, programme, focus, fund_source, measure, amount, plan_line)"""
PLACES = "(VALUES (2026, '1811', 'kube', 4)) AS t(year, area, programme, places)"
TARGETS = """(VALUES
    (2026, '1811', 'pkh_companion', '', '', 'graduations', '', 3, '1811', '', 'targets/a.csv'),
    (2026, '181105', 'pkh_companion', '', '', 'graduations', '', 2, '1811', 'eligible', NULL),
    (2026, '1811', 'pkh_companion', 'w1', '', 'graduations', '', 2, '1811', '', NULL),
    (2026, '1811', 'pkh_companion', '', '', 'graduations', 'died', 9, '1811', '', 'targets/a.csv'),
    (2026, '181105', 'pkh_companion', '', 'kube', 'graduations', '', 2, '181105', '', NULL),
    (2026, '1811', 'pkh_companion', '', 'kube', 'graduations', '', 2, '181105', 'sum', NULL)
) AS t(year, area, pilar, worker, programme, measure, exits, value, set_from, rule, file)"""


@pytest.fixture(scope="module")
def limits(workspace: Workspace, tmp_path_factory: pytest.TempPathFactory) -> Limits:
    run = tmp_path_factory.mktemp("run")
    with connect() as con:
        for name, rows in {"budget_lines": BUDGET, "capacity": PLACES, "targets": TARGETS}.items():
            tables.write(con, f"SELECT * FROM {rows}", run / "plan" / name)
        return limits_of(con, Run(run), workspace)


def told(found: list[Limit]) -> list[tuple[str, str, int, int | None, bool]]:
    return [(one.what, one.programme, one.asked, one.limit, one.exceeded) for one in found]


def test_what_is_asked_for_stands_beside_what_there_is(limits: Limits) -> None:
    assert told(limits.of(KUBE, [KUBE, OTHER])) == [
        ("cost", "kube", 580, 8, True),
        ("cost", "", 580, 580, False),
        ("places", "kube", 42, 4, True),
        ("target", "", 42, 3, True),
    ]


@pytest.mark.parametrize(
    "other",
    [
        {"state": "proposed"},
        {"state": "rejected"},
        {"year": 2025},
        {"area": "1771"},
        {"line": "K-1"},
    ],
)
def test_only_accepted_lines_of_the_year_and_area_are_added(
    limits: Limits, other: dict[str, Any]
) -> None:
    found = told(limits.of(KUBE, [KUBE, replace(OTHER, **other)]))
    assert [asked for _, _, asked, *_ in found] == [500, 500, 40, 40]


def test_money_of_another_source_or_programme_is_other_money(limits: Limits) -> None:
    other = replace(OTHER, programme="pena", focus="")
    assert [asked for _, _, asked, *_ in told(limits.of(KUBE, [other]))] == [500, 580, 40, 42]
    apbn = replace(OTHER, fund_source="apbn")
    assert [asked for _, _, asked, *_ in told(limits.of(KUBE, [apbn]))][:2] == [500, 500]


def test_what_nobody_wrote_is_not_known_and_not_enough(limits: Limits) -> None:
    city = replace(KUBE, area="1771")
    assert told(limits.of(city, [])) == [
        ("cost", "kube", 500, None, False),
        ("places", "kube", 40, None, False),
    ]
    district = replace(KUBE, area="181105", cost=5, target=3)
    assert told(limits.of(district, [])) == [
        ("cost", "kube", 5, 8, False),
        ("cost", "", 5, 580, False),
        ("cost", "kube", 5, None, False),
        ("places", "kube", 3, 4, False),
        ("target", "", 3, 2, True),  # handed down from the regency
    ]


@pytest.mark.parametrize(
    ("line", "left"),
    [
        ({"state": "rejected"}, []),
        ({"state": "cancelled"}, []),
        ({"cost": None, "target": None}, []),
        ({"fund_source": "", "programme": ""}, ["target"]),
        ({"measure": "visits_kept", "cost": 0}, []),
        ({"programme": "pkh", "focus": "protection", "cost": 0}, ["target"]),
    ],
)
def test_what_asks_for_nothing_comes_up_against_nothing(
    limits: Limits, line: dict[str, Any], left: list[str]
) -> None:
    assert [one.what for one in limits.of(replace(KUBE, **line), [])] == left


@given(st.lists(st.integers(0, 300), max_size=5), st.integers(1, 700))
def test_a_line_is_over_exactly_where_the_sum_is(
    limits: Limits, others: list[int], cost: int
) -> None:
    lines = [replace(OTHER, line=f"L-{n}", cost=one) for n, one in enumerate(others)]
    found = limits.of(replace(KUBE, cost=cost), lines)
    (whole,) = [one for one in found if one.what == "cost" and not one.programme]
    assert whole.asked == cost + sum(others)
    assert whole.exceeded == (cost + sum(others) > 580)


def test_before_the_first_run_nothing_is_known(workspace: Workspace, tmp_path: Path) -> None:
    with connect() as con:
        for run in (None, Run(tmp_path)):
            found = limits_of(con, run, workspace).of(KUBE, [])
            assert [(one.what, one.limit) for one in found] == [("cost", None), ("places", None)]


def test_it_is_said_in_words(
    limits: Limits, workspace: Workspace, capsys: pytest.CaptureFixture[str]
) -> None:
    big = replace(KUBE, cost=500_000_000)
    print_limits(limits.of(big, [replace(OTHER, cost=80_000_000)]), workspace.pack)
    said = capsys.readouterr().out
    assert "MELEBIHI PAGU: K-1" in said
    assert "Rp580.000.000; pagu Rp8\n" in said
    assert "cost Rp580,000,000; the budget is Rp8\n" in said
    assert "untuk 42 keluarga; tempat 4" in said
    assert "menjanjikan 42; target wilayah 3" in said
    print_limits(limits.of(replace(KUBE, area="181105", cost=5, target=1), []), workspace.pack)
    said = capsys.readouterr().out
    assert "PAGU BELUM DIKETAHUI: K-1" in said
    assert "Pagu terdekat: Kabupaten Mesuji" in said
    assert "Rp5 dari Rp8" in said
    assert "TEMPAT" not in said
