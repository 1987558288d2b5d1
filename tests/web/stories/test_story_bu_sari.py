"""Bu Sari: 41 months in Kota Bengkulu, a card of her own, a new home in Mesuji; up the ladder, a
flood, and up again.

The years pass in the service itself: between two releases the clock, the visits and the decisions
stand in its overlay.
"""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from round_pages import of_family, press, round_through, rows_at, rupiah
from sari_climbs import (
    REGENCY,
    brother,
    extended,
    finished,
    grouped,
    moved,
    moves,
    office_of,
    only_he_is_held,
    planned,
    splits,
)
from sari_register import COMPANION, DISTRICT, MOVED, listed_as_ended, new_card, prepare

from village import SIMPANG

__all__ = ["prepare"]
pytestmark = pytest.mark.slow

DAY = date(2026, 1, 2)
LAST_2027, FIRST_2028 = "2027-10-01/2027-12-31", "2028-01-01/2028-03-31"
GRADUATED, FLOOD = date(2028, 12, 8), date(2029, 11, 20)
ENTITLEMENT = 600_000
"""Of Sembako, for three months."""

# --- the money: her entitlement less, one proposed instead ----------------------------------------


def paid(story: Any, time: str, called: str) -> str:
    """A round of Sembako in her regency, by three people; its address."""
    office, check, boss = office_of(story)
    return round_through(office, check, boss, "sembako", time, called)


def total(page: Any, address: str) -> int:
    """What a round pays in all, as its page says."""
    page.goto(address)
    figure = page.locator("dl.figures > div", has_text="Jumlah").first
    return rupiah(figure.locator("dd").first.inner_text())


def dialihkan(story: Any, item: str, family: str, before: str) -> None:
    """The matter says how her support ended; the next round is exactly hers lower."""
    boss = story.page("kepala_dinas", REGENCY)
    boss.goto(item)
    text = boss.inner_text("main")
    assert "Dialihkan ke pemberdayaan" in text
    assert "Program Sembako" in text[text.index("Berakhir") : text.index("Tetap berjalan")]
    after = paid(story, FIRST_2028, "Tahap 1/2028")
    page = story.page("operator_kabkota", REGENCY)
    (own,) = of_family(rows_at(page, before, "pay"), "SARI WULANDARI")
    hers = rupiah(own["Jumlah"])
    assert hers == ENTITLEMENT
    assert total(page, before) - total(page, after) == hers
    (changed,) = rows_at(page, after, "beda")
    assert rupiah(changed["Selisih"]) == -hers
    assert not of_family(rows_at(page, after, "pay"), "SARI WULANDARI")
    (out,) = of_family(rows_at(page, after, "out"), "SARI WULANDARI")
    assert "Dialihkan ke pemberdayaan" in str(out)
    (instead,) = rows_at(page, after, "instead")
    assert "KARTO" in str(instead)
    assert family in str(instead)


# --- out of poverty, a flood, and back ------------------------------------------------------------


def visit(story: Any, role: str, worker: str, family: str, purpose: str, **seen: str) -> None:
    """A worker was there and writes down what they saw."""
    page = story.page(role, DISTRICT, worker=worker)
    page.goto(f"/kunjungan/keluarga/{family}/")
    page.evaluate("document.querySelectorAll('details').forEach(one => one.open = true)")
    page.locator("select[name=purpose]").select_option(purpose)
    page.locator("[name=result]").select_option("complete")
    for name, value in seen.items():
        field = page.locator(f"[name={name}]")
        chosen = field.evaluate("one => one.tagName") == "SELECT"
        field.select_option(value) if chosen else field.fill(value)
    with page.expect_navigation():
        page.get_by_role("button", name="Simpan kunjungan").click()
    assert re.search(r"/kunjungan/[0-9a-f-]{36}/$", page.url), page.inner_text("main")[:900]


def graduations(story: Any) -> str:
    """What the year of her companion says of graduations: achieved, and the target."""
    page = story.page("pendamping_pkh", DISTRICT)
    page.goto("/kunjungan/tahun/")
    line = page.locator("section.year-line", has_text="Graduasi mandiri").inner_text()
    achieved, target = (
        re.search(r"(\d+) keluarga", line),
        re.search(r"Target setahun\s+(\d+)", line),
    )
    assert achieved and target, line
    return f"{achieved[1]} of {target[1]}"


def graduated(story: Any, family: str) -> None:
    """Mandiri on two observations of two people: proposed, checked, decided; she is told."""
    assert graduations(story) == "0 of 2"
    page = story.page("pendamping_pkh", DISTRICT)
    page.goto(f"/tangga/keluarga/{family}/")
    page.locator("#alasan-graduation").fill("Warungnya berjalan sejak Maret")
    press(page, "Usulkan graduasi")
    item = str(page.url)
    assert "7 dari 7 syarat terpenuhi" in page.inner_text("main")
    check = story.page("koordinator_pkh", REGENCY)
    check.goto(item)
    press(check, "Semua syarat sudah diperiksa")
    boss = story.page("kepala_dinas", REGENCY)
    boss.goto(item)
    press(boss, "Tetapkan dengan berita acara")
    assert "BA-GRAD" in boss.inner_text("main")
    assert graduations(story) == "0 of 2"  # told, not yet in effect
    story.on(GRADUATED)
    story.tick()
    boss.goto(item)
    assert "Lulus" in boss.locator("dl.facts").first.inner_text()
    assert graduations(story) == "1 of 2"
    page.goto("/tangga/lulus/")
    row = page.locator("tbody tr", has_text=re.compile("Sari Wulandari", re.I))
    assert "belum genap" in row.inner_text()


def lasting(story: Any) -> str:
    """The pair of the page: still standing after a year, of how many; and who fell."""
    page = story.page("pendamping_pkh", DISTRICT)
    page.goto("/tangga/lulus/")
    figures = page.locator("dl.figures").inner_text()
    stands = re.search(r"(\d+ dari \d+)", figures)
    assert stands, figures
    return stands[1]


def flooded(story: Any, family: str) -> None:
    """Tagana records the flood and whom it struck; a review of her family opens by itself."""
    page = story.page("tagana", DISTRICT, worker="TGN-01")
    page.goto("/kunjungan/kejadian/baru/disaster/")
    page.locator("select[name=area]").select_option(SIMPANG)
    page.locator("input[name=happened_on]").fill(FLOOD.isoformat())
    page.locator("select[name=shock]").select_option("flood")
    press(page, "Catat")
    page.get_by_label(re.compile("Sari Wulandari", re.I)).check()
    with page.expect_navigation():
        page.locator("form[action$='/tambah/'] button.main").click()
    assert "sari wulandari" in page.locator(".struck").inner_text().lower()
    struck = "SELECT shock FROM public.overlay_event WHERE event = 'shock' AND family_id = %s"
    assert story.rows(struck, family) == [("flood",)]
    story.tick()
    page = story.page("pendamping_pkh", DISTRICT)
    page.goto(f"/tangga/keluarga/{family}/")
    page.get_by_role("link", name="Peninjauan setelah guncangan").click()
    assert "Menunggu kunjungan dan usulan" in page.inner_text("main")


def back(story: Any, family: str) -> None:
    """Seen below the line: proposed by her companion, agreed by the office; protected again."""
    page = story.page("pendamping_pkh", DISTRICT)
    page.goto(f"/tangga/keluarga/{family}/")
    page.get_by_role("link", name="Peninjauan setelah guncangan").click()
    item = str(page.url)
    page.locator("#alasan-propose_protection").fill("Rumah dan gerobaknya hanyut")
    press(page, "Usulkan kembali ke perlindungan")
    check = story.page("verifikator_kabkota", REGENCY)
    check.goto(item)
    press(check, "Setujui: kembali ke perlindungan")
    check.goto(f"/tangga/keluarga/{family}/")
    facts = check.locator("dl.facts").inner_text()
    assert "Perlindungan" in facts
    assert "64 dari 60" in facts  # the clock goes on where it stood


# --- the story ----------------------------------------------------------------------------------


def test_bu_sari(story: Any, tmp_path: Path) -> None:
    family, file = _to_mesuji(story, tmp_path)
    _at_the_cap(story, family, file)
    _out_of_poverty(story, family)
    story.on(date(2029, 11, 21))
    assert lasting(story) == "1 dari 1"  # a neighbour, years ago
    flooded(story, family)
    story.on(date(2029, 11, 24))
    lost = {"income_month": "600000"}
    visit(story, "pendamping_pkh", COMPANION, family, "disaster", **lost)
    back(story, family)
    assert lasting(story) == "1 dari 2"


def _to_mesuji(story: Any, folder: Path) -> tuple[str, str]:
    """A card of her own, and the move: 41 months. Her family, and the file of her brother."""
    story.on(date(2026, 1, 5))
    splits(story, folder)
    new_card(story.village.workspace)
    story.release(date(2026, 1, 20))
    story.on(date(2026, 1, 22))
    family = moves(story)
    story.on(date(2026, 2, 2))
    file = brother(story, family)
    story.release(date(2026, 8, 31))
    return family, file


def _at_the_cap(story: Any, family: str, file: str) -> None:
    """Month 48, 60 and 64."""
    story.on(date(2026, 8, 31))
    only_he_is_held(story, family)
    planned(story, family)
    story.on(date(2027, 2, 10))
    finished(story, file)
    story.on(date(2027, 8, 31))
    extended(story, family)
    story.on(date(2027, 12, 4))
    grouped(story, family)
    before = paid(story, LAST_2027, "Tahap 4/2027")
    item = moved(story, family)
    story.on(MOVED)
    story.tick()
    story.on(date(2028, 1, 5))
    dialihkan(story, item, family, before)


def _out_of_poverty(story: Any, family: str) -> None:
    """Two observations of two people, seven months apart."""
    listed_as_ended(story.village.workspace)
    story.release(date(2028, 1, 31))
    story.on(date(2028, 4, 10))
    first = {"income_month": "3600000", "income_since": "2028-03-01"}
    visit(story, "pendamping_pkh", COMPANION, family, "graduation", **first)
    story.on(date(2028, 11, 15))
    second = {"income_month": "3900000", "statement": "yes", "document": "BA/3/2028"}
    visit(story, "tksk", "TKSK-01", family, "graduation", **second)
    story.on(date(2028, 11, 20))
    graduated(story, family)
