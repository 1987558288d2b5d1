"""Classes by consumption come from the policy, with their dates."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from small_policy import write_pack
from tangga.engine.measures.poverty import class_weights
from tangga.engine.welfare.classes import classes_of, classes_on
from tangga.errors import UserError
from tangga.registry import load_pack
from tangga.rules.load import load_policy


def test_the_classes_of_the_pack_are_those_of_its_source() -> None:
    """Poor, vulnerable, aspiring, middle, upper: 1, 1.5, 3.5 and 17 times the poverty line."""
    found = classes_of("indonesia", date(2026, 1, 31))
    assert found.ids == ("below_line", "near_line", "aspiring", "middle", "upper")
    assert found.cuts == (1, 1.5, 3.5, 17)
    assert all(set(labels) == {"id", "en"} for labels in found.labels)
    assert "World Bank" in found.period.source and found.period.question
    # Nobody at the line is poor.
    weights = class_weights([0.5, 1, 1.5, 17, 16.99], [1] * 5, [1] * 5, found.cuts)
    assert list(weights) == [1, 1, 1, 1, 1]


def test_no_classes_before_their_day_or_without_any(tmp_path: Path) -> None:
    with pytest.raises(UserError, match=r"hold on 2019-12-31: there are '1' \(from 2020-01-30\)"):
        classes_of("indonesia", date(2019, 12, 31))
    policy = load_policy(load_pack(write_pack(tmp_path)))
    with pytest.raises(UserError, match="no classes by consumption"):
        classes_on(policy, date(2026, 1, 31))


def test_a_day_without_them_says_so_and_decides_all_the_same() -> None:
    """Like the cap: nothing rests on them that could not be decided without."""
    policy = load_policy(load_pack("indonesia"))
    today = policy.on(date(2026, 1, 31))
    assert today.consumption_classes is not None
    assert not [gap for gap in today.gaps if gap.id == "consumption"]
