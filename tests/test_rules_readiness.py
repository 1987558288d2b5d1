"""readiness.toml: thresholds are parts of a hundred, and the pack's own are those of version 1."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from tangga.errors import UserError
from tangga.registry import load_pack
from tangga.rules.load import load_policy

PACK = load_pack("indonesia")
VERSION = """
[[version]]
id = "2"
valid_from = 2026-01-01
basis = "Perda"
source = "contoh"
supersedes = "1"
matched = {matched}
fresh = 80
fresh_months = 24
hands = ["pkh_companion"]
hours_month = 120
visit_minutes = 60
visits_year = 4
begin_minutes_month = 120
"""


def test_the_pack_asks_for_90_and_80_of_a_hundred() -> None:
    version = load_policy(PACK).on(date(2026, 1, 31)).settings["readiness"]
    says = version.says
    assert (says["matched"], says["fresh"], says["fresh_months"]) == (90, 80, 24)
    assert (says["ranked"], says["recipients"]) == (None, None)
    assert "desa" not in says["elsewhere"]


def test_an_overlay_sets_its_own(tmp_path: Path) -> None:
    (tmp_path / "readiness.toml").write_text(VERSION.format(matched=75))
    policy = load_policy(PACK, [tmp_path])
    says = {
        d: policy.on(d).settings["readiness"].says for d in (date(2025, 12, 31), date(2026, 1, 1))
    }
    assert [one["matched"] for one in says.values()] == [90, 75]
    assert says[date(2026, 1, 1)]["elsewhere"] == ()


@pytest.mark.parametrize(("matched", "why"), [(101, "at most 100"), (-1, "at least 0")])
def test_a_threshold_is_a_part_of_a_hundred(tmp_path: Path, matched: int, why: str) -> None:
    (tmp_path / "readiness.toml").write_text(VERSION.format(matched=matched))
    with pytest.raises(UserError, match=f"matched must be {why}"):
        load_policy(PACK, [tmp_path])
