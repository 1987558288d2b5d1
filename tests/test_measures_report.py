"""`tangga welfare measures`: what it says of a survey, and of one that is not as it should be."""

from __future__ import annotations

import json
import re
from pathlib import Path

import numpy as np
import pytest
from typer.testing import CliRunner

from public_data import CENSUS, SAMPLE, public_file
from tangga.cli import screen
from tangga.cli.app import app
from tangga.cli.welfare_measures import measures
from tangga.engine.measures import inequality, poverty
from tangga.engine.measures.report import Asked, report
from tangga.engine.welfare.left_out import why
from tangga.engine.welfare.spec_file import read_spec
from tangga.errors import UserError

GUIDE = Path(__file__).parents[1] / "docs" / "guides" / "measures.md"
SHOWN = (
    ("poverty", "p0", "P0"),
    ("poverty", "p1", "P1"),
    ("poverty", "p2", "P2"),
    ("inequality", "gini", "Gini"),
    ("at_risk", "rate", "below the relative line"),
)
SPEC = """version = "test"
[outcome]
column = "spent"
unit = "per person and month"
[survey]
weight = "weight"
members = "members"
cluster = "village"
strata = ["district"]
[features.members]
kind = "numeric"
[groups.residence]
column = "residence"
"""
HEADING = "spent,weight,members,village,district,residence,line,help,chosen\n"
ROWS = [
    "100,10,2,1,a,urban,150,0,false",
    "200,10,4,1,a,urban,150,30,false",
    "120,20,5,2,a,rural,110,60,true",
    "400,10,1,2,a,rural,110,0,false",
    "90,15,6,3,b,rural,110,60,true",
    "300,10,3,4,b,,150,0,false",
]


def _survey(folder: Path, rows: list[str]) -> Path:
    file = folder / "survey.csv"
    file.write_text(HEADING + "\n".join(rows) + "\n")
    return file


def _spec(folder: Path, outcome: str = "", text: str = SPEC) -> Path:
    file = folder / "spec.toml"
    file.write_text(text.replace("[survey]", f"{outcome}\n[survey]", 1))
    return file


def _report(folder: Path, rows: list[str], outcome: str = "", **asked: object) -> dict:
    spec = read_spec(_spec(folder, outcome))
    return report(_survey(folder, rows), spec, Asked(**asked))  # type: ignore[arg-type]


def _without(row: str, column: str, value: str) -> str:
    cells = row.split(",")
    cells[HEADING.strip().split(",").index(column)] = value
    return ",".join(cells)


def test_figures_are_those_of_the_measures(tmp_path: Path) -> None:
    found = _report(tmp_path, ROWS, line=150.0)
    y = np.array([100, 200, 120, 400, 90, 300.0])
    w = np.array([20, 40, 100, 10, 90, 30.0])
    assert found["stand_for"] == w.sum()
    assert found["poverty"]["p0"]["value"] == pytest.approx(210 / 290)
    assert found["poverty"]["poor"] == 210
    assert found["poverty"]["gap"] == 20 * 50 + 100 * 30 + 90 * 60
    assert found["inequality"]["gini"]["value"] == pytest.approx(inequality.gini(y, w))
    assert found["at_risk"]["threshold"]["value"] == 0.6 * poverty.median(y, w)
    assert sum(fifth["value"] for fifth in found["inequality"]["fifths"]) == pytest.approx(1)
    assert found["design"]["clusters"] == 4


def test_every_group_is_shown_and_those_of_none(tmp_path: Path) -> None:
    found = _report(tmp_path, ROWS, line=150.0)
    groups = {one["group"]: one for one in found["groups"]}
    assert set(groups) == {"urban", "rural", None}
    assert sum(one["share"] for one in groups.values()) == pytest.approx(1)
    assert sum(one["of_poor"]["value"] for one in groups.values()) == pytest.approx(1)
    weighed = sum(one["share"] * one["p1"]["value"] for one in groups.values())
    assert weighed == pytest.approx(found["poverty"]["p1"]["value"])
    assert all(one["few"] for one in groups.values())


def test_without_a_line_nobody_is_called_poor(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    found = _report(tmp_path, ROWS)
    assert found["poverty"] is None and found["line"] is None
    assert "p0" not in found["groups"][0]
    _print(tmp_path, ROWS)
    assert "No poverty line, so P0, P1, P2 are not worked out" in capsys.readouterr().out


def test_each_household_has_the_line_of_its_place(tmp_path: Path) -> None:
    found = _report(tmp_path, ROWS, 'line = "line"')
    assert found["line"] == {"column": "line", "lowest": 110.0, "highest": 150.0}
    assert found["poverty"]["poor"] == 20 + 90
    one_line = _report(tmp_path, ROWS, 'line = "line"', line=150.0)
    assert one_line["line"]["column"] is None


@pytest.mark.parametrize("blank", ["", "0"])
def test_a_household_without_a_line_is_neither_poor_nor_not(tmp_path: Path, blank: str) -> None:
    rows = [ROWS[0], _without(ROWS[1], "line", blank), *ROWS[2:]]
    said = r"column line: households without a poverty line above 0: 1 \(line 3\)"
    with pytest.raises(UserError, match=said):
        _report(tmp_path, rows, 'line = "line"')


@pytest.mark.parametrize(
    ("column", "value", "reason"),
    [
        ("weight", "", "no_weight"),
        ("weight", "0", "weight_not_above_0"),
        ("spent", "0", "outcome_not_above_0"),
        ("spent", "-5", "outcome_not_above_0"),
        ("spent", "", "no_outcome"),
    ],
)
def test_whoever_cannot_be_measured_is_counted(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], column: str, value: str, reason: str
) -> None:
    rows = [*ROWS[:3], _without(ROWS[3], column, value), *ROWS[4:]]
    found = _report(tmp_path, rows, line=150.0)
    assert found["households"] == 5
    assert found["left_out"] == [{"reason": reason, "rows": 1, "lines": [5], "counted": "line"}]
    _print(tmp_path, rows)
    said = capsys.readouterr().out
    assert f"households: 1 ({why(reason, 'en')}; line of the file: 5)" in said
    assert f"1 rumah tangga ({why(reason, 'id')}; baris berkas 5)" in said


def test_all_weights_missing(tmp_path: Path) -> None:
    rows = [_without(row, "weight", "") for row in ROWS]
    with pytest.raises(UserError, match="none of the 6 households"):
        _report(tmp_path, rows)


def test_negative_income_is_refused_by_name(tmp_path: Path) -> None:
    """An income may be a loss; no measure of poverty or inequality is made for that."""
    rows = [ROWS[0], _without(ROWS[1], "spent", "-200"), *ROWS[2:]]
    with pytest.raises(UserError, match=r"value is negative, of 1 of 6: no\. 2"):
        _report(tmp_path, rows, 'kind = "income"\nlog = false')


def test_one_cluster_gives_figures_without_errors(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    rows = [_without(_without(row, "village", "1"), "district", "a") for row in ROWS]
    found = _report(tmp_path, rows, line=150.0)
    assert found["poverty"]["p0"]["value"] == pytest.approx(210 / 290)
    assert found["poverty"]["p0"]["error"] is None
    assert found["design"]["errors_known"] is False
    _print(tmp_path, rows)
    assert "The survey holds one cluster only" in capsys.readouterr().out


def test_nothing_is_not_a_number(tmp_path: Path) -> None:
    """Also where all are alike, or nobody is poor: JSON has no NaN."""
    alike = [_without(row, "spent", "200") for row in ROWS]
    for rows in (ROWS, alike, ROWS[:1]):
        found = _report(tmp_path, rows, line=150.0, classes=(1.0, 2.0), transfer=10.0)
        json.dumps(found, allow_nan=False)


def test_a_benefit(tmp_path: Path) -> None:
    found = _report(tmp_path, ROWS, line=150.0, benefit="help")["benefit"]
    assert found["total"] == 10 * 30 + 20 * 60 + 15 * 60
    poor = found["targets"]["poor"]
    assert poor["coverage"]["value"] == pytest.approx(190 / 210)
    assert poor["leakage"]["value"] == pytest.approx(300 / 2400)
    assert poor["inclusion"]["value"] == pytest.approx(40 / 230)
    money = sum(part["of_benefit"]["value"] for part in found["fifths"] if part["of_benefit"])
    assert money == pytest.approx(1)
    assert found["concentration"]["value"] < 0


def test_a_benefit_left_blank_is_not_taken_as_none(tmp_path: Path) -> None:
    rows = [_without(ROWS[0], "help", ""), *ROWS[1:]]
    with pytest.raises(UserError, match="column help: households with nothing here: 1 "):
        _report(tmp_path, rows, benefit="help")
    with pytest.raises(UserError, match=r"no column 'hepl'.*help"):
        _report(tmp_path, ROWS, benefit="hepl")


def test_a_transfer(tmp_path: Path) -> None:
    found = _report(tmp_path, ROWS, line=150.0, transfer=60.0, to="chosen")["transfer"]
    assert found["cost"] == 60 * 35
    assert found["people"] == 20 * 5 + 15 * 6
    assert found["after"]["p1"] < found["before"]["p1"]
    assert found["least_cost_to_end_poverty"] == pytest.approx(9400)
    everybody = _report(tmp_path, ROWS, line=150.0, transfer=60.0)["transfer"]
    assert everybody["households"] == 75


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ({"to": "chosen"}, "--to says who gets, but not what"),
        ({"line": 0.0}, "--line must be a number above 0"),
        ({"line": float("nan")}, "--line must be a number above 0"),
        ({"transfer": -1.0, "line": 1.0}, "--transfer must be an amount above 0"),
        ({"transfer": 1.0}, "no poverty line"),
        ({"classes": (1.0,)}, "no poverty line"),
        ({"classes": (2.0, 1.0), "line": 100.0}, "each above the last"),
    ],
)
def test_what_does_not_go_together(tmp_path: Path, asked: dict[str, object], said: str) -> None:
    with pytest.raises(UserError, match=said):
        _report(tmp_path, ROWS, **asked)


def test_the_sample_covers_what_the_census_shows(tmp_path: Path) -> None:
    """The World Bank's synthetic country: 33 villages drawn, and all 57,867 households counted. The
    guide shows these figures."""
    text = SPEC.replace('"spent"', '"pc_exp"').replace('"weight"', '"hhweight"')
    text = text.replace('"members"', '"hhsize"').replace('"village"', '"ea"')
    text = text.replace('["district"]', '["geo1", "urbrur"]').replace('"residence"', '"urbrur"')
    spec = read_spec(_spec(tmp_path, "line = 3000", text.replace(".members]", ".hhsize]")))
    sample = report(public_file(SAMPLE), spec, Asked())
    census = report(public_file(CENSUS), spec, Asked(census=True))
    assert census["design"] is None and census["poverty"]["p0"]["error"] is None
    assert census["stand_for"] == 222_551
    guide = GUIDE.read_text(encoding="utf-8")
    for part, name, shown in SHOWN:
        figure, truth = sample[part][name], census[part][name]["value"]
        assert figure["low"] < truth < figure["high"], name
        times, places, unit = (1, 4, "") if name == "gini" else (100, 2, " %")
        value, low, high, all_of_them = (
            f"{times * one:.{places}f}"
            for one in (figure["value"], figure["low"], figure["high"], truth)
        )
        row = f"| {shown} | {value}{unit} | {low} - {high}{unit} | {all_of_them}{unit} |"
        assert row in guide


def _print(folder: Path, rows: list[str], **asked: object) -> None:
    given = {"line": None, "census": False, "classes": None, "benefit": None, "transfer": None}
    given |= {"to": None, "report": None, **asked}
    measures(_survey(folder, rows), spec=_spec(folder), **given)  # type: ignore[arg-type]


def test_what_is_printed_and_written(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(screen.out, "width", 160)
    to = tmp_path / "report.json"
    asked = {"line": 150.0, "classes": "1,2", "benefit": "help", "transfer": 60.0, "to": "chosen"}
    _print(tmp_path, ROWS, **asked, report=to)
    said = capsys.readouterr().out
    for words in ("P0, share of the poor", "72.41 %", "Gini", "Who gets help", "not known", "CGH"):
        assert words in said
    assert "marked by chosen" in " ".join(said.split())
    assert not re.search(r"\bnan\b", said, re.IGNORECASE)
    assert json.loads(to.read_text())["poverty"]["poor"] == 210
    with pytest.raises(UserError, match="--classes holds no numbers"):
        _print(tmp_path, ROWS, classes="one,two")
    with pytest.raises(UserError, match="or a pack such as indonesia"):
        _print(tmp_path, ROWS, classes="indonesya")


def test_classes_as_a_pack_names_them(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(screen.out, "width", 200)
    to = tmp_path / "report.json"
    _print(tmp_path, ROWS, line=150.0, classes="indonesia", report=to)
    found = json.loads(to.read_text())
    assert [one["id"] for one in found["classes"]][:2] == ["below_line", "near_line"]
    assert found["classes"][0]["share"]["value"] == found["poverty"]["p0"]["value"]
    assert found["classes_by"]["valid_from"] == "2020-01-30"
    said = capsys.readouterr().out
    assert "Rentan (1 sampai 1,5 kali garis kemiskinan)" in said and "World Bank" in said


def test_the_command_hands_every_option_over(tmp_path: Path) -> None:
    to = tmp_path / "report.json"
    options = {"--spec": _spec(tmp_path), "--line": 150, "--classes": "1,2", "--report": to}
    options |= {"--benefit": "help", "--transfer": 60, "--to": "chosen"}
    given = [str(word) for pair in options.items() for word in pair]
    survey = str(_survey(tmp_path, ROWS))
    done = CliRunner().invoke(app, ["welfare", "measures", survey, *given])
    assert done.exit_code == 0, done.output
    found = json.loads(to.read_text())
    assert found["line"]["lowest"] == 150 and len(found["classes"]) == 3
    assert found["transfer"]["to"] == "chosen" and found["benefit"]["column"] == "help"
    done = CliRunner().invoke(app, ["welfare", "measures", survey, *given, "--census"])
    assert json.loads(to.read_text())["stand_for"] == 21


@pytest.mark.parametrize(
    ("y", "w", "said"),
    [
        ([1, 2], [1], "2 values and 1 weights"),
        ([], [], "nobody to measure"),
        ([1, 2], [1, np.nan], "weight is missing or not a number, of 1 of 2: no. 2"),
        ([1, 2], [1, -1], "weight is negative"),
        ([1, 2], [0, 0], "all weights are 0"),
        ([1, np.inf], [1, 1], "value is missing or not a number"),
        ([-1, 2], [1, 1], "value is negative"),
    ],
)
def test_arrays_that_no_measure_can_be_made_of(y: list[float], w: list[float], said: str) -> None:
    for measure in (inequality.gini, poverty.median, lambda y, w: poverty.fgt(y, w, 1.0)):
        with pytest.raises(UserError, match=said):
            measure(y, w)


def test_a_line_that_is_none() -> None:
    for line in (0.0, -1.0, np.nan, [1.0, np.nan]):
        with pytest.raises(UserError, match="poverty line is missing or not above 0"):
            poverty.fgt([1.0, 2.0], [1.0, 1.0], line)
    with pytest.raises(UserError, match="3 poverty lines for 2 values"):
        poverty.fgt([1.0, 2.0], [1.0, 1.0], [1.0, 1.0, 1.0])
    with pytest.raises(UserError, match="half of the people have nothing"):
        poverty.at_risk_rate([0.0, 0.0, 1.0], [1.0, 1.0, 1.0])
    with pytest.raises(UserError, match="all values are 0"):
        inequality.gini([0.0, 0.0], [1.0, 1.0])
    with pytest.raises(UserError, match="the poorest fifth has nothing"):
        inequality.quintile_share_ratio([0.0, 1.0, 2.0], [1.0, 1.0, 1.0])
