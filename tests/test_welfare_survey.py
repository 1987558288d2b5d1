"""Surveys as files: the same households from CSV and Parquet, and none dropped silently."""

from __future__ import annotations

import csv
import gzip
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tangga.engine.welfare import left_out
from tangga.engine.welfare.columns import Codes, Numbers
from tangga.engine.welfare.spec import Feature, Spec
from tangga.engine.welfare.spec_file import read_spec
from tangga.engine.welfare.survey import LeftOut
from tangga.engine.welfare.survey_file import read_survey, read_table
from tangga.engine.welfare.table_file import find_table, words

SPEC = """
version = "v"
[outcome]
column = "spent"
log = true
line = "pl"
[survey]
weight = "w"
members = "n"
cluster = "psu"
strata = ["zone"]
region = "zone"
[features.rooms]
kind = "numeric"
[features.fridge]
kind = "numeric"
[features.wall]
kind = "categorical"
[groups.size]
column = "n"
cuts = [2, 4]
[groups.wall]
"""
COLUMNS = ["spent", "pl", "w", "n", "psu", "zone", "rooms", "fridge", "wall"]
ROWS = [
    [100.5, 90, 2, 1, 7, "north", 3, True, "brick"],
    [200, 90, 1.5, 2, 7, "south", None, False, "bamboo"],
    [300, None, 1, 4, 9, "south", 2.5, None, None],
    [50, 90, 3, 9, 9, None, 1, True, "brick"],
]


@pytest.fixture
def spec(tmp_path: Path) -> Spec:
    file = tmp_path / "spec.toml"
    file.write_text(SPEC, encoding="utf-8")
    return read_spec(file)


def written(file: Path, rows: list[list[object]], delimiter: str = ",") -> Path:
    opened = gzip.open if file.suffix == ".gz" else open
    with opened(file, "wt", encoding="utf-8", newline="") as text:
        shown = csv.writer(text, delimiter=delimiter)
        shown.writerow(COLUMNS)
        for row in rows:
            cells = [str(cell).lower() if isinstance(cell, bool) else cell for cell in row]
            shown.writerow(["" if cell is None else cell for cell in cells])
    return file


def as_parquet(file: Path, rows: list[list[object]], types: dict[str, pa.DataType]) -> Path:
    columns = {name: [row[n] for row in rows] for n, name in enumerate(COLUMNS)}
    arrays = {name: pa.array(values) for name, values in columns.items()}
    table = pa.table({n: a.cast(types[n]) if n in types else a for n, a in arrays.items()})
    pq.write_table(table, file, row_group_size=2)
    return file


def check(survey) -> None:
    assert len(survey) == survey.rows == 4
    assert survey.outcome.tolist() == [100.5, 200, 300, 50]
    assert np.array_equal(survey.line, [90, 90, np.nan, 90], equal_nan=True)
    assert survey.people.tolist() == [2, 3, 4, 27]
    assert survey.cluster.tolist() == [1, 2, 3, 0]  # the same code in two strata is two clusters
    assert survey.stratum.tolist() == [1, 2, 2, 0]
    rooms, fridge = survey.table["rooms"], survey.table["fridge"]
    assert isinstance(rooms, Numbers)
    assert isinstance(fridge, Numbers)
    assert np.array_equal(rooms.values, [3, np.nan, 2.5, 1], equal_nan=True)
    assert np.array_equal(fridge.values, [1, 0, np.nan, 1], equal_nan=True)
    wall, region = survey.table["wall"], survey.table["region"]
    assert isinstance(wall, Codes)
    assert isinstance(region, Codes)
    assert wall.as_words() == ["brick", "bamboo", None, "brick"]
    assert region.as_words() == ["north", "south", "south", None]
    assert survey.groups["size"].as_words() == ["< 2", ">= 2, < 4", ">= 4", ">= 4"]
    assert survey.groups["wall"].as_words() == wall.as_words()
    assert survey.left_out == ()


@pytest.mark.parametrize(
    ("name", "delimiter"),
    [("s.csv", ","), ("s.csv", ";"), ("s.tsv", "\t"), ("s.txt", "|"), ("s.csv.gz", ";")],
)
def test_text_of_any_delimiter(tmp_path: Path, spec: Spec, name: str, delimiter: str) -> None:
    check(read_survey(written(tmp_path / name, ROWS, delimiter), spec))


@pytest.mark.parametrize(
    "types",
    [
        {},
        {"wall": pa.dictionary(pa.int8(), pa.string()), "rooms": pa.float32()},
        {"wall": pa.large_string(), "zone": pa.dictionary(pa.int32(), pa.large_string())},
        {
            "n": pa.uint8(),
            "w": pa.decimal128(9, 2),
            "psu": pa.string(),
            "spent": pa.decimal128(9, 1),
        },
        {"spent": pa.string(), "fridge": pa.string(), "psu": pa.float64(), "n": pa.float64()},
    ],
)
def test_parquet_of_any_type(tmp_path: Path, spec: Spec, types: dict[str, pa.DataType]) -> None:
    check(read_survey(as_parquet(tmp_path / "s.parquet", ROWS, types), spec))


def test_blanks_and_what_programs_write_for_them(tmp_path: Path, spec: Spec) -> None:
    rows = [list(row) for row in ROWS]
    rows[1][6], rows[2][7], rows[2][8], rows[2][1], rows[3][5] = "NA", ".", " NA ", "NaN", " "
    rows[0][8], rows[0][0] = "  brick ", " 100.5 "
    rows[3][7] = "TRUE"
    check(read_survey(written(tmp_path / "s.csv", rows), spec))


def test_who_cannot_be_learnt_from_is_counted_with_reason_and_rows(
    tmp_path: Path, spec: Spec
) -> None:
    good = ROWS[0]
    bad = {
        "no_weight": {2: None}, "weight_not_above_0": {2: -1}, "no_outcome": {0: None},
        "outcome_not_above_0": {0: 0}, "no_members": {3: None}, "members_below_1": {3: 0},
        "no_cluster": {4: None},
    }  # fmt: skip
    rows = [good]
    for change in bad.values():
        rows += [[change.get(place, cell) for place, cell in enumerate(good)]] * 7
    rows[8] = [0 if place == 2 else cell for place, cell in enumerate(good)]
    survey = read_survey(written(tmp_path / "s.csv", rows), spec)
    assert (len(survey), survey.rows, survey.lines.tolist()) == (1, 50, [1])
    firsts = range(3, 51, 7)  # lines of the file: its heading is line 1
    assert survey.left_out == tuple(
        LeftOut(reason, 7, tuple(range(first, first + 5)))
        for reason, first in zip(bad, firsts, strict=True)
    )


def test_a_household_with_two_faults_is_counted_once(tmp_path: Path, spec: Spec) -> None:
    both = [None if place in (0, 2, 4) else cell for place, cell in enumerate(ROWS[0])]
    survey = read_survey(written(tmp_path / "s.csv", [*ROWS, both]), spec)
    assert survey.left_out == (LeftOut("no_weight", 1, (6,)),)
    assert len(survey) + sum(one.rows for one in survey.left_out) == survey.rows


def test_of_a_parquet_file_records_are_counted(tmp_path: Path, spec: Spec) -> None:
    bad = [None if place == 2 else cell for place, cell in enumerate(ROWS[0])]
    survey = read_survey(as_parquet(tmp_path / "s.parquet", [*ROWS, bad], {}), spec)
    assert survey.left_out == (LeftOut("no_weight", 1, (5,), "record"),)
    assert left_out.lines([one.as_dict() for one in survey.left_out], "en") == [
        "Left out, households: 1 (no weight; record: 5)"
    ]


def test_an_income_may_be_nothing_where_no_logarithm_is_taken(tmp_path: Path) -> None:
    text = SPEC.replace("log = true", 'log = false\nkind = "income"')
    (tmp_path / "spec.toml").write_text(text, encoding="utf-8")
    rows = [[-5, *ROWS[0][1:]], [0, *ROWS[1][1:]]]
    survey = read_survey(written(tmp_path / "s.csv", rows), read_spec(tmp_path / "spec.toml"))
    assert survey.outcome.tolist() == [-5, 0]


def test_a_households_outcome_is_divided_by_its_members(tmp_path: Path) -> None:
    text = SPEC.replace("log = true", 'per = "household"')
    (tmp_path / "spec.toml").write_text(text, encoding="utf-8")
    survey = read_survey(written(tmp_path / "s.csv", ROWS), read_spec(tmp_path / "spec.toml"))
    assert survey.outcome.tolist() == [100.5, 100, 75, 50 / 9]


def test_in_a_census_every_household_counts_once(tmp_path: Path, spec: Spec) -> None:
    file = tmp_path / "s.parquet"
    whole = pq.read_table(as_parquet(file, ROWS, {}))
    pq.write_table(whole.drop_columns(["w"]), file)
    survey = read_survey(file, spec, census=True)
    assert survey.weight.tolist() == [1, 1, 1, 1]
    assert survey.people.tolist() == [1, 2, 4, 9]


def test_the_order_of_rows_changes_no_number_of_cluster_or_word(tmp_path: Path, spec: Spec) -> None:
    one = read_survey(written(tmp_path / "a.csv", ROWS), spec)
    two = read_survey(written(tmp_path / "b.csv", ROWS[::-1]), spec)
    for name in ("cluster", "stratum", "outcome"):
        assert np.array_equal(getattr(one, name), getattr(two, name)[::-1])
    assert one.table["wall"].words == two.table["wall"].words


def test_without_clusters_each_household_is_one(tmp_path: Path) -> None:
    text = "\n".join(
        line for line in SPEC.splitlines() if not line.startswith(("cluster", "strata"))
    )
    (tmp_path / "spec.toml").write_text(text, encoding="utf-8")
    survey = read_survey(written(tmp_path / "s.csv", ROWS), read_spec(tmp_path / "spec.toml"))
    assert survey.cluster.tolist() == [0, 1, 2, 3]
    assert survey.stratum.tolist() == [0, 0, 0, 0]


FEATURES = (Feature("r", "rooms", "rooms", "numeric"), Feature("w", "wall", "wall", "categorical"))


def test_a_table_to_apply_to_keeps_every_row_and_what_is_asked_for(tmp_path: Path) -> None:
    table, kept = read_table(written(tmp_path / "s.csv", ROWS), FEATURES, keep=["psu"])
    assert len(table) == kept.num_rows == 4
    assert kept.column("psu").to_pylist() == ["7", "7", "9", "9"]
    assert list(table.columns) == ["r", "w"]


def test_what_else_means_that_nothing_is_known(tmp_path: Path) -> None:
    codes = ("99", "don't know", "bamboo")
    rooms, wall = (replace(feature, not_known=codes) for feature in FEATURES)
    rows = [list(row) for row in ROWS]
    rows[0][6], rows[3][6] = 99, "don't know"
    text = read_table(written(tmp_path / "s.csv", rows), (rooms, wall))[0]
    rows[3][6] = 99.0
    coded = read_table(as_parquet(tmp_path / "s.parquet", rows, {}), (rooms, wall))[0]
    for table in (text, coded):
        assert np.array_equal(table["r"].values, [np.nan, np.nan, 2.5, np.nan], equal_nan=True)
        assert table["w"].as_words() == ["brick", None, None, "brick"]


def test_pieces_are_the_whole(tmp_path: Path) -> None:
    for file in (written(tmp_path / "s.csv", ROWS), as_parquet(tmp_path / "s.parquet", ROWS, {})):
        opened = find_table(file)
        pieces = pa.concat_tables(opened.pieces(["wall", "n"], 3, coded=["wall"])).to_pydict()
        assert pieces == opened.read(["wall", "n"]).to_pydict()


@given(
    st.lists(
        st.one_of(st.none(), st.text("ab N A", max_size=3), st.sampled_from(["NA", ""])),
        max_size=20,
    )
)
def test_words_of_a_dictionary_and_of_text_are_the_same(values: list[str | None]) -> None:
    plain = pa.chunked_array([pa.array(values, pa.string())])
    coded = pa.chunked_array(
        [pa.array(part, pa.string()).dictionary_encode() for part in (values[:7], values[7:])],
        pa.dictionary(pa.int32(), pa.string()),
    )
    expected = [None if v is None or v.strip() in ("", "NA") else v.strip() for v in values]
    assert words(plain).as_words() == words(coded).as_words() == expected


def test_numbers_as_words_are_whole_where_they_are() -> None:
    for values in ([1.0, 2.5, None, float("nan")], [Decimal("1.00"), Decimal("2.50"), None, None]):
        column = pa.chunked_array([pa.array(values)])
        assert words(column).as_words() == ["1", "2.5", None, None]
    assert words(pa.chunked_array([pa.array([True, False])])).as_words() == ["true", "false"]
