"""The benchmark of the plan runs on few areas and families, and what it prints is what it found."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parents[1]))

from bench import planning_optimise as bench


def test_the_programme_is_solved_on_few_areas() -> None:
    found = bench.programme(3, 1)
    assert found["columns"] == 3 * 10 * 7 * 5
    assert found["value"] > 0


def test_whole_families_are_near_their_bound() -> None:
    found = bench.whole(4000, 2, 1)
    assert 0 <= found["gap"] < 0.01
    assert found["value"] == pytest.approx(found["bound"] * (1 - found["gap"]), rel=1e-3)


def test_one_area_alone_agrees_with_branch_and_bound() -> None:
    found = bench.plain(600, 3, 1)
    assert found["families"] > 100
    assert found["value"] * 0.98 <= found["ours"] <= found["value"] * (1 + 1e-4) + 1e-6


@pytest.mark.slow
def test_each_part_in_a_process_of_its_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(Path(__file__).parents[1])
    few = ["--areas", "3", "--families", "1500", "--dir", str(tmp_path)]
    result = bench.measure(bench.arguments(few))
    text = bench.markdown(result)
    for words in ("CPU-seconds", "its gap, %", "scipy.optimize.milp"):
        assert words in text
