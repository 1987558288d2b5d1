"""A folder of results appears whole or not at all."""

from __future__ import annotations

import json
from hashlib import sha256
from pathlib import Path

import duckdb
import pytest

from tangga.engine.results import new_results
from tangga.errors import UserError


def make(folder: Path, text: str) -> None:
    with new_results(folder, {"seed": 1}) as results, duckdb.connect() as con:
        assert results.table("numbers", "SELECT n FROM range(3) AS t(n) ORDER BY n DESC", con) == 3
        results.text("plots/a.svg", text)


def test_tables_texts_and_what_they_rest_on(tmp_path: Path) -> None:
    make(tmp_path / "forecast", "one")
    folder = tmp_path / "forecast"
    assert (folder / "numbers.csv").read_text() == "n\n2\n1\n0\n"
    assert duckdb.sql(f"SELECT * FROM '{folder}/numbers.parquet'").fetchall() == [(2,), (1,), (0,)]
    said = json.loads((folder / "manifest.json").read_text())
    assert (said["seed"], said["rows"]) == (1, {"numbers": 3})
    assert said["files"]["plots/a.svg"] == sha256(b"one").hexdigest()
    assert sorted(said["files"]) == ["numbers.csv", "numbers.parquet", "plots/a.svg"]


def test_a_second_time_takes_the_place_of_the_first(tmp_path: Path) -> None:
    make(tmp_path / "forecast", "one")
    make(tmp_path / "forecast", "two")
    assert (tmp_path / "forecast/plots/a.svg").read_text() == "two"
    assert [f.name for f in tmp_path.iterdir()] == ["forecast"]


def test_what_fails_leaves_what_was_there(tmp_path: Path) -> None:
    make(tmp_path / "forecast", "one")
    with pytest.raises(ZeroDivisionError), new_results(tmp_path / "forecast") as results:
        results.text("plots/a.svg", "half")
        raise ZeroDivisionError
    assert (tmp_path / "forecast/plots/a.svg").read_text() == "one"
    with pytest.raises(ZeroDivisionError), new_results(tmp_path / "new"):
        raise ZeroDivisionError
    assert [f.name for f in tmp_path.iterdir()] == ["forecast"]


def test_a_folder_of_somebody_else_is_not_replaced(tmp_path: Path) -> None:
    (tmp_path / "data").mkdir()
    (tmp_path / "data/mine.csv").write_text("x")
    with (
        pytest.raises(UserError, match="holds files that this command did not write"),
        new_results(tmp_path / "data"),
    ):
        pass
    (tmp_path / "file").write_text("x")
    with pytest.raises(UserError, match="is a file"), new_results(tmp_path / "file"):
        pass
    (tmp_path / "empty").mkdir()
    make(tmp_path / "empty", "one")


def test_only_its_owner_may_read_it(tmp_path: Path) -> None:
    make(tmp_path / "forecast", "one")
    assert (tmp_path / "forecast").stat().st_mode & 0o077 == 0
