"""A replay of an earlier day is read and leaves nothing behind: the next run rests on the later."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import duckdb
import pytest

from tangga.engine.catalogue import relation
from tangga.engine.current import last_complete
from tangga.engine.manifest import read_manifest
from tangga.engine.run import run_workspace
from village import write_village

TABLES = ("crosswalk", "lineage", "decisions", "waiting", "standing", "moves")


def rows(folder: Path) -> dict[str, list[tuple]]:
    run = last_complete(folder)
    return {
        name: duckdb.sql(f"SELECT * FROM ({relation(run, name)}) ORDER BY ALL").fetchall()
        for name in TABLES
    }


@pytest.fixture(scope="module")
def village(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = write_village(tmp_path_factory.mktemp("replayed"))
    (folder / "tangga.toml").open("a", encoding="utf-8").write("keep_runs = 1\n")
    return folder


@pytest.mark.slow
def test_a_replay_leaves_nothing_behind(village: Path) -> None:
    first = run_workspace(village, full=True)
    before = rows(village)
    replay = run_workspace(village, as_of=date(2025, 1, 31))
    assert replay.replays == first.run and (village / "runs" / first.run).is_dir()
    assert rows(village)["decisions"] != before["decisions"]
    again = run_workspace(village, as_of=date(2025, 3, 31))
    assert (again.replays, again.previous) == (first.run, first.run)
    assert any("ulangan" in note for note in again.notes)

    unchanged = run_workspace(village)
    assert (unchanged.mode, last_complete(village).name) == ("unchanged", first.run)
    assert rows(village) == before
    run_workspace(village, as_of=date(2025, 1, 31))
    full = run_workspace(village, full=True)
    assert (full.replays, full.previous) == (None, first.run)
    assert rows(village) == before


@pytest.mark.slow
def test_a_day_to_come_is_said(village: Path) -> None:
    run_workspace(village, as_of=date(2999, 1, 31))
    manifest = read_manifest(last_complete(village))
    assert manifest is not None and any("belum tiba" in note for note in manifest.notes)
