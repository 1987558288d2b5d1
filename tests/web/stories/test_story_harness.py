"""The village opens in a browser, and days pass."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from village import SIMPANG

pytestmark = pytest.mark.slow

DAY = date(2026, 2, 28)


def test_bu_sari_is_there(story: Any) -> None:
    story.on(date(2026, 3, 2))
    page = story.page("operator_desa", SIMPANG)
    page.goto(f"/keluarga/{story.family('Sari Wulandari')}/")
    assert "SARI WULANDARI" in page.content().upper()
