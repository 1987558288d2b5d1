"""What offices send: each fault is told with file, column and what to do, and loses nobody."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from tangga.engine.welfare.columns import NONE, Codes, Numbers, Table
from tangga.engine.welfare.fit import fit_model
from tangga.engine.welfare.spec import Feature, Spec
from tangga.engine.welfare.spec_file import read_spec
from tangga.engine.welfare.survey import Survey
from tangga.engine.welfare.survey_file import read_survey, read_table
from tangga.errors import BadPack, UserError
from welfare_tables import ROOF, SIZE, invented

SPEC = """version = "v"
[outcome]
column = "spent"
[survey]
weight = "weight"
members = "members"
cluster = "village"
[features.rooms]
kind = "numeric"
transform = "log"
[features.wall]
kind = "categorical"
"""
COLUMNS = ["spent", "weight", "members", "village", "rooms", "wall"]


@pytest.fixture
def spec(tmp_path: Path) -> Spec:
    (tmp_path / "spec.toml").write_text(SPEC, encoding="utf-8")
    return read_spec(tmp_path / "spec.toml")


def sent(folder: Path, n: int = 60, **columns: object) -> Path:
    """A survey as CSV; a column given replaces the good one (a value for all, or one each)."""
    random = np.random.default_rng(1)
    good: dict[str, object] = {
        "spent": [f"{v:.2f}" for v in np.exp(random.normal(7, 0.5, n))],
        "weight": 2, "members": 4, "village": [str(k % 12) for k in range(n)],
        "rooms": [str(1 + k % 5) for k in range(n)], "wall": ["wood", "brick", "wood"] * (n // 3),
    }  # fmt: skip
    cells = {c: v if isinstance(v, list) else [v] * n for c, v in {**good, **columns}.items()}
    lines = [";".join(str(cells[c][k]) for c in COLUMNS) for k in range(n)]
    file = folder / "survey.csv"
    file.write_text("\n".join([";".join(COLUMNS), *lines]), encoding="utf-8")
    return file


def test_the_good_one_is_good(tmp_path: Path, spec: Spec) -> None:
    assert fit_model(read_survey(sent(tmp_path), spec)).about["survey"]["left_out"] == []


@pytest.mark.parametrize(
    ("columns", "reason"),
    [
        ({"weight": ""}, "no weight: 60"),
        ({"weight": -1}, "weight of zero or less: 60"),
        ({"spent": 0}, "consumption or income of zero or less: 60"),
        ({"spent": "-12.5"}, "consumption or income of zero or less: 60"),
        ({"spent": "NA"}, "no consumption or income: 60"),
        ({"village": ""}, "no cluster: 60"),
        ({"weight": ["", *["0"] * 59]}, "no weight: 1; weight of zero or less: 59"),
    ],
)
def test_nobody_left_to_learn_from(tmp_path: Path, spec: Spec, columns: dict, reason: str) -> None:
    file = sent(tmp_path, **columns)
    with pytest.raises(UserError) as caught:
        read_survey(file, spec)
    said = f"none of the 60 households can be learnt from: {reason}"
    assert said in str(caught.value)
    assert str(file) in str(caught.value)


def test_some_left_out_are_counted_in_the_model(tmp_path: Path, spec: Spec) -> None:
    file = sent(tmp_path, weight=["", "-3", *["2"] * 58], spent=["900"] * 30 + ["0"] + ["700"] * 29)
    told = fit_model(read_survey(file, spec)).about["survey"]
    assert (told["rows"], told["households"]) == (60, 57)
    assert told["left_out"] == [
        {"reason": "no_weight", "rows": 1, "lines": [2], "counted": "line"},
        {"reason": "weight_not_above_0", "rows": 1, "lines": [3], "counted": "line"},
        {"reason": "outcome_not_above_0", "rows": 1, "lines": [32], "counted": "line"},
    ]


def test_one_cluster(tmp_path: Path, spec: Spec) -> None:
    survey = read_survey(sent(tmp_path, village="7"), spec)
    with pytest.raises(UserError, match="only one cluster"):
        fit_model(survey)


def test_an_absent_column_is_told_with_the_specs_line_and_the_nearest(
    tmp_path: Path, spec: Spec
) -> None:
    file = sent(tmp_path)
    file.write_text(file.read_text().replace("rooms", "room_n").replace("members", "hhmembers"))
    with pytest.raises(BadPack) as caught:
        read_survey(file, spec)
    said = str(caught.value)
    assert "2 columns are not in the survey" in said
    assert "spec.toml, line 6: survey members: survey.csv has no column 'members'" in said
    assert "Did you mean 'hhmembers'?" in said
    assert "line 8: features rooms column: survey.csv has no column 'rooms'" in said


def test_absent_weights_may_be_those_of_a_census(tmp_path: Path, spec: Spec) -> None:
    file = sent(tmp_path)
    file.write_text(file.read_text().replace("weight", "wgt"))
    with pytest.raises(BadPack, match=r"line 5: .* no column 'weight'.*--census"):
        read_survey(file, spec)
    assert read_survey(file, spec, census=True).weight.sum() == 60


@pytest.mark.parametrize(
    ("value", "hint"),
    [
        ("1.234,50", "without signs between the thousands"),
        ("1.234.500", "without signs between the thousands"),
        ("1.234.500", "without signs between the thousands"),
        ("3,5", "with a decimal point (1234.5), not with a comma"),
        ("three", "declare the feature categorical"),
        ("1 000", "without signs between the thousands"),
        ("0x10", "declare the feature categorical"),
    ],
)
def test_a_number_that_is_none_is_told_by_row_and_never_shown(
    tmp_path: Path, spec: Spec, value: str, hint: str
) -> None:
    rooms = ["2"] * 60
    rooms[16], rooms[40] = value, value
    with pytest.raises(UserError) as caught:
        read_survey(sent(tmp_path, rooms=rooms), spec)
    said = str(caught.value)
    assert "survey.csv, column rooms: line 18 of the file holds no number here" in said
    assert "and 1 more like it" in said
    assert hint in said
    assert value not in said


@pytest.mark.parametrize("column", ["spent", "weight", "members"])
def test_what_is_no_feature_is_not_advised_as_one(tmp_path: Path, spec: Spec, column: str) -> None:
    with pytest.raises(UserError) as caught:
        read_survey(sent(tmp_path, **{column: ["much", *["3"] * 59]}), spec)
    assert f"column {column}: line 2 of the file holds no number" in str(caught.value)
    assert "Write a number in each cell" in str(caught.value)
    assert "feature" not in str(caught.value)
    with pytest.raises(UserError, match=r"as 950\.000 would be read as 950"):
        read_survey(sent(tmp_path, **{column: ["1.250.000", *["950.000"] * 59]}), spec)


def test_columns_of_another_kind(tmp_path: Path, spec: Spec) -> None:
    table = pa.table({c: pa.array([1.0, 2.0]) for c in COLUMNS})
    days = pa.array([1, 2], pa.date32())
    pq.write_table(table.set_column(4, "rooms", days), tmp_path / "s.parquet")
    with pytest.raises(UserError, match=r"column rooms: holds date32.*where numbers are needed"):
        read_survey(tmp_path / "s.parquet", spec)


FILES = [
    ("s.csv", b"", "empty file"),
    ("s.csv", b"\n\n", "empty file, or no heading"),
    ("s.csv", b"a;b;a\n1;2;3\n", "the heading names 'a' twice"),
    ("s.csv", b"spent;weight\n1;2;3\n", "line 2: not as many cells here as in the heading"),
    ("s.csv", b"spent;weight\n1;2\n\"x;2\n3;4\n", "a quote that does not close"),
    ("s.csv", "spent;ménage\n".encode("latin-1"), "not text in UTF-8"),
    ("s.parquet", b"spent;weight\n", "the name says parquet, but it is none"),
    ("s.parquet", b"PAR1 and no more", "not a whole Parquet file"),
    ("s.csv", b"PK\x03\x04", "this is a workbook"),
    ("s.csv", b"%PDF-1.7", "this is a PDF"),
]  # fmt: skip


@pytest.mark.parametrize(("name", "content", "what"), FILES)
def test_files_that_cannot_be_read(
    tmp_path: Path, spec: Spec, name: str, content: bytes, what: str
) -> None:
    file = tmp_path / name
    file.write_bytes(content)
    short = replace(spec, weight="weight", members=None, cluster=None, features=())
    with pytest.raises(UserError, match=what) as caught:
        read_survey(file, short)
    assert name in str(caught.value)


def test_no_file_and_no_household(tmp_path: Path, spec: Spec) -> None:
    with pytest.raises(UserError, match="does not exist"):
        read_survey(tmp_path / "none.csv", spec)
    file = tmp_path / "s.csv"
    file.write_text(";".join(COLUMNS))
    with pytest.raises(UserError, match="the survey holds no household"):
        read_survey(file, spec)


def test_a_table_to_apply_to_lacks_a_column(tmp_path: Path) -> None:
    features = (Feature("rooms", "room_number", "rooms", "numeric"),)
    with pytest.raises(UserError, match="no column 'room_number', which the model reads as rooms"):
        read_table(sent(tmp_path), features)
    with pytest.raises(UserError, match=r"no column 'vilage'. Did you mean 'village'\?"):
        read_table(sent(tmp_path), (), keep=["vilage"])


# -- what a survey cannot teach ---------------------------------------------------------------


def with_column(feature: Feature, column: object, survey: Survey | None = None) -> Survey:
    survey = survey or invented()
    table = Table({**survey.table.columns, feature.name: column}, len(survey))
    return replace(survey, table=table, spec=replace(survey.spec, features=(SIZE, ROOF, feature)))


def test_a_feature_that_is_missing_for_all_is_told_with_the_specs_line(
    tmp_path: Path, spec: Spec
) -> None:
    for columns, line, name in (({"rooms": ""}, 8, "rooms"), ({"wall": "NA"}, 11, "wall")):
        survey = read_survey(sent(tmp_path, **columns), spec)
        with pytest.raises(BadPack) as caught:
            fit_model(survey)
        said = str(caught.value)
        assert f"spec.toml, line {line}: feature {name}" in said
        assert "missing for all 60 households. It can teach nothing: leave it out" in said


def test_a_transform_that_no_number_allows(tmp_path: Path, spec: Spec) -> None:
    survey = read_survey(sent(tmp_path, rooms=0), spec)
    with pytest.raises(BadPack, match=r"no number from which log can be taken.*log1p allows 0"):
        fit_model(survey)


def test_numbers_that_cannot_be_transformed_are_counted(tmp_path: Path, spec: Spec) -> None:
    survey = read_survey(sent(tmp_path, rooms=["0"] * 3 + ["2", "3", "4"] * 19), spec)
    model = fit_model(survey)
    assert model.about["missing"] == {"rooms": 3}
    assert model.about["scored"] == 57
    assert model.score(survey.table).unseen == {"rooms": 3}


def test_a_name_is_no_category() -> None:
    survey = invented()
    names = Codes(np.arange(len(survey)), [f"n{n}" for n in range(len(survey))])
    feature = Feature("who", "who", "who", "categorical")
    with pytest.raises(BadPack, match=r"has 400 different words\. A name or number"):
        fit_model(with_column(feature, names))


def test_a_word_outside_its_order_is_told_by_row() -> None:
    ordered = replace(ROOF, name="roof2", order=("thatch", "tin"), monotone=1)
    survey = invented()
    first = int(np.flatnonzero(np.array(survey.table["roof"].as_words()) == "tile")[0]) + 1
    with pytest.raises(BadPack, match=rf"not in its order, the first on row {first}\. Add it to"):
        fit_model(with_column(ordered, survey.table["roof"], survey))


def test_too_few_households() -> None:
    with pytest.raises(UserError, match="6 households are too few for 3 effects"):
        fit_model(invented().take(np.arange(6)))


def test_one_outcome_for_all() -> None:
    survey = invented()
    survey = replace(survey, outcome=np.full(len(survey), 7.0))
    with pytest.raises(UserError, match="all 400 households have the same outcome"):
        fit_model(survey)


def test_hardly_any_household_has_all_that_a_score_needs() -> None:
    survey = invented()
    size = np.where(np.arange(len(survey)) % 40 == 0, survey.table["size"].values, np.nan)
    feature = Feature("other", "other", "other", "numeric")
    with pytest.raises(UserError) as caught:
        fit_model(with_column(feature, Numbers(size), survey))
    assert "only 10 of 400 households have all features that a score needs" in str(caught.value)
    assert "missing most often: other (390)" in str(caught.value)
    learnt = fit_model(with_column(replace(feature, missing="average"), Numbers(size), survey))
    assert learnt.about["scored"] == 400


def test_words_that_few_have_are_told() -> None:
    survey = invented()
    codes = survey.table["roof"].codes.copy()
    codes[:3], codes[3:6] = 3, NONE
    words = [*survey.table["roof"].words, "zinc"]
    roof = replace(ROOF, missing="average")
    table = Table({**survey.table.columns, "roof": Codes(codes, words)}, len(survey))
    survey = replace(survey, table=table, spec=replace(survey.spec, features=(SIZE, roof)))
    about = fit_model(survey).about
    assert {"feature": "roof", "finding": "few", "words": ["zinc"]} in about["notes"]
    assert about["missing"] == {"roof": 3}
