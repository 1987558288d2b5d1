"""`tangga ranks` where a newer list is of another source than the one before it."""

from __future__ import annotations

from pathlib import Path

import pytest
from typer.testing import CliRunner

from tangga.cli.app import app
from tangga.engine.run import run_workspace
from test_explain_rank import releases, village, write_rows
from test_explain_rank_sources import LATER
from village import CARDS


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = village(tmp_path_factory.mktemp("ranks"), None, None)
    unknown = ["desil-x", "1811010101019999", "1", "2026-T1", "2026-01-23", "B"]
    write_rows(made / "peringkat.csv", [*releases(), unknown])
    with (made / "sources" / "peringkat.toml").open("a") as descriptor:
        descriptor.write('released_on = { column = "tgl", format = "%Y-%m-%d" }\n')
    later = [["id", "kk", "desil"], ["s-1", CARDS["yanto"][0], "3"]]
    write_rows(made / "susulan.csv", later)
    (made / "sources" / "susulan.toml").write_text(LATER)
    run_workspace(made, until="plan")
    return made


def said(folder: Path, *options: str) -> str:
    done = CliRunner().invoke(app, ["ranks", str(folder), *options])
    assert done.exit_code == 0, done.output
    return " ".join(done.output.split())


def test_who_is_not_compared_is_told(folder: Path) -> None:
    text = said(folder)
    assert "1 families have their rank from susulan, which has no earlier release" in text
    assert "CAUTION" not in text and "1 rows of the releases in force without a family" in text


def test_releases_of_two_sources_are_told_apart(folder: Path) -> None:
    other = said(folder, "--before", "2026-T1", "--after", "2026-01-30")
    assert "CAUTION: the two releases are of different sources" in other
    assert "CAUTION" not in said(folder, "--before", "2025-T4", "--after", "2026-T1")


def test_what_is_in_no_area_is_not_counted_in_one(folder: Path) -> None:
    assert "without a family in the register" not in said(folder, "--area", "1811")
