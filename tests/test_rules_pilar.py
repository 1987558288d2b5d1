"""pilar.toml: the five pilar and their measures, and how a wrong one is refused."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from tangga.errors import BadPack
from tangga.registry import load_pack
from tangga.rules.conditions import All, OneOf
from tangga.rules.load import load_policy
from tangga.rules.settings_pilar import COUNTED, SHARED

PACK = load_pack("indonesia")
FILE = PACK.dir / "policy" / "pilar.toml"
DAY = date(2026, 1, 31)
FIVE = ["pkh_companion", "tksk", "tagana", "peace_pioneer", "rehabilitation_companion"]


def test_five_pilar_each_with_its_own_measures() -> None:
    dated = load_policy(PACK).on(DAY).settings["pilar"]
    assert dated.period.question, "what no source says is written beside it"
    assert [one["code"] for one in dated.says["pilar"]] == FIVE
    own = {pilar: [m for m in dated.says["measure"] if m["pilar"] == (pilar,)] for pilar in FIVE}
    assert all(own.values())
    every = [m["id"] for m in dated.says["measure"] if m["discipline"]]
    assert every == ["on_schedule", "reports_in_time"]
    assert {m["kind"] for m in dated.says["measure"]} <= {*COUNTED, *SHARED}
    graduable = dated.says["graduable"]
    assert isinstance(graduable, All)
    assert graduable.of[0] == OneOf("rung", ("protection", "empowerment"))


def test_what_concerns_cases_and_conflict_is_hidden_where_few() -> None:
    dated = load_policy(PACK).on(DAY).settings["pilar"]
    hidden = {m["id"] for m in dated.says["measure"] if m["small_cells"]}
    of_cases = {m["id"] for m in dated.says["measure"] if m["kind"] in ("assessed", "cases_ended",
                                                                      "cases_moved")}  # fmt: skip
    assert of_cases <= hidden
    assert dated.says["smallest_cell"] == 5


@pytest.mark.parametrize(
    ("right", "wrong", "said"),
    [
        ('kind = "lasting"', 'kind = "typed"', "kind cannot be 'typed'"),
        ('pilar = ["tagana"]', 'pilar = ["tagana", "nobody"]', "pilar cannot hold 'nobody'"),
        ('spread = "eligible"', 'spread = "luck"', "spread cannot be 'luck'"),
        ('id = "lasting"', 'id = "graduations"', "'graduations' stands twice"),
        ("revisit_percent = 5", "revisit_percent = 101", "revisit_percent must be at most 100"),
        ('fact = "rung"', 'fact = "ladder"', "ladder"),
        ("load_limit = 300", "load = 300", "load"),
    ],
)
def test_a_wrong_one_is_refused_with_its_line(
    tmp_path: Path, right: str, wrong: str, said: str
) -> None:
    text = FILE.read_text(encoding="utf-8")
    assert right in text
    overlay = tmp_path / "pilar.toml"
    changed = text.replace('id = "1"\nvalid_from = 2024-11-19', 'id = "2"\nvalid_from = 2026-01-01')
    overlay.write_text(changed.replace(right, wrong, 1), encoding="utf-8")
    with pytest.raises(BadPack) as raised:
        load_policy(PACK, [tmp_path])
    assert said in str(raised.value)
    assert "pilar.toml, line " in str(raised.value)
