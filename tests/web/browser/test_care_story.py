"""Care in a real browser, by several people: a file, support under check, a move."""

from __future__ import annotations

import os
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from care import acting, somebody, tick
from clicking import press
from families import one
from pictures import take
from readable import good
from test_care_moves import FROM, TO
from test_care_tangguh import SUPPORTED

from tangga.web.today import pretend

pytestmark = pytest.mark.slow

HERE, THERE = "1811", "1771"
KEPT = Path(__file__).parents[3] / "docs" / "images"
TODAY = date(2026, 2, 2)
"""Of the service, as the pictures want it."""
WIDE, PHONE = {"width": 1100, "height": 900}, {"width": 320, "height": 900}
NOTE = "Butuh latihan berjalan dan alat bantu; ibunya yang merawat."


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Where pictures go: to the guides where that is wanted."""
    return KEPT if os.environ.get("TANGGA_SCREENSHOTS") == "1" else tmp_path


@pytest.fixture
def window(service: Any) -> Callable[..., Any]:
    """A window of somebody, at an address."""

    def opened(role: str, area: str, path: str, size: dict[str, int] = WIDE) -> Any:
        page = service.open(role, area, viewport=size)
        page.goto(path)
        return page

    return opened


def test_a_brother_is_referred_served_and_back(
    service: Any, window: Callable[..., Any], folder: Path
) -> None:
    who = somebody(service.web, HERE, 20)
    page = window("pendamping_rehsos", HERE, f"/keluarga/{who['family_id']}/#rehabilitasi")
    page.locator(f"a[href='/rehabilitasi/baru/{who['person_id']}/']").click()
    page.locator("select[name=cluster]").select_option("disability")
    page.locator("textarea[name=words]").fill(NOTE)
    press(page, "Buka berkas rehabilitasi")
    file = page.url
    page.get_by_role("link", name="Simpan hasil asesmen").click()
    good(page)
    page.locator("select[name=kind]").select_option("rehabilitation")
    page.locator("select[name=need]").select_option("physical_therapy")
    press(page, "Simpan asesmen")
    page.get_by_role("link", name="Rujuk", exact=True).click()
    assert "Wyata Guna" in page.inner_text("main")
    page.locator("input[name=provider][value=sentra]").check()
    page.locator("select[name=mode]").select_option("residential")
    page.locator("textarea[name=why_not_local]").fill("Tidak ada terapi fisik di kabupaten.")
    page.locator("textarea[name=words]").fill(NOTE)
    good(page)
    take(page, folder / "rujuk.png")
    press(page, "Rujuk")
    press(page, "Terbitkan surat rujukan")
    assert "RUJ-SENTRA" in page.inner_text("main")
    centre = window("sentra", HERE, file)
    for step in ("Terima rujukan", "Mulai layanan"):
        form = centre.locator("details.step", has=centre.locator("summary", has_text=step)).first
        form.evaluate("one => one.open = true")
        form.locator("textarea").fill("Sesuai hasil pertemuan.")
        with centre.expect_navigation():
            form.get_by_role("button").click()
    assert "Dalam layanan" in centre.inner_text("main")
    take(centre, folder / "rehabilitasi.png")
    phone = window("sentra", HERE, file, PHONE)
    good(phone)
    take(phone, folder / "rehabilitasi-telepon.png")
    good(window("pendamping_rehsos", HERE, "/rehabilitasi/", PHONE))
    other = window("operator_kabkota", HERE, f"/keluarga/{who['family_id']}/")
    text = other.inner_text("main")
    assert "dalam layanan rehabilitasi" in text
    assert NOTE not in text and "Disabilitas" not in text.split("Anggota")[0]
    answer = other.goto(file)
    assert answer.status == 403


def test_support_under_check_is_told_stopped_and_restored(
    service: Any, window: Callable[..., Any], folder: Path
) -> None:
    from tangga.web.journeys.care import holding
    from tangga.web.journeys.care.support import running
    from tangga.web.work import actions

    family_id = one(service.web, SUPPORTED, 0)["family_id"]
    page = window("operator_kabkota", HERE, f"/tangguh/baru/{family_id}/")
    page.locator("select[name=reason]").select_option("electricity")
    page.locator("textarea[name=words]").fill("Daya di rekening 4.400 VA")
    press(page, "Laporkan isyarat")
    address = page.url
    checker = window("verifikator_kabkota", HERE, address)
    checker.locator("input[name=finding][value=yes]").check()
    for box in checker.locator("input[name=ends]").all():
        box.check()
    checker.locator("textarea[name=words]").fill("Meteran dilihat, dipakai keluarga sendiri.")
    checker.locator("input[name=document]").fill("BA 12/2026")
    good(checker)
    press(checker, "Simpan hasil pemeriksaan")
    head = window("kepala_dinas", HERE, address)
    form = head.locator("form.step", has=head.get_by_role("button", name="Putuskan berhenti"))
    form.locator("textarea").fill("Sesuai berita acara 12/2026.")
    form.locator("input[name=dokumen]").fill("SK 30/2026")
    with head.expect_navigation():
        form.get_by_role("button").click()
    assert "masa keberatan berjalan" in head.inner_text("main")
    take(head, folder / "tangguh.png")
    good(window("kepala_dinas", HERE, address, PHONE))
    good(window("kepala_dinas", HERE, "/tangguh/", PHONE))
    good(window("operator_kabkota", HERE, "/tangguh/isyarat/", PHONE))
    # Another one, of months ago: stopped meanwhile, and to be restored today.
    past, other = TODAY - timedelta(days=120), one(service.web, SUPPORTED, 1)["family_id"]
    with pretend(past):
        with acting(service.web, "operator_kabkota", HERE) as viewer:
            item = holding.raise_case(family_id=other, reason="duplicate", words="Ganda", by=viewer)
        with acting(service.web, "verifikator_kabkota", HERE) as viewer:
            ends = running(other, past)
            item = holding.check(
                item, finding="yes", ends=ends, words="Ganda", document="BA", by=viewer, version=1
            )
        with acting(service.web, "kepala_dinas", HERE) as viewer:
            actions.take(item, "decide", by=viewer, version=2, reason="Ganda", document="SK")
    with pretend(past + timedelta(days=15)):
        tick(past + timedelta(days=15))
    head.goto(f"/tangguh/{item.pk}/")
    form = head.locator("form.step", has=head.get_by_role("button", name="Pulihkan"))
    form.locator("textarea").fill("Ternyata dua orang yang berbeda.")
    form.locator("input[name=dokumen]").fill("SK 44/2026")
    with head.expect_navigation():
        form.get_by_role("button").click()
    assert "Rapel" in head.inner_text("main") and "Jumlah" in head.inner_text("#rapel")
    good(window("kepala_dinas", HERE, f"/tangguh/{item.pk}/", PHONE))


def test_a_family_moves_from_bengkulu_to_mesuji(
    service: Any, window: Callable[..., Any], folder: Path
) -> None:
    family_id = one(service.web, FROM, 0)["family_id"]
    page = window("operator_kabkota", THERE, f"/pindah/baru/{family_id}/")
    page.locator("select[name=ke]").select_option(HERE)
    good(page)
    press(page, "Lanjut")
    good(page)
    page.locator("select[name=to_village]").select_option(one(service.web, TO)["village"])
    day = TODAY.isoformat()
    page.locator("input[name=moved_on]").fill(day)
    page.locator("input[name=consent_on]").fill(day)
    page.locator("input[name=document]").fill("SKPWNI/1771/2026")
    page.locator("textarea[name=words]").fill("Ikut kerja di kebun")
    press(page, "Ajukan pindah")
    address = page.url
    there = window("verifikator_kabkota", HERE, "/pindah/")
    there.locator(f"a[href='{address.removeprefix(service.url)}']").click()
    take(there, folder / "pindah.png")
    good(window("verifikator_kabkota", HERE, address, PHONE))
    press(there, "Terima keluarga ini")
    there.goto(f"/keluarga/{family_id}/")
    assert "pindah dari" in there.inner_text("main")
    page.goto(f"/keluarga/{family_id}/")
    assert "sudah pindah ke" in page.inner_text("main")
