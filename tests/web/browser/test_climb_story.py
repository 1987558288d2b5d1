"""The ladder in a real browser: a graduation by three people, a group, the cap, on a phone too."""

from __future__ import annotations

import os
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from clicking import press
from climbing import Climb, graduable
from pictures import take
from readable import good

from tangga.web.today import pretend

pytestmark = pytest.mark.slow

KEPT = Path(__file__).parents[3] / "docs" / "images"
TODAY = date(2026, 2, 2)
WIDE, PHONE = {"width": 1100, "height": 900}, {"width": 320, "height": 900}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Where pictures go: to the guides where that is wanted."""
    return KEPT if os.environ.get("TANGGA_SCREENSHOTS") == "1" else tmp_path


@pytest.fixture(scope="module")
def climb(web: Any) -> Climb:
    return Climb(web)


@pytest.fixture
def window(service: Any) -> Callable[..., Any]:
    """A window of somebody, at an address."""

    def opened(role: str, area: str, path: str, size: dict[str, int] = WIDE) -> Any:
        page = service.open(role, area, viewport=size)
        page.goto(path)
        return page

    return opened


def test_a_graduation_by_three_people(
    climb: Climb, window: Callable[..., Any], folder: Path
) -> None:
    from tangga.web.work import clock_job

    with pretend(TODAY):
        family = graduable(climb, area="1811", support=True)
    id_, area = family["family_id"], family["area"]
    page = window("pendamping_pkh", area[:6], "/tangga/graduasi/")
    good(page)
    take(page, folder / "calon-graduasi.png")
    page.locator(f"a[href='/tangga/keluarga/{id_}/']").click()
    good(page)
    page.locator("#alasan-graduation").fill("Usaha warung berjalan sejak 2024, keluarga bersedia.")
    press(page, "Usulkan graduasi")
    matter = page.url
    assert "7 dari 7 syarat terpenuhi" in page.inner_text("main")
    good(page)
    assert page.get_by_role("button", name="Semua syarat sudah diperiksa").count() == 0
    check = window("koordinator_pkh", area[:4], matter)
    press(check, "Semua syarat sudah diperiksa")
    boss = window("kepala_dinas", area[:4], matter)
    take(boss, folder / "graduasi.png", full_page=True)
    press(boss, "Tetapkan dengan berita acara")
    assert "BA-GRAD" in boss.inner_text("main") and "PEMB" in boss.inner_text("main")
    with pretend(TODAY + timedelta(days=14)):
        clock_job.overdue()
    boss.goto(matter)
    text = boss.inner_text("main")
    assert "Akibat keputusan ini" in text and "Lulus" in text
    good(boss)
    phone = window("pendamping_pkh", area[:6], matter, PHONE)
    good(phone)
    take(phone, folder / "graduasi-telepon.png")
    own = window("pendamping_pkh", area[:6], f"/keluarga/{id_}/")
    assert "keluarga ini berada di: Lulus" in own.inner_text("main")


def test_every_page_of_the_ladder_can_be_read_on_a_phone(
    climb: Climb, window: Callable[..., Any], folder: Path
) -> None:
    from tangga.web.journeys.climb import kube
    from tangga.web.journeys.climb.models import Potential

    with pretend(TODAY), climb.acting("operator_kabkota", "1811") as by:
        rows = climb.ask(
            "SELECT f.family_id, f.head_person_id, f.area FROM families AS f JOIN persons AS p "
            "ON p.person_id = f.head_person_id WHERE f.area LIKE '1811%%' "
            "AND p.birth_date BETWEEN '1975-01-01' AND '1995-01-01' ORDER BY 1 LIMIT 60"
        )
        district = rows[0]["area"][:6]
        rows = [row for row in rows if row["area"].startswith(district)][:5]
        potential = Potential.objects.create(
            area=district,
            kind="buyer",
            name="Pabrik tapioka Simpang Pematang",
            business="food_crops",
            capacity=40,
            source="Dinas Perdagangan",
            on_date=date(2026, 1, 15),
            by=by.user,
        )
        item = kube.gather(
            name="KUBE Melati",
            area=district,
            by=by,
            business="food_crops",
            potential=potential,
        )
        roles = ("chair", "secretary", "treasurer", "member", "member")
        for row, role in zip(rows, roles, strict=False):
            item = kube.join(
                item,
                family_id=row["family_id"],
                person_id=row["head_person_id"],
                role=role,
                by=by,
                version=item.version,
            )
    page = window("operator_kabkota", "1811", f"/tangga/kelompok/{item.pk}/")
    good(page)
    take(page, folder / "kube.png")
    family = rows[0]["family_id"]
    phone = window("operator_kabkota", "1811", "/tangga/", PHONE)
    for path in (
        *("", "graduasi/", "batas/", "rencana/", "pencegahan/", "lulus/", "kelompok/", "potensi/"),
        *(f"kelompok/{item.pk}/", f"keluarga/{family}/", f"keluarga/{family}/tempat/"),
    ):
        phone.goto(f"/tangga/{path}")
        good(phone)
