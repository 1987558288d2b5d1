"""The ordinary run: the same rows whatever the parts, threads, processes and order; the same
bytes when it is run again."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import pytest

from run_tables import contents, different, rows, unfinished
from shuffled import add_awkward_sources, shuffled, split
from tangga.engine.current import last_complete
from tangga.engine.engines import Engine
from tangga.engine.manifest import Manifest, read_manifest
from tangga.engine.run import FINISHING, clear_unfinished, run_workspace
from tangga.synthetic import generate
from village import write_village

# Limits and order, in pairs that between them try each with each.
WAYS: list[tuple[dict[str, Any], bool]] = [
    ({"parts": 1, "threads": 1}, True),
    ({"parts": 3, "threads": 2}, False),
    ({"parts": 3, "threads": 1, "engine": Engine("pool", processes=2)}, True),
    ({"parts": 17, "threads": 2}, True),
]
IDS = ["one part one thread", "three parts", "a pool of processes", "seventeen parts"]


@pytest.fixture(scope="module")
def village(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = split(write_village(tmp_path_factory.mktemp("village")))
    run_workspace(folder, threads=2)
    return folder


@pytest.fixture(scope="module")
def people(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("people")
    generate(2000, 7, folder)
    add_awkward_sources(folder)
    run_workspace(split(folder), threads=2)
    return folder


def again(folder: Path, target: Path, *, shuffle: bool = False, **limits: Any) -> Path:
    """The run of a copy, with other limits or in another order; its folder."""
    if shuffle:
        shuffled(folder, target, seed=11)
    else:
        shutil.copytree(folder, target, ignore=shutil.ignore_patterns("runs"))
    run_workspace(target, full=True, **limits)
    return last_complete(target)


@pytest.mark.slow
@pytest.mark.parametrize(("limits", "shuffle"), WAYS[:3], ids=IDS[:3])
def test_the_village_is_the_same_however_it_is_run(
    village: Path, tmp_path: Path, limits: dict[str, Any], shuffle: bool
) -> None:
    other = again(village, tmp_path / "w", shuffle=shuffle, **limits)
    assert different(rows(last_complete(village)), rows(other)) == []
    assert unfinished(other) == []


@pytest.mark.slow
@pytest.mark.parametrize(("limits", "shuffle"), WAYS[::3], ids=IDS[::3])
def test_invented_people_are_the_same_however_they_are_run(
    people: Path, tmp_path: Path, limits: dict[str, Any], shuffle: bool
) -> None:
    other = again(people, tmp_path / "w", shuffle=shuffle, **limits)
    one, two = rows(last_complete(people)), rows(other)
    assert different(one, two) == []
    assert {"resolve/crosswalk", "link/links", "standardise/records"} <= one.keys() & two.keys()


@pytest.mark.slow
def test_two_runs_alike_give_the_same_bytes(tmp_path: Path) -> None:
    """More rows than one thread takes at once, so that threads race."""
    folder = tmp_path / "w"
    generate(30_000, 5, folder, sources=("dtks", "regsosek", "dukcapil"))
    other = again(folder, tmp_path / "again", threads=2)
    run_workspace(folder, full=True, threads=2)
    assert different(contents(last_complete(folder)), contents(other)) == []


def test_the_next_run_changes_nothing_when_nothing_is_new(village: Path) -> None:
    first = rows(last_complete(village))
    manifest = run_workspace(village, full=True, threads=2)
    assert manifest.previous == "00001"
    second = rows(last_complete(village))
    assert [t for t in different(first, second) if "_fresh_" not in t] == []
    assert read_manifest(last_complete(village)) == manifest


def test_a_run_that_died_at_its_very_end_is_cleared_away(tmp_path: Path) -> None:
    for name in ("00001", "00002", "00003"):
        (tmp_path / name).mkdir()
    for name in ("00001", "00002"):
        made = Manifest(name, "x", "2026-01-31", "full", "0", {}, {}, complete=True)
        made.write(tmp_path / name / "manifest.json")
    (tmp_path / ".00000.gone").mkdir()
    (tmp_path / "CURRENT").write_text("00001\n")
    (tmp_path / FINISHING).write_text("00002\n")
    assert clear_unfinished(tmp_path) == ["00002", "00003"]
    assert sorted(f.name for f in tmp_path.iterdir()) == ["00001", "CURRENT"]
    (tmp_path / FINISHING).write_text("00001\n")  # killed one step later: it was in force by then
    assert clear_unfinished(tmp_path) == []
    assert sorted(f.name for f in tmp_path.iterdir()) == ["00001", "CURRENT"]
