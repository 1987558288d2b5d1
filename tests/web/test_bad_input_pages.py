"""What nobody sensible sends to the pages: refused on a page in words, and nothing breaks."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

import pytest

ROLE, HERE = "operator_kabkota", "1811"
NAMES = (
    "a" * 10_000,
    "\0",
    "%00",
    "'; DROP TABLE persons; --",
    chr(0x1F600) * 50,
    "%%__\\",
    "   ",
)
FORGED = ("F0000000000000", "x" * 3000, "' OR 1=1", "%00", "%ff%fe", "F8035F75719F47/../..", "😀")
GONE = {301, 302, 400, 403, 404, 405, 413, 414, 422}


@pytest.fixture(scope="module")
def officer(web: Any) -> Any:
    """An officer of one kabupaten."""
    made = web.client(ROLE, HERE)
    made.raise_request_exception = False
    return made


def _is_calm(answer: Any, *statuses: int) -> None:
    """Refused or answered, without the inside of the program and without an error of ours."""
    assert answer.status_code in (statuses or GONE), (answer.status_code, answer.content[:300])
    text = answer.content.decode("utf-8", "replace") if not answer.streaming else ""
    for inside in ("Traceback", "psycopg", "django.", "OperationalError", "SELECT "):
        assert inside not in text


@pytest.mark.parametrize("forged", FORGED, ids=lambda one: repr(one)[:20])
def test_a_forged_id_leads_to_a_page_that_says_so(officer: Any, forged: str) -> None:
    at = forged if forged.startswith("%") else quote(forged)
    for path in ("keluarga/{}/", "keluarga/{}/sumber/", "keluarga/{}/riwayat/", "orang/{}/"):
        _is_calm(officer.get("/" + path.format(at)))
    for path in ("wilayah/{}/", "daftar/{}/", "rilis/{}/", "unggah/{}/", "pekerjaan/{}/"):
        _is_calm(officer.get("/" + path.format(at)))


@pytest.mark.parametrize("area", ["1771", "99", "18", "18110520010000", "٣٤", "1811'", "-1"])
def test_an_area_of_others_or_of_nobody_is_refused(officer: Any, area: str) -> None:
    _is_calm(officer.get(f"/wilayah/{quote(area)}/"))
    for path in ("/daftar/families/", "/cari/"):
        _is_calm(officer.get(path, {"wilayah": area}), 200, *GONE)


@pytest.mark.parametrize("name", NAMES, ids=lambda one: repr(one)[:20])
def test_a_name_that_is_none_is_searched_in_peace(officer: Any, name: str) -> None:
    for field in ("q", "tahun", "wilayah", "halaman"):
        _is_calm(officer.get("/cari/", {field: name}), 200, *GONE)
        _is_calm(officer.post("/cari/", {"q": "siti", field: name}), 200, *GONE)


@pytest.mark.parametrize(
    "query",
    [
        {"hal": "-1"},
        {"hal": "9" * 50},
        {"dari": "AAAA"},
        {"dari": "%00"},
        {"dari": "A" * 9000},
        {"urutan": "nik; DROP"},
        {"arah": "x"},
        {"decile": "-"},
        {"decile": "\0"},
        {"kunci": "' OR 1=1"},
    ],
    ids=str,
)
def test_a_forged_address_of_a_list(officer: Any, query: dict[str, str]) -> None:
    for path in ("/daftar/families/", "/daftar/determined/", "/audit/", "/akun/"):
        _is_calm(officer.get(path, query), 200, *GONE)


def test_a_form_without_its_mark_is_refused(web: Any) -> None:
    from django.test import Client
    from users import log_in

    strict = Client(enforce_csrf_checks=True)
    log_in(strict, web.user(ROLE, HERE))
    for path in ("/akun/token/", "/unggah/", "/keluar/", "/bahasa/"):
        answer = strict.post(path, {"name": "x"})
        _is_calm(answer, 403)
        assert "<h1>" in answer.content.decode()


def test_a_body_too_large_is_refused(officer: Any) -> None:
    body = "name=" + "a" * 3_000_000
    kind = "application/x-www-form-urlencoded"
    _is_calm(officer.post("/akun/token/", body, content_type=kind), 413)
    many = "&".join(f"f{n}=1" for n in range(5000))
    _is_calm(officer.post("/akun/token/", many, content_type=kind), 400, 413)


def test_headers_and_bodies_that_are_none(officer: Any) -> None:
    _is_calm(officer.get("/akun/token/", headers={"Cookie": "x" * 20_000}), 200, *GONE)
    _is_calm(officer.get("/akun/token/", headers={"Host": "evil.example"}), 400)
    _is_calm(officer.get("/akun/token/", headers={"Accept-Language": "\0" * 100}), 200, *GONE)
    for kind in (
        "multipart/form-data",
        "multipart/form-data; boundary=x",
        "application/json",
        "x/y",
    ):
        _is_calm(officer.post("/akun/token/", b"\xff\xfe\0{", content_type=kind), 200, *GONE)


def test_going_elsewhere_after_the_language_is_not_possible(officer: Any) -> None:
    for to in ("https://evil.example/", "//evil.example", "javascript:alert(1)", "\\\\evil"):
        answer = officer.post("/bahasa/", {"bahasa": "en", "ke": to})
        assert answer.headers["Location"] == "/"
