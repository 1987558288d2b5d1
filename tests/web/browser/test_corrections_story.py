"""A correction in a browser: five people, each at their own page, until it stands in the register.

The pictures of the guide are taken on the way (TANGGA_SCREENSHOTS=1, as in test_pictures.py).
"""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import Any

import pytest
from pictures import take
from proposing import REGENCY, a_family, other_code, photo
from test_pages import PHONE, _of_everybody, _widest

pytestmark = pytest.mark.slow

GUIDE = ("usul-isi", "usul-periksa", "usul-bundel", "usul-keluarga")
"""Pictures that the guide shows."""
KEPT = Path(__file__).parents[3] / "docs" / "images"
REASON = "Lantai sudah disemen, dilihat langsung bersama ketua RT"


class Looked:
    """Looks at each page on the way: readable for everybody, and narrow."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.wrong = folder, []

    def at(self, page: Any, name: str) -> None:
        """Look at a page as it is; its picture in both widths."""
        self.wrong += [f"{name}: {one}" for one in _of_everybody(page, "id")]
        page.screenshot(path=str(self.folder / f"{name}.png"), full_page=True)
        size = page.viewport_size
        if name in GUIDE and os.environ.get("TANGGA_SCREENSHOTS") == "1":
            take(page, KEPT / f"{name}.png")
        page.set_viewport_size(PHONE)
        wide = page.evaluate("document.documentElement.scrollWidth")
        if wide > PHONE["width"]:
            self.wrong.append(f"{name}: {wide} px: {_widest(page, PHONE['width'])}")
        page.screenshot(path=str(self.folder / f"{name}-320.png"), full_page=True)
        page.set_viewport_size(size)


@pytest.fixture
def looked(tmp_path: Path) -> Looked:
    """Where TANGGA_LOOK names a folder, the pictures stay there."""
    folder = Path(os.environ.get("TANGGA_LOOK", str(tmp_path)))
    folder.mkdir(parents=True, exist_ok=True)
    return Looked(folder)


def test_a_correction_from_the_village_to_the_register(
    service: Any, looked: Looked, tmp_path: Path
) -> None:
    family = a_family(service.web)
    picture = tmp_path / "rumah.jpg"
    picture.write_bytes(photo().read())
    number = _propose(service, looked, family, picture)
    _endorse(service, looked, number)
    _verify(service, looked, number)
    batch = _present(service, looked, number)
    _sign(service, looked, batch, number)
    verifier = service.open("verifikator_kabkota", REGENCY)
    verifier.goto(f"/keluarga/{family['family_id']}/")
    assert "Berubah sejak rilis ini" in verifier.inner_text("main")
    assert "diperbaiki" in verifier.inner_text("#rumah")
    verifier.evaluate("document.querySelector('#perubahan').scrollIntoView()")
    looked.at(verifier, "usul-keluarga")
    clerk = service.open("operator_desa", family["area"])
    clerk.goto("/usul/siks/")
    assert number in clerk.inner_text("main")
    looked.at(clerk, "usul-siks")
    assert not looked.wrong, "\n".join(looked.wrong)


def test_a_death_lets_another_receive_and_support_go_on(
    service: Any, looked: Looked, tmp_path: Path
) -> None:
    from families import one

    paid = "s.open AND s.payee_person_id <> coalesce(s.person_id, '')"
    family = a_family(
        service.web,
        f"EXISTS (SELECT 1 FROM spells AS s WHERE s.family_id = f.family_id AND {paid})",
    )
    payee = one(
        service.web,
        f"SELECT p.person_id, p.name FROM spells AS s JOIN persons AS p "
        f"ON p.person_id = s.payee_person_id WHERE s.family_id = %s AND {paid}",
        family["family_id"],
    )
    picture = tmp_path / "akta.jpg"
    picture.write_bytes(photo().read())
    page = service.open("operator_desa", family["area"])
    page.goto(f"/usul/keluarga/{family['family_id']}/")
    page.get_by_role("link", name="Kematian").click()
    page.locator(f"input[value={payee['person_id']}]").check()
    page.get_by_role("button", name="Berikutnya").click()
    page.locator("input[name=on]").fill("2026-01-20")
    page.locator("select[name=payee]").select_option(index=1)
    page.locator("textarea[name=reason]").fill("Meninggal di rumah, surat dari kelurahan ada")
    page.locator("input[name=document]").fill("474.3/12/2026")
    page.locator("input[name=paper]").set_input_files(str(picture))
    looked.at(page, "usul-kematian")
    page.get_by_role("button", name="Kirim usulan").click()
    page.wait_for_url(re.compile(r"/usul/[0-9a-f-]{36}/"))
    where = page.url
    for role, button in (("verifikator_kabkota", "Nyatakan benar"), ("kepala_dinas", "Setujui")):
        other = service.open(role, REGENCY)
        other.goto(where)
        other.get_by_role("button", name=button).click()
    page.goto(f"/keluarga/{family['family_id']}/")
    text = page.inner_text("#perubahan")
    assert "Meninggal" in text and payee["name"] in text
    looked.at(page, "usul-kematian-keluarga")
    page.goto("/usul/baru/new_family/")
    looked.at(page, "usul-keluarga-baru")
    assert not looked.wrong, "\n".join(looked.wrong)


def _propose(service: Any, looked: Looked, family: dict[str, Any], picture: Path) -> str:
    page = service.open("operator_desa", family["area"])
    page.goto(f"/keluarga/{family['family_id']}/")
    page.get_by_role("link", name="Usulkan perbaikan").click()
    looked.at(page, "usul-pilih")
    page.get_by_role("link", name="Data keliru atau sudah berubah").click()
    page.get_by_label("Rumah dan keadaan keluarga").check()
    page.get_by_role("button", name="Berikutnya").click()
    looked.at(page, "usul-siapa")
    page.get_by_label("Perumahan").check()
    page.get_by_role("button", name="Berikutnya").click()
    code = other_code(service.web, family["family_id"], "floor")
    page.locator("select[name=v_floor]").select_option(code)
    page.locator("textarea[name=reason]").fill(REASON)
    page.locator("input[name=photo]").set_input_files(str(picture))
    looked.at(page, "usul-isi")
    page.get_by_role("button", name="Kirim usulan").click()
    page.wait_for_url(re.compile(r"/usul/[0-9a-f-]{36}/"))
    looked.at(page, "usul-diusulkan")
    page.goto("/usul/?lihat=semua")
    looked.at(page, "usul-daftar")
    found = re.search(r"USL/\d{4}/\d{4}/\d{6}", page.inner_text("main"))
    assert found
    return found[0]


def _endorse(service: Any, looked: Looked, number: str) -> None:
    village = _village(service, number)
    page = service.open("kepala_desa", village)
    page.goto("/usul/musyawarah/")
    page.get_by_label(number).check()
    page.locator("input[name=document]").fill("BA/07/2026")
    looked.at(page, "usul-musyawarah")
    page.get_by_role("button", name="Sahkan yang dicentang").click()
    assert "1 usulan disahkan" in page.inner_text("main")


def _village(service: Any, number: str) -> str:
    from families import one

    return str(one(service.web, "SELECT area FROM work_item WHERE number = %s", number)["area"])


def _verify(service: Any, looked: Looked, number: str) -> None:
    page = service.open("verifikator_kabkota", REGENCY)
    page.goto("/tugas/")
    page.get_by_role("link", name=number).click()
    assert REASON in page.inner_text("main")
    looked.at(page, "usul-periksa")
    page.get_by_role("button", name="Nyatakan benar").click()
    assert "Menunggu rekomendasi" in page.inner_text("main")


def _present(service: Any, looked: Looked, number: str) -> str:
    page = service.open("kepala_dinas", REGENCY)
    page.goto("/usul/bundel/")
    page.get_by_label(number).check()
    page.locator("input[name=dokumen]").fill("460/12/Dinsos/2026")
    looked.at(page, "usul-bundel-baru")
    page.get_by_role("button", name="Rekomendasikan").click()
    page.wait_for_url(re.compile(r"/usul/bundel/[0-9a-f-]{36}/"))
    return str(page.url).partition("/usul/")[2]


def _sign(service: Any, looked: Looked, batch: str, number: str) -> None:
    page = service.open("bupati", REGENCY)
    page.goto(f"/usul/{batch}")
    assert "Dampak pada tempat" in page.inner_text("main")
    looked.at(page, "usul-bundel")
    page.locator("#dokumen-sign").fill("SK 460/2026")
    page.get_by_role("button", name="Tanda tangani").click()
    assert "Ditandatangani" in page.inner_text("main") and number in page.inner_text("main")
    looked.at(page, "usul-bundel-ditandatangani")
