"""From the login to the paper in somebody's hand, in a real browser."""

from __future__ import annotations

import io
import re
import time
from pathlib import Path
from typing import Any

import pytest
from pages import HERE, OFFICER
from users import PASSWORD

pytestmark = pytest.mark.slow


def test_logging_in_needs_the_password_and_the_code(service: Any) -> None:
    user = service.web.user(OFFICER, HERE)
    secret = _second_factor(user)
    page = service.visit()
    page.goto(f"/wilayah/{HERE}/")
    assert "/masuk/" in page.url
    page.locator("input[name=login]").fill(user.username)
    page.locator("input[name=password]").fill("salah-sama-sekali")
    page.get_by_role("main").get_by_role("button").click()
    assert page.get_by_role("alert").count() == 1
    page.locator("input[name=login]").fill(user.username)
    page.locator("input[name=password]").fill(PASSWORD)
    page.get_by_role("main").get_by_role("button").click()
    page.wait_for_url("**/kode/**")
    page.locator("input[autocomplete=one-time-code]").fill("000000")
    page.get_by_role("main").get_by_role("button").click()
    assert page.get_by_role("alert").count() == 1
    page.locator("input[autocomplete=one-time-code]").fill(_code(secret))
    page.get_by_role("main").get_by_role("button").click()
    page.wait_for_url(f"**/wilayah/{HERE}/")
    assert "Mesuji" in page.inner_text("h1")
    page.locator("header form[action='/keluar/'] button").click()
    page.goto(f"/wilayah/{HERE}/")
    assert "/masuk/" in page.url


def test_from_the_country_down_to_a_village_and_into_a_family(service: Any) -> None:
    page = service.open("kemensos", "")
    page.goto("/wilayah/")
    at = ""
    for digits in (2, 4, 6, 10):
        link = _way_down(page, at, digits)
        link.click()
        at = re.search(r"/wilayah/(\d+)/", page.url)[1]
        assert len(at) == digits
    page.locator("main a[href*='/daftar/families/']").first.click()
    page.wait_for_url("**/daftar/families/**")
    page.locator("main a[href*='/keluarga/']").first.click()
    page.wait_for_url("**/keluarga/**")
    assert page.locator("h1").count() == 1


def _way_down(page: Any, at: str, digits: int) -> Any:
    """The link to an area right inside this one in which there are families."""
    for link in page.locator("main a[href*='/wilayah/']").all():
        code = re.search(r"/wilayah/(\d+)/", link.get_attribute("href") or "")
        if code and len(code[1]) == digits and code[1].startswith(at) and _lived_in(code[1]):
            return link
    return pytest.fail(f"no way from {at or 'the country'} to {digits} digits")


def _lived_in(code: str) -> bool:
    return any(one.startswith(code) or code.startswith(one) for one in (HERE,))


def test_a_family_is_found_by_name_and_one_reads_why(service: Any) -> None:
    with service.web.owner() as con:
        name, family = con.execute(
            "SELECT head_name, family_id FROM r_1.family_index WHERE area LIKE %s "
            "AND head_name LIKE %s AND cardinality(programmes) > 0 ORDER BY 2 LIMIT 1",
            [f"{HERE}%", "% %"],
        ).fetchone()
    page = service.open(OFFICER, HERE)
    page.goto("/cari/")
    page.locator("input[name=q]").fill(name[:-2] + name[-1])
    page.locator("input[name=q]").press("Enter")
    page.wait_for_load_state()
    assert name not in page.url
    page.locator(f"main a[href*='{family}']").first.click()
    page.wait_for_url(f"**/keluarga/{family}/")
    # What is folded away is there at a click.
    closed = page.locator("main details:not([open]) > summary")
    while closed.count():
        closed.first.click()
    said = page.inner_text("main")
    assert name.split()[0].lower() in said.lower()
    assert re.search(r"(?i)kepmensos|permensos|UU \d+|PP \d+|Inpres", said)
    page.get_by_role("link", name=re.compile("sumber", re.I)).first.click()
    page.wait_for_url("**/sumber/")


def test_a_list_is_exported_and_is_a_workbook(service: Any, tmp_path: Path) -> None:
    from openpyxl import load_workbook

    page = service.open(OFFICER, HERE)
    page.goto("/daftar/determined/")
    total = int(page.locator("[data-total]").first.get_attribute("data-total"))
    with page.expect_download() as coming:
        page.locator("main a[href*='/xlsx/'], main form[action*='/xlsx/'] button").first.click()
    file = tmp_path / "list.xlsx"
    coming.value.save_as(file)
    book = load_workbook(io.BytesIO(file.read_bytes()), read_only=True)
    rows = sum(1 for sheet in book for row in sheet.iter_rows(values_only=True) if any(row))
    assert rows >= total > 0


def test_a_file_is_uploaded_and_looked_at(service: Any, tmp_path: Path) -> None:
    file = tmp_path / "kunjungan.csv"
    file.write_text("NIK,NAMA,DESA\n1811010101800001,SITI AMINAH,1811052010\n", encoding="utf-8")
    page = service.open(OFFICER, HERE)
    page.goto("/unggah/")
    page.locator("input[type=file]").set_input_files(file)
    page.locator("main form:has(input[type=file]) button").last.click()
    page.wait_for_url(re.compile(r"/unggah/[0-9a-f-]{36}/"))
    assert "kunjungan.csv" in page.inner_text("main")
    assert "SITI AMINAH" not in page.url


def _second_factor(user: Any) -> str:
    """The secret of a telephone that the user has set up."""
    from allauth.mfa.models import Authenticator
    from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret

    Authenticator.objects.filter(user=user).delete()
    secret = generate_totp_secret()
    TOTP.activate(user, secret)
    return secret


def _code(secret: str) -> str:
    from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value

    return format_hotp_value(hotp_value(secret, int(time.time()) // 30))
