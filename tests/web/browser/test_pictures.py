"""The pictures of the guides, taken of invented people; they are taken anew by

TANGGA_SCREENSHOTS=1 ./tangga test -m slow tests/web/browser/test_pictures.py
"""

from __future__ import annotations

import json
import os
import tomllib
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from furnished import Furnished
from intake_office import Office
from pages import HERE, OFFICER, one_family
from pictures import take

pytestmark = pytest.mark.slow

KEPT = Path(__file__).parents[3] / "docs" / "images"
MOST_BYTES = 150_000
NAME = "Rina Wulandari"
MOMENT = datetime(2026, 2, 2, 2, 30, tzinfo=UTC)
"""When everything was done, so that a picture changes with the page only."""
WIDE = {"width": 1100, "height": 800}
PHONE = {"width": 320, "height": 900}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Where pictures go: to the guides where that is wanted."""
    if os.environ.get("TANGGA_SCREENSHOTS") != "1":
        return tmp_path
    KEPT.mkdir(parents=True, exist_ok=True)
    return KEPT


@pytest.fixture(scope="module")
def office(office: Office, workspace: Path) -> Office:
    """Its rules are those that the release was decided by."""
    said = tomllib.loads((workspace / "tangga.toml").read_text(encoding="utf-8"))
    local = json.dumps([str(workspace / name) for name in said["policy"]])
    settings = office.workspace / "tangga.toml"
    before = settings.read_text(encoding="utf-8")
    settings.write_text(f"policy = {local}\n{before}", encoding="utf-8")
    return office


@pytest.fixture
def window(service: Any, furnished: Furnished) -> Callable[..., Any]:
    """A window of the officer, as wide as asked."""
    from tangga.web.accounts.models import User
    from tangga.web.intake.models import Job, Upload

    User.objects.filter(pk=service.web.user(OFFICER, HERE).pk).update(name=NAME)
    for model in (Job, Upload):
        model.objects.update(at=MOMENT)

    def opened(path: str, size: dict[str, int] = WIDE) -> Any:
        page = service.open(OFFICER, HERE, viewport=size)
        page.goto(path)
        return page

    return opened


def test_pictures_of_reading(window: Any, service: Any, folder: Path) -> None:
    family, _, _, name = one_family(service.web)
    take(window(f"/wilayah/{HERE}/", {"width": 1280, "height": 860}), folder / "dasbor.png")
    take(window(f"/wilayah/{HERE}/", PHONE), folder / "dasbor-telepon.png")
    page = window("/cari/", {**WIDE, "height": 620})
    page.locator("input[name=q]").fill(name)
    with page.expect_navigation():
        page.locator("input[name=q]").press("Enter")
    take(page, folder / "cari.png")
    take(window("/daftar/near_cap/", {**WIDE, "height": 700}), folder / "daftar.png")
    take(window(f"/keluarga/{family}/"), folder / "keluarga.png")
    page = window(f"/keluarga/{_with_a_move(service.web)}/")
    for why in page.locator("#langkah details.why:not([open]) > summary").all():
        why.click()
    take(page.locator("#langkah"), folder / "mengapa.png")
    sheet = window(f"/keluarga/{family}/lembar/", {"width": 860, "height": 900})
    take(sheet.locator(".sheet"), folder / "lembar.png")
    _all_small(folder)


def test_pictures_of_working(window: Any, service: Any, furnished: Furnished, folder: Path) -> None:
    match = window(furnished.uploads["unknown"], {**WIDE, "height": 950})
    take(match, folder / "cocokkan.png")
    take(window(furnished.jobs["done"], {**WIDE, "height": 760}), folder / "hasil.png")
    take(window("/kebijakan/program/pkh/", {**WIDE, "height": 900}), folder / "kebijakan.png")
    changes = f"/rilis/{furnished.release}/perubahan/"
    take(window(changes, {**WIDE, "height": 640}), folder / "perubahan.png")
    page = service.visit(viewport={"width": 480, "height": 470})
    page.goto("/masuk/")
    take(page, folder / "masuk.png")
    _all_small(folder)


def _with_a_move(web: Any) -> str:
    """A family whose next move is due, and why."""
    with web.owner() as con:
        return con.execute(
            "SELECT family_id FROM r_1.family_index WHERE area LIKE %s AND due_move IS NOT NULL "
            "AND in_cap_queue ORDER BY 1 LIMIT 1",
            [f"{HERE}%"],
        ).fetchone()[0]


def _all_small(folder: Path) -> None:
    files = list(folder.glob("*.png"))
    assert len(files) >= 5
    assert [file.name for file in files if file.stat().st_size >= MOST_BYTES] == []
