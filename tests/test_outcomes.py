"""Outcomes are published figures beside their targets, never computed here."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from tangga.engine.office_files import Wrong, decimal
from tangga.engine.outcomes import Figure, beside, measures_of, read_outcomes
from tangga.engine.workspace import Workspace, load_workspace
from tangga.errors import UserError
from village import write_village

HEADER = "year,month,area,measure,kind,value,source\n"
ON = date(2026, 1, 31)


@pytest.fixture(scope="module")
def workspace(tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    folder = tmp_path_factory.mktemp("outcomes")
    write_village(folder)
    return load_workspace(folder)


def read(workspace: Workspace, *rows: str) -> list[Figure]:
    """The figures with these rows of an office."""
    folder = workspace.dir / "outcomes"
    folder.mkdir(exist_ok=True)
    (folder / "a.csv").write_text(HEADER + "\n".join(rows) + "\n", encoding="utf-8")
    return read_outcomes(workspace, measures_of(workspace.today))


def figure(kind: str, year: int, value: str, month: int = 0, **of: Any) -> Figure:
    return Figure(of.get("area", "18"), "poverty_rate", kind, year, month, Decimal(value), "BPS")


# --- figures of the pack ----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("area", "year", "month", "kind", "value"),
    [
        ("", 2025, 9, "survey", "8.25"),
        ("17", 2025, 9, "survey", "11.88"),
        ("18", 2025, 9, "survey", "9.66"),
        ("1771", 2025, 3, "survey", "11.91"),
        ("1811", 2024, 0, "survey", "6.31"),
        ("", 2029, 0, "target", "5.00"),
    ],
)
def test_what_was_published_ships_with_its_source(
    workspace: Workspace, area: str, year: int, month: int, kind: str, value: str
) -> None:
    key = (area, "poverty_rate", kind, year, month)
    (found,) = [one for one in read(workspace) if one.key == key]
    assert found.value == Decimal(value)
    assert found.source


def test_extreme_poverty_is_to_be_nought_in_2026(workspace: Workspace) -> None:
    rows = beside(read(workspace), ON)
    (row,) = [r for r in rows if r.measure == "extreme_poverty_rate" and r.survey]
    assert row.survey is not None
    assert row.target is not None
    assert (row.area, row.year, row.survey.value) == ("", 2025, Decimal("0.85"))
    assert (row.target.year, row.target.value, row.difference) == (2026, 0, Decimal("0.85"))


# --- survey beside target ---------------------------------------------------------------------


def test_the_last_survey_of_a_year_beside_the_target_it_goes_to() -> None:
    figures = [
        figure("survey", 2024, "10", 3),
        figure("survey", 2025, "9.9", 3),
        figure("survey", 2025, "9.5", 9),
        figure("target", 2025, "9.8"),
        figure("target", 2027, "8"),
        figure("target", 2030, "5"),
        figure("survey", 2025, "12", area="17"),
    ]
    rows = beside(figures, ON)
    said = [
        (r.area, r.year, r.survey and r.survey.value, r.target and r.target.year, r.difference)
        for r in rows
    ]
    assert said == [
        ("17", 2025, Decimal(12), None, None),
        ("18", 2024, Decimal(10), 2025, Decimal("0.2")),
        ("18", 2025, Decimal("9.5"), 2025, Decimal("-0.3")),
        ("18", 2027, None, 2027, None),
        ("18", 2030, None, 2030, None),
    ]


def test_a_survey_after_the_day_is_not_known_yet() -> None:
    figures = [figure("survey", 2025, "9.5", 9), figure("survey", 2025, "9.9", 3)]
    (row,) = beside(figures, date(2025, 8, 31))
    assert row.survey is figures[1]
    assert beside(figures, date(2025, 2, 28)) == []


# --- what an office writes --------------------------------------------------------------------


def test_the_offices_own_figure_stands_before_that_of_the_pack(workspace: Workspace) -> None:
    found = read(workspace, "2025,9,18,Angka kemiskinan,Survei,9.7,BPS Lampung")
    (row,) = [one for one in found if one.key == ("18", "poverty_rate", "survey", 2025, 9)]
    assert (row.value, row.source) == (Decimal("9.7"), "BPS Lampung")


MISTAKES = {
    "2025,9,18,poverty_rate,survey,101,BPS": "101 of a hundred",
    "2025,9,18,poverty_rate,survey,-1,BPS": "is no number such as 8.25",
    "2025,9,18,poverty_rate,survey,8.2 %,BPS": "is no number such as 8.25",
    "2025,9,18,poor_people,survey,12.910,BPS": "may have decimals or thousands",
    "2025,9,18,poor_people,survey,12.5,BPS": "12.5 is no whole number",
    "2025,13,18,poverty_rate,survey,8,BPS": "is no month from 1 to 12",
    "2025,9,99,poverty_rate,survey,8,BPS": "is no area of the pack",
    "2025,9,18,desil_1,survey,8,BPS": "is not known: 'desil_1'",
    "2025,9,18,poverty_rate,survey,8,": "column source: is empty",
    "2025,9,18,poverty_rate,target,8,RPJMD": "a target is of a year",
}


@pytest.mark.parametrize("row", MISTAKES)
def test_what_is_no_figure_is_told(workspace: Workspace, row: str) -> None:
    with pytest.raises(UserError) as error:
        read(workspace, row)
    assert MISTAKES[row] in str(error.value)
    assert "a.csv, line 2" in str(error.value)


def test_two_figures_of_one_thing(workspace: Workspace) -> None:
    row = "2025,9,18,poverty_rate,survey,8,BPS"
    with pytest.raises(UserError, match=r"line 3: says the same as a\.csv, line 2"):
        read(workspace, row, row)


@pytest.mark.parametrize(
    ("text", "value"),
    [("8.25", "8.25"), ("8,25", "8.25"), ("0", "0"), ("23359710", "23359710"), ("1.2340", "1.234")],
)
def test_decimals_have_a_point_or_a_comma(text: str, value: str) -> None:
    assert decimal().read(text) == Decimal(value)


@pytest.mark.parametrize("text", ["1.234", "1,234", "1.234,5", "8.", "-1", "8%", "1e3", "NaN", "½"])
def test_what_could_be_two_numbers_is_none(text: str) -> None:
    with pytest.raises(Wrong):
        decimal().read(text)


def test_files_of_the_pack_are_read_as_those_of_an_office(workspace: Workspace) -> None:
    shipped = Path(workspace.pack.dir / "outcomes" / "published.csv").read_text(encoding="utf-8")
    assert shipped.startswith(HEADER)
    read(workspace)
    assert len(read(workspace)) == len(shipped.splitlines()) - 1
