"""Target and budget: two sums that are one inside the other, a total spread, a line rejected."""

from __future__ import annotations

import re
from typing import Any

import pytest

pytestmark = pytest.mark.slow

PROVINCE, CITY = "17", "1771"
ALLOCATED, DISBURSED, WRONG_SUM = "447.000.000.000", "58.000.000.000", "505.000.000.000"
AREAS = 10


def number(text: str) -> int:
    return int(re.sub(r"[^0-9]", "", text) or 0)


def test_the_province_spreads_and_the_city_rejects(service: Any) -> None:
    province = service.open("dinas_provinsi", PROVINCE)
    _money_is_not_added(province)
    shown = _spread(province)
    province.get_by_role("button", name="Tawarkan semua baris ini").click()
    province.wait_for_url("**/rencana/")
    assert f"{len(shown)} baris ditawarkan" in province.locator(".notice").first.inner_text()

    city = service.open("kepala_dinas", CITY)
    city.goto("/tugas/?jenis=plan_line")
    city.get_by_role("link", name=re.compile("RCN.1771")).first.click()
    assert not city.locator("input[name*=achiev], input[name*=capaian]").count()
    form = city.locator("form.step").filter(has=city.get_by_role("button", name="Tolak"))
    form.get_by_label("Alasan").fill("Pendamping kota hanya cukup untuk separuhnya")
    form.get_by_role("button", name="Tolak").click()
    assert "Ditolak" in city.locator("main").inner_text()

    province.goto("/rencana/")
    row = province.locator("tr", has_text="Kota Bengkulu").filter(has_text="Graduasi mandiri 2026")
    assert "Ditolak" in row.inner_text()
    assert "hanya cukup untuk separuhnya" in row.inner_text()


def _money_is_not_added(page: Any) -> None:
    """What the province was given and what its city paid stand apart, and no sum of them."""
    for area, own in ((PROVINCE, ALLOCATED), (CITY, DISBURSED)):
        page.goto(f"/wilayah/{area}/?tahun=2025")
        told = page.locator("#anggaran").inner_text()
        assert own in told, area
        assert WRONG_SUM not in told


def _spread(page: Any) -> list[tuple[str, int, int]]:
    """4,120 graduations (412 companions times ten) and a budget over ten areas, exactly."""
    page.goto("/rencana/sebar/")
    for label, value in (
        ("Kegiatan", "Graduasi mandiri 2026"),
        ("Biaya (rupiah)", "447000000001"),
        ("Target", "4120"),
        ("Penanggung jawab", "Dinas Sosial Provinsi"),
        ("Tenggat", "2026-12-31"),
    ):
        page.get_by_label(label, exact=False).first.fill(value)
    for label, choice in (
        ("Dibagi menurut", "families"),
        ("Fokus", "empowerment"),
        ("Sumber dana", "apbn"),
        ("Pilar", "pkh_companion"),
        ("Ukuran", "graduations"),
    ):
        page.get_by_label(label, exact=False).first.select_option(choice)
    page.get_by_role("button", name="Tampilkan pembagian").click()
    cells = [row.locator("td").all_inner_texts() for row in page.locator("tbody tr").all()]
    assert len(cells) == AREAS
    assert sum(number(row[1]) for row in cells) == 412 * 10
    assert sum(number(row[2]) for row in cells) == 447_000_000_001
    named = page.locator("tbody th").all_inner_texts()
    parts = zip(named, cells, strict=True)
    return [(name, number(row[1]), number(row[2])) for name, row in parts if number(row[1])]
