"""Papers in a browser: issued, printed on A4, checked by somebody else, revoked; and the pictures
of their guides, which are taken anew by

TANGGA_SCREENSHOTS=1 ./tangga test -m slow tests/web/browser/test_papers.py
"""

from __future__ import annotations

import os
import re
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from django.db import transaction
from markupsafe import Markup
from pages import HEAD, HERE, OFFICER, one_family
from pictures import take

from tangga.web.family.code_image import svg
from tangga.web.papers.issue import issue
from tangga.web.papers.kinds import kinds
from tangga.web.papers.models import Paper
from tangga.web.today import pretend

pytestmark = pytest.mark.slow

KEPT = Path(__file__).parents[3] / "docs" / "images"
SHEET = re.compile(rb"/Type\s*/Page\b")
BOX = re.compile(rb"/MediaBox\s*\[\s*0\s+0\s+([\d.]+)\s+([\d.]+)\s*\]")
DAY = date(2026, 3, 2)
WIDE = {"width": 1100, "height": 800}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Where pictures go: to the guides where that is wanted."""
    return KEPT if os.environ.get("TANGGA_SCREENSHOTS") == "1" else tmp_path


def letter(kind: str, **more: Any) -> Paper:
    """A paper of a kind with something of everything that it asks for, and one row."""
    said = {
        "day": DAY,
        "lines": ["Slamet Riyadi (BPD)", "Siti Aminah (PKK)"],
        "identifier": "1811014203850003",
        "long": "Atap bocor dan penghasilan berkurang sejak panen gagal pada musim lalu. " * 2,
    }
    found = kinds()[kind]

    def value(type_: str) -> Any:
        return said.get(type_, 3 if type_ in ("whole", "number", "rupiah") else "Dusun Dua RT 2")

    about = {name: value(one.type) for name, one in found.asks.items()}
    columns = found.annex.columns if found.annex else {}
    row = {name: value(one.type) for name, one in columns.items()}
    area = "1811012001" if "village" in found.levels else HERE
    with transaction.atomic(), pretend(DAY):
        rows = [row] * 3 if found.annex else None
        return issue(kind, by=None, area=area, about={**about, **more}, rows=rows)


def test_every_paper_prints_on_one_sheet_and_its_annex_on_others(service: Any) -> None:
    """What is shown around it on the screen is not printed."""
    windows = {
        False: service.open("kemensos", ""),
        True: service.open("pendamping_rehsos", HERE),
    }
    for kind in kinds().values():
        paper = letter(kind.code)
        window = windows[kind.case]
        assert window.goto(f"/surat/{paper.pk}/").status == 200, kind.code
        printed = window.pdf(prefer_css_page_size=True)
        sheets = [(float(wide), float(high)) for wide, high in BOX.findall(printed)]
        annexed = bool(kind.annex and kind.annex.columns)
        assert len(SHEET.findall(printed)) == 1 + annexed, kind.code
        assert sheets[0] == pytest.approx((595, 842), abs=1.5), kind.code


def test_a_list_is_issued_printed_checked_and_revoked(service: Any) -> None:
    """Three clicks from the list to its paper; a stranger checks it before and after."""
    window, stranger = service.open(OFFICER, HERE), service.visit()
    window.goto("/daftar/determined/")
    total = int(window.locator("[data-total]").get_attribute("data-total"))
    window.get_by_role("link", name="Terbitkan daftar bernomor").click()
    window.get_by_role("button", name="Terbitkan", exact=True).click()
    number = window.locator(".document-number").inner_text().removeprefix("Nomor ")
    assert window.locator(".annex tbody tr.printed").count() == total
    with window.expect_download() as coming:
        window.get_by_role("link", name="Unduh lampiran (XLSX)").click()
    assert coming.value.suggested_filename.startswith("daftar-")
    address = window.locator(".document-foot .address").inner_text()
    drawn = window.locator(".document-foot svg path").nth(1).get_attribute("d")
    assert Markup(f'd="{drawn}"') in svg(address)

    stranger.goto(address)
    text = stranger.locator("main").inner_text()
    assert "asli dan masih berlaku" in text and number in text and str(total) in text

    window.get_by_text("Cabut surat ini").first.click()
    window.get_by_label("Alasan pencabutan").fill("Daftarnya belum dimusyawarahkan")
    window.get_by_role("button", name="Cabut surat ini").click()
    assert window.locator(".void").first.is_visible()
    stranger.reload()
    assert "sudah tidak berlaku" in stranger.locator("main").inner_text()


def test_a_resident_gets_a_copy_of_their_data(service: Any) -> None:
    """From the family's page: proof of identity, then paper; the trail knows."""
    family, person, *_ = one_family(service.web)
    window = service.open(HEAD, HERE)
    window.goto(f"/keluarga/{family}/")
    window.get_by_text("Surat dan salinan data").click()
    window.locator(f"a[href='/data-pribadi/orang/{person}/']").click()
    window.get_by_label("Bukti identitas").select_option("ktp")
    window.get_by_role("button", name="Serahkan di atas kertas").click()
    assert window.get_by_role("heading", name="Siapa yang pernah melihat").is_visible()
    assert Paper.objects.filter(kind="data_subjek", person_id=person).exists()


def test_the_pictures_of_the_guides(service: Any, folder: Path) -> None:
    """Of invented people."""
    rows = [
        {
            "ticket": f"USL/1811/2026/{n:06}",
            "name": name,
            "nik": f"18110142038500{n:02}",
            "place": "Wiralaga I, RT 2/RW 1",
            "what": "perbaikan data",
            "before": "bambu",
            "after": "tembok",
            "ground": "foto",
        }
        for n, name in enumerate(("Sari Wulandari", "Karto Wijoyo", "Siti Aminah"), start=1)
    ]
    about = {"batch": "BDL/1811/2026/000001"}
    with transaction.atomic(), pretend(DAY):
        paper = issue("sk_perbaikan", by=None, area=HERE, about=about, rows=rows)
    window = service.open(OFFICER, HERE, viewport=WIDE)
    window.goto(f"/surat/{paper.pk}/")
    take(window, folder / "surat.png", full_page=True)
    stranger = service.visit(viewport=WIDE)
    stranger.goto(f"/periksa/{paper.code}/")
    take(stranger, folder / "periksa-surat.png")
    head = service.open(HEAD, HERE, viewport=WIDE)
    head.goto("/data-pribadi/")
    take(head, folder / "data-pribadi.png")
    for name in ("surat", "periksa-surat", "data-pribadi"):
        assert (folder / f"{name}.png").stat().st_size < 150_000
