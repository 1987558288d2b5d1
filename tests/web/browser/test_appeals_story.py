"""Keberatan and sanggah in a real browser, by several people, and what a resident sees of them."""

from __future__ import annotations

import io
import os
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from clicking import press
from pictures import take
from public_people import Somebody, forget_tries, of_programme, people
from readable import good

pytestmark = pytest.mark.slow

HERE = "1811"
KEPT = Path(__file__).parents[3] / "docs" / "images"
TODAY = date(2026, 2, 2)
"""Of the service."""
WIDE, PHONE = {"width": 1100, "height": 900}, {"width": 320, "height": 700}
Window = Callable[..., Any]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Where pictures go: to the guides where that is wanted."""
    return KEPT if os.environ.get("TANGGA_SCREENSHOTS") == "1" else tmp_path


@pytest.fixture
def window(service: Any) -> Window:
    """A window of somebody, at an address; role '': of a resident."""

    def opened(role: str, area: str, path: str, size: dict[str, int] = WIDE) -> Any:
        page = service.open(role, area, viewport=size) if role else service.visit(viewport=size)
        page.goto(path)
        return page

    return opened


def time_passes(days: int) -> None:
    """The clock does what it does on that day."""
    from tangga.web.today import pretend
    from tangga.web.work.clock_job import overdue

    with pretend(TODAY + timedelta(days=days)):
        overdue()


def recipients(web: Any) -> list[Somebody]:
    return [one for one in of_programme(web, "pkh", most=30) if one.area.startswith(HERE)]


def stop_announced(web: Any, one: Somebody) -> str:
    """A stop of all their support, proved, decided by a second person and told; its number."""
    from acting import acting

    from tangga.web.journeys.care import holding
    from tangga.web.today import pretend
    from tangga.web.work import actions

    ends = support_of(web, one, TODAY)
    with pretend(TODAY):
        with acting(web, "operator_kabkota", HERE) as by:
            item = holding.raise_case(
                family_id=one.family_id, reason="electricity", words="Daya 2.200 VA.", by=by
            )
        with acting(web, "verifikator_kabkota", HERE) as by:
            said = {"words": "Meteran dilihat", "document": "BA-1/2026", "ends": ends}
            item = holding.check(item, finding="yes", by=by, version=item.version, **said)
        with acting(web, "kepala_dinas", HERE) as by:
            why = {"reason": "Daya 2.200 VA.", "document": "SK-9/2026"}
            item = actions.take(item, "decide", by=by, version=item.version, **why)
    return str(item.number)


def support_of(web: Any, one: Somebody, day: date) -> list[Any]:
    """What runs for a family on a day."""
    from acting import acting

    from tangga.web.journeys.care import support

    with acting(web, "verifikator_kabkota", HERE):
        return list(support.running(one.family_id, day))


def printed(page: Any) -> str:
    """What the printer gets: one sheet of the document alone, without the menu."""
    from pypdf import PdfReader

    file = PdfReader(io.BytesIO(page.pdf(format="A4", print_background=True)))
    assert len(file.pages) == 1
    text = " ".join((file.pages[0].extract_text() or "").split())
    for word in ("Dasbor", "Unggah berkas", "English"):
        assert word not in text
    return text


def letters_of(web: Any, number: str, kind: str) -> list[str]:
    """Addresses of the papers of a matter."""
    with web.owner() as con:
        found = con.execute(
            "SELECT p.id FROM papers_paper AS p JOIN work_item AS i ON i.id = p.item_id "
            "WHERE i.number = %s AND p.kind = %s ORDER BY p.at",
            [number, kind],
        ).fetchall()
    return [f"/surat/{row[0]}/" for row in found]


def state_of(web: Any, number: str) -> str:
    with web.owner() as con:
        row = con.execute("SELECT state FROM work_item WHERE number = %s", [number]).fetchone()
    return str(row[0])


def ticket_of(page: Any) -> tuple[str, str]:
    return page.inner_text("#nomor").strip(), page.inner_text("#angka").strip()


def looked_up(window: Window, number: str, digits: str) -> Any:
    page = window("", "", "/cek/tiket/", PHONE)
    page.fill("#nomor", number)
    page.fill("#angka", digits)
    press(page, "Lihat")
    return page


def test_an_overdue_objection_is_decided_by_the_province(
    service: Any, window: Window, folder: Path
) -> None:
    web = service.web
    one, silent = recipients(web)[0], recipients(web)[3]
    before = support_of(web, one, TODAY)
    assert before
    stop, other_stop = stop_announced(web, one), stop_announced(web, silent)

    # At the counter: the number leads to the family, and the objection is one click from there.
    page = window("operator_kabkota", HERE, "/loket/", PHONE)
    good(page)
    page.fill("#q", one.nik)
    press(page, "Cari warga")
    good(page)
    take(page, folder / "loket-telepon.png", full_page=True)
    assert f"Sudah diberitahukan: {stop}" in page.inner_text("main")
    (notice,) = letters_of(web, stop, "pemberitahuan")
    assert page.get_by_role("link", name="Cetak suratnya").get_attribute("href").startswith(notice)
    letter = printed(window("operator_kabkota", HERE, notice))
    assert "Daya 2.200 VA." in letter
    assert "keberatan" in letter.lower()
    page.get_by_role("link", name="Keberatan Tidak setuju").click()
    page.wait_for_url("**/objection/**")
    good(page)
    page.select_option("#id_notice", stop)
    page.fill("#id_words", "Meteran itu milik warung tetangga, bukan milik kami.")
    press(page, "Terima dan cetak tanda terima")
    good(page)
    number, digits = ticket_of(page)
    take(page, folder / "tanda-terima.png", full_page=True)
    assert state_of(web, stop) == "objected"

    # The officer prints a letter in three clicks.
    page = window("operator_kabkota", HERE, f"/loket/{one.family_id}/")
    good(page)
    take(page, folder / "loket.png")
    press(page, "Surat keterangan terdaftar")
    assert "Surat keterangan terdaftar" in page.inner_text("h1")
    assert page.locator("svg").count() >= 1
    letter = printed(page)
    assert one.name in letter
    assert "SURAT KETERANGAN TERDAFTAR" in letter
    assert "Keaslian surat ini" in letter

    # Nobody answers: the province has it, and support goes on.
    time_passes(40)
    late = TODAY + timedelta(days=40)
    assert state_of(web, number) == "with_province"
    assert state_of(web, stop) == "objected"
    assert support_of(web, one, late) == before
    # Nobody objected to the other stop, told on the same day: that one has stopped.
    assert state_of(web, other_stop) == "stopped"
    assert support_of(web, silent, late) == []
    page = looked_up(window, number, digits)
    assert "diputuskan dinas provinsi" in page.inner_text("main")
    good(page)

    # The regency's own time is over; the province upholds.
    page = window("kepala_dinas", HERE, "/keberatan/")
    good(page)
    page.get_by_role("link", name=number).click()
    page.wait_for_load_state()
    assert page.get_by_role("button", name="Tolak").count() == 0
    page = window("dinas_provinsi", HERE[:2], "/keberatan/")
    take(page, folder / "keberatan.png")
    page.get_by_role("link", name=number).click()
    page.wait_for_load_state()
    good(page)
    take(page, folder / "keberatan-perkara.png", full_page=True)
    page.fill("#alasan-uphold_by_province", "Meteran bukan milik keluarga ini.")
    press(page, "Terima keberatan ini")
    assert state_of(web, number) == "upheld"
    assert state_of(web, stop) == "cleared"
    assert support_of(web, one, late) == before
    (answer,) = letters_of(web, number, "jawaban")
    page = window("dinas_provinsi", HERE[:2], answer)
    letter = printed(page)
    for said in (one.name, number, "Meteran bukan milik keluarga ini.", "Kepala Dinas Sosial"):
        assert said in letter
    page = looked_up(window, number, digits)
    take(page, folder / "cek-tiket.png", full_page=True)
    assert "Meteran bukan milik keluarga ini." in page.inner_text("main")


def test_an_overdue_report_closes_and_the_objector_stays_unseen(
    service: Any, window: Window
) -> None:
    web = service.web
    accused = recipients(web)[1]
    near = next(
        one
        for one in people(web, f"p.status = 'active' AND p.area = '{accused.area}'", 60)
        if one.family_id != accused.family_id and one.born.year < 2000
    )
    before = support_of(web, accused, TODAY)
    assert before
    page = window("operator_kabkota", HERE, f"/loket/{accused.family_id}/")
    page.get_by_role("link", name="Sanggah Warga lain").click()
    page.wait_for_url("**/report/**")
    good(page)
    page.fill("#id_number", near.nik)
    page.select_option("#id_subject", "programme:pkh")
    page.fill("#id_summary", "Periksa kepemilikan kendaraan.")
    page.fill("#id_words", "Saya melihatnya dari seberang jalan.")
    press(page, "Terima dan cetak tanda terima")
    number, digits = ticket_of(page)

    for role, area in (
        ("operator_kabkota", HERE),
        ("verifikator_kabkota", HERE),
        ("kepala_desa", accused.area),
        ("operator_desa", accused.area),
    ):
        for path in ("/keberatan/", "/tugas/", f"/keluarga/{accused.family_id}/"):
            if role == "kepala_desa" and path == "/keberatan/":
                continue
            text = window(role, area, path).inner_text("body")
            assert "seberang jalan" not in text
            if role.endswith("desa"):
                assert number not in text
    time_passes(20)
    assert state_of(web, number) == "lapsed"
    page = looked_up(window, number, digits)
    said = page.inner_text("main")
    assert "Gugur karena lewat waktu" in said
    assert accused.name not in said
    assert support_of(web, accused, TODAY + timedelta(days=20)) == before
    (answer,) = letters_of(web, number, "jawaban")
    letter = printed(window("operator_kabkota", HERE, answer))
    assert f"Pemegang tiket {number}" in letter
    for name in (near.name, accused.name):
        assert name not in letter
    with web.owner() as con:
        changed = con.execute(
            "SELECT count(*) FROM overlay_spell WHERE family_id = %s", [accused.family_id]
        ).fetchone()
    assert changed == (0,)


def test_a_resident_asks_on_a_small_telephone(service: Any, window: Window, folder: Path) -> None:
    web = service.web
    forget_tries(web)
    one = recipients(web)[2]

    def asked(**wrong: str) -> Any:
        page = window("", "", "/cek/", PHONE)
        for name, value in {**one.form, **wrong}.items():
            page.fill(f"#{name}", value)
        press(page, "Lihat")
        good(page)
        return page

    page = asked()
    assert "Anda terdaftar" in page.inner_text("main")
    take(page, folder / "cek-status.png", full_page=True)
    unknown = asked(nik="1811015708650099").inner_text("body")
    assert unknown == asked(nama="Bukan Namanya").inner_text("body")
    assert unknown == asked(lahir="01-01-1931").inner_text("body")
    for path in ("/cek/", "/cek/tiket/", "/terbuka/", "/terbuka/1811/", "/aturan/", "/aturan/pkh/"):
        page = window("", "", path, PHONE)
        good(page)
    take(window("", "", "/terbuka/1811/"), folder / "angka-terbuka.png")
