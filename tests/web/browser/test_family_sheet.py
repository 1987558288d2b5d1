"""The family sheet on paper: exactly one A4, whatever the family."""

from __future__ import annotations

import re
from typing import Any

import pytest

pytestmark = pytest.mark.slow

EACH_SIZE = """
SELECT family_id FROM (
    SELECT family_id, member_count, row_number() OVER (
        PARTITION BY member_count ORDER BY md5(family_id)) AS place
    FROM families WHERE status = 'active') AS f
WHERE place <= 2 AND member_count <= 10 ORDER BY member_count
"""
PAGES = re.compile(rb"/Type\s*/Page\b")


@pytest.mark.parametrize("language", ["id", "en"])
def test_a_family_of_up_to_ten_prints_on_one_page(service: Any, language: str) -> None:
    """Two families of each size, as Chromium prints them."""
    window = service.open("kemensos", "", language)
    with service.web.owner() as con:
        con.execute("SET search_path = r_1, public")
        families = [row[0] for row in con.execute(EACH_SIZE).fetchall()]
    assert families
    for family in families:
        window.goto(f"/keluarga/{family}/lembar/")
        printed = window.pdf(format="A4", prefer_css_page_size=True)
        assert len(PAGES.findall(printed)) == 1, family


def test_the_code_holds_the_address_and_nothing_of_the_family(service: Any) -> None:
    """A picture drawn on the server: no script, no request to anybody."""
    from tangga.web.family.code_image import svg

    drawn = svg("https://tangga.example/keluarga/F0123456789ABC/")
    assert drawn.startswith("<svg") and "F0123456789ABC" not in drawn
    assert svg("https://tangga.example/keluarga/F0123456789ABC/") == drawn
