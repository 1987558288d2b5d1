"""The paper to a nation holds the numbers that follow from what was measured."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT / "scripts"))

import make_nation  # noqa: E402


def test_the_page_is_what_the_script_makes() -> None:
    command = [sys.executable, str(ROOT / "scripts" / "make_nation.py"), "--check"]
    assert subprocess.run(command, capture_output=True).returncode == 0


def test_twice_the_cost_is_twice_the_hours() -> None:
    measured = json.loads(make_nation.MEASURED.read_text())
    before = make_nation.computed(measured)
    for size in measured["sizes"].values():
        for stage in size["stages"].values():
            stage["cpu_seconds"] *= 2
            stage["cut_cpu_seconds"] *= 2
    after = make_nation.computed(measured)
    hours = {name: float(found["one_best"]) for name, found in (("b", before), ("a", after))}
    assert hours["a"] == pytest.approx(2 * hours["b"], abs=0.11)
    assert after["whole_share"] == before["whole_share"]
