"""The counter in a real browser: every service in three clicks, printed, and in the register."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pytest
from public_people import Somebody, people
from readable import good

pytestmark = pytest.mark.slow

HERE = "1811"
COUNTED = """
document.addEventListener("click", (event) => {
  if (event.isTrusted) sessionStorage.clicks = 1 + Number(sessionStorage.clicks || 0);
}, true);
window.print = () => { sessionStorage.printed = 1 + Number(sessionStorage.printed || 0); };
"""
"""Counts what is clicked, and what is sent to the printer, from page to page."""


@dataclass
class Desk:
    """A clerk at the counter, their cursor in the box."""

    page: Any

    def begin(self, one: Somebody) -> None:
        self.page.goto("/loket/")
        self.page.evaluate("sessionStorage.clear()")
        self.page.keyboard.type(one.nik)
        self.press("Cari warga")

    def press(self, name: str) -> None:
        with self.page.expect_navigation():
            self.page.get_by_role("button", name=name).first.click()

    def follow(self, name: str) -> None:
        with self.page.expect_navigation():
            self.page.get_by_role("link", name=name).first.click()

    def done(self) -> tuple[int, int]:
        """Clicks, and pages printed."""
        self.page.wait_for_load_state("load")
        said = self.page.evaluate("[sessionStorage.clicks, sessionStorage.printed]")
        return int(said[0] or 0), int(said[1] or 0)


@pytest.fixture
def desk(service: Any) -> Desk:
    page = service.open("operator_kabkota", HERE)
    page.add_init_script(COUNTED)
    return Desk(page)


@pytest.fixture(scope="module")
def residents(web: Any) -> list[Somebody]:
    """Adults whose contribution to health insurance nobody pays."""
    where = (
        "p.status = 'active' AND p.birth_date < '2000-01-01' "
        f"AND p.area LIKE '{HERE}%' AND NOT EXISTS (SELECT FROM decisions AS d "
        "WHERE d.family_id = p.family_id AND d.programme = 'pbi_jk' "
        "AND d.determination IS NOT NULL)"
    )
    return people(web, where, most=8)


def letter(desk: Desk) -> None:
    desk.press("Surat keterangan terdaftar")


def decile(desk: Desk) -> None:
    desk.press("Surat keterangan desil")


def sheet(desk: Desk) -> None:
    desk.press("Lembar keluarga")


def reactivation(desk: Desk) -> None:
    desk.follow("Reaktivasi PBI-JK")
    desk.page.keyboard.type("RSUD Ragab Begawe")
    desk.press("Mengancam jiwa")


def complaint(desk: Desk) -> None:
    desk.follow("Pengaduan Layanan")
    desk.page.keyboard.type("Petugas tidak ada di tempat.")
    desk.press("Terima dan cetak tanda terima")


def referral(desk: Desk) -> None:
    desk.follow("Rujukan")
    desk.page.keyboard.type("Perekaman NIK anak")
    desk.press("Dinas Kependudukan")


SERVICES = {
    "Surat keterangan terdaftar": (letter, 2, "Surat keterangan terdaftar"),
    "Surat keterangan desil": (decile, 2, "BPS"),
    "Lembar keluarga": (sheet, 2, "Lembar keluarga"),
    "Reaktivasi PBI-JK": (reactivation, 3, "PBI/1811/"),
    "Pengaduan": (complaint, 3, "ADU/1811/"),
    "Rujukan": (referral, 3, "Dinas Kependudukan"),
}
"""Service in the register -> what is done, clicks, what the printed page says."""


def test_every_service_in_three_clicks(desk: Desk, service: Any, residents: list[Somebody]) -> None:
    for n, (named, (do, most, says)) in enumerate(SERVICES.items()):
        one = residents[n]
        desk.begin(one)
        do(desk)
        assert desk.done() == (most, 1), named
        assert says in desk.page.inner_text("main"), named
        assert "cetak" not in desk.page.url
        with service.web.owner() as con:
            trail = con.execute(
                "SELECT about->>'service' FROM audit_events "
                "WHERE what = 'served' AND person_id = %s ORDER BY id DESC LIMIT 1",
                [one.person_id],
            ).fetchone()
        assert trail is not None, named
    desk.page.goto("/loket/buku/")
    book = desk.page.inner_text("main")
    for named in SERVICES:
        assert named in book


def test_a_page_once_printed_is_not_printed_again(desk: Desk, residents: list[Somebody]) -> None:
    desk.begin(residents[0])
    letter(desk)
    assert desk.done() == (2, 1)
    desk.page.reload()
    assert desk.done() == (2, 1)
    desk.page.get_by_role("button", name="Cetak", exact=True).click()
    assert desk.done() == (3, 2)


@pytest.mark.parametrize("width", [320, 1280])
def test_every_page_of_the_counter_is_readable(
    service: Any, residents: list[Somebody], width: int
) -> None:
    one = residents[6 if width < 400 else 7]
    page = service.open("operator_kabkota", HERE, viewport={"width": width, "height": 800})
    desk = Desk(page)
    desk.begin(one)
    good(page)
    served = page.url.split("?")[0]
    for form in ("reaktivasi/", "pengaduan/", "rujukan/", "telepon/"):
        page.goto(f"{served}{form}?orang={one.person_id}")
        good(page)
    page.goto(served)
    desk.press("Alasan, desil, dan uang")
    good(page)
    page.goto(f"{served}reaktivasi/")
    desk.press("Penyakit kronis")
    good(page)
    desk.follow("Buka")
    good(page)
    for path in ("/loket/", "/loket/buku/", "/keberatan/?jenis=reactivation", "/keberatan/"):
        page.goto(path)
        good(page)
    for kind in ("objection", "request", "report"):
        page.goto(f"/keberatan/baru/{kind}/{one.family_id}/")
        good(page)
