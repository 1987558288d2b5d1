"""A worker's day in a browser: the next family, the form by keyboard, each page at 320 px."""

from __future__ import annotations

from typing import Any

import pytest
from readable import violations
from users import make_user
from visiting import busiest

pytestmark = pytest.mark.slow

PHONE = {"width": 320, "height": 640}
MOST_BYTES = 150_000


@pytest.fixture
def companion(web: Any, service: Any) -> tuple[str, str]:
    """Role and area of the companion with most families, with their code in the post."""
    worker, district = busiest(web)
    user = web.made.get(("pendamping_pkh", district))
    if user is None:
        made = make_user("pendamping_pkh", district, username="rina-browser", worker=worker)
        web.made["pendamping_pkh", district] = made
    return "pendamping_pkh", district


def wrong_on(page: Any) -> list[str]:
    return [f"{one['id']}: {one['nodes'][0]['html'][:120]}" for one in violations(page)]


def test_the_next_family_is_visited_and_seen(service: Any, companion: tuple[str, str]) -> None:
    page = service.open(*companion, viewport=PHONE)
    page.goto("/kunjungan/")
    page.locator(".visit-card .button.main").first.click()
    page.wait_for_selector(".visit-form")
    family = page.url.rstrip("/").rpartition("/")[2]
    page.get_by_label("Hasil kunjungan").select_option("complete")
    page.get_by_label("Jumlah anggota keluarga ditemui").fill("4")
    page.get_by_role("button", name="Simpan kunjungan").press("Enter")
    page.wait_for_selector(".notice.success")
    assert "tersimpan" in page.locator(".notice.success").inner_text()
    page.go_back()
    assert "sudah dikunjungi" in page.locator("main").inner_text()
    # What was typed is not brought back (a telephone is shared), and an empty visit is none.
    page.get_by_label("Hasil kunjungan").select_option("complete")
    page.get_by_label("Jumlah anggota keluarga ditemui").fill("4")
    page.get_by_role("button", name="Simpan kunjungan").click()
    page.wait_for_selector("#kedua, .notice.success")
    assert page.locator("#kedua").count() or "dua kali" in page.locator(".notice").inner_text()
    page.goto(f"/keluarga/{family}/")
    assert page.locator(".seen-since details").count() == 1


@pytest.mark.parametrize("language", ["id", "en"])
def test_each_page_is_for_everybody_and_fits_a_telephone(
    service: Any, companion: tuple[str, str], language: str
) -> None:
    page = service.open(*companion, language, viewport=PHONE)
    page.goto("/kunjungan/")
    family = page.locator(".visit-card").first.get_attribute("id").removeprefix("k-")
    wrong = []
    for path in (
        "/kunjungan/",
        f"/kunjungan/keluarga/{family}/",
        "/kunjungan/tahun/",
        "/kunjungan/lembar/",
        "/kunjungan/lembar/cetak/?bagian=rest",
        "/kunjungan/kejadian/",
        "/kunjungan/kejadian/baru/finding/",
    ):
        answer = page.goto(path)
        wide = page.evaluate("document.documentElement.scrollWidth")
        found = [f"{wide} px"] if wide > PHONE["width"] else []
        found += [f"{len(answer.body())} bytes"] if len(answer.body()) > MOST_BYTES else []
        found += [str(answer.status)] if answer.status != 200 else []
        found += ["h1"] if page.locator("h1").count() != 1 else []
        wrong += [f"{path}: {one}" for one in [*found, *wrong_on(page)]]
    assert not wrong, "\n".join(wrong)
