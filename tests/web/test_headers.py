"""What a browser is told by every kind of answer; and no page wants more than it is allowed."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from django.test import Client, override_settings

WEB = Path(__file__).parents[2] / "src" / "tangga" / "web"
ALWAYS = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=()",
}
NEVER = ("Access-Control-Allow-Origin", "Server", "X-Powered-By")


def told(answer: Any, *, kept: bool = False) -> None:
    """The headers of an answer. kept: one that a browser may keep."""
    for name, value in ALWAYS.items():
        assert answer.headers.get(name) == value, (name, answer.headers)
    policy = dict(
        part.strip().partition(" ")[::2] for part in answer["Content-Security-Policy"].split(";")
    )
    # Of whatever is not named the browser loads nothing: objects, frames, workers.
    assert policy["default-src"] == "'none'" and policy["base-uri"] == "'none'"
    assert policy["frame-ancestors"] == "'none'" and policy["form-action"] == "'self'"
    assert policy["script-src"] == policy["style-src"] == "'self'"
    assert not re.search(r"unsafe|https?:|\*|blob:", answer["Content-Security-Policy"])
    assert kept or "no-store" in answer["Cache-Control"]
    assert not [name for name in NEVER if name in answer.headers]
    if answer.status_code not in (204, 302, 304):
        kind = answer["Content-Type"]
        text = kind.startswith("text/") and "charset=utf-8" in kind
        assert text or not kind.startswith("text/"), kind


def _page(web: Any) -> Any:
    return web.client("kepala_dinas", "1811").get("/")


def _workbook(web: Any) -> Any:
    return web.client("operator_kabkota", "1811").get("/daftar/families/xlsx/")


def _paper(web: Any) -> Any:
    return web.client("kepala_dinas", "1811").get("/daftar/families/cetak/")


def _token(web: Any) -> Any:
    from api_tokens import program

    return program(web, "operator_kabkota", "1811")


def _too_large(web: Any) -> Any:
    return Client().post("/masuk/", {"login": "x" * 3_000_000})


def _no_mark(web: Any) -> Any:
    return Client(enforce_csrf_checks=True).post("/masuk/", {"login": "x"})


def _broken(web: Any) -> Any:
    from tangga.web.dashboard import views

    client, plain = web.client("bupati", "1811"), views.area_of
    client.raise_request_exception = False

    def fails(*asked: Any) -> Any:
        raise KeyError("secret of the inside")

    views.area_of = fails
    try:
        return client.get("/wilayah/1811/")
    finally:
        views.area_of = plain


ANSWERS: dict[str, tuple[int, Any]] = {
    "page": (200, _page),
    "page for everybody": (200, lambda web: Client().get("/cek/")),
    "to the login": (302, lambda web: Client().get("/saya/")),
    "part of a page": (204, lambda web: Client().get("/saya/", headers={"HX-Request": "true"})),
    "workbook": (200, _workbook),
    "list on paper": (200, _paper),
    "open data": (200, lambda web: Client().get(_open_file(web))),
    "health": (200, lambda web: Client().get("/sehat")),
    "API": (200, lambda web: _token(web).get("release")),
    "API without a token": (401, lambda web: Client().get("/api/v1/families")),
    "API, not there": (404, lambda web: _token(web).get("nothing")),
    "API, wrong method": (405, lambda web: _token(web).client.put("/api/v1/families")),
    "API, wrong body": (422, lambda web: _token(web).post("persons/search", {"name": 5})),
    "description of the API": (200, lambda web: Client().get("/api/v1/openapi.json")),
    "documentation of the API": (200, lambda web: Client().get("/api/v1/docs")),
    "NUL": (400, lambda web: Client().get("/cek/?q=%00")),
    "no host of ours": (400, lambda web: Client().get("/", headers={"Host": "evil.example"})),
    "not allowed": (403, lambda web: web.client("bupati", "1811").get("/cari/")),
    "without the form's mark": (403, _no_mark),
    "not there": (404, lambda web: Client().get("/nothing/")),
    "no such file": (404, lambda web: Client().get("/static/nothing.js")),
    "wrong method": (405, lambda web: Client().get("/bahasa/")),
    "TRACE": (405, lambda web: Client().trace("/cek/")),
    "too large": (413, _too_large),
    "wrong form": (422, lambda web: Client().post("/cek/", {"nik": "1"})),
    "an error of ours": (500, _broken),
}


def _open_file(web: Any) -> str:
    page = Client().get("/terbuka/").content.decode()
    return re.findall(r'href="([^"]+\.csv)"', page)[0]


@pytest.mark.parametrize("name", ANSWERS)
def test_each_kind_of_answer_carries_the_headers(web: Any, name: str) -> None:
    status, ask = ANSWERS[name]
    answer = ask(web)
    assert answer.status_code == status, (name, answer.status_code)
    told(answer, kept=name == "open data")
    if status >= 400:
        said = answer.content.decode()
        assert not re.search(r"Traceback|psycopg|secret of the inside|/site-packages/", said)


def test_what_is_taken_away_is_a_file_with_a_name_of_ours(web: Any) -> None:
    """A browser does not show it as a page, and no sign of the request stands in its name."""
    for answer in (_workbook(web), Client().get(_open_file(web))):
        said = answer["Content-Disposition"]
        assert re.fullmatch(r'attachment; filename="[\w.-]+"', said), said


def test_over_tls_a_browser_is_told_to_stay_there(web: Any) -> None:
    """Read when the service starts: these are the settings of one that speaks TLS."""
    from django.conf import settings

    with override_settings(SECURE_HSTS_SECONDS=31_536_000):
        assert settings.MIDDLEWARE[0].endswith("SecurityMiddleware"), "around all the others"
        for path in ("/masuk/", "/nothing/", "/static/nothing.css", "/api/v1/families"):
            answer = Client().get(path, secure=True)
            said = answer["Strict-Transport-Security"]
            assert said == "max-age=31536000", path


INLINE = re.compile(
    r"<script(?![^>]*\bsrc=)|<style\b|\sstyle=|\son[a-z]+=|javascript:|\shx-on|<iframe|<object"
    r"|<embed|<base\b|\|\s*safe\b|autoescape false",
    re.IGNORECASE,
)


@pytest.mark.parametrize("behind_proxy", [False, True])
def test_a_program_that_asks_without_tls_is_refused_and_a_browser_led_on(
    web: Any, behind_proxy: bool
) -> None:
    """Led on, it would send its token in clear each time, and nobody would notice."""
    told_by = ("HTTP_X_FORWARDED_PROTO", "https") if behind_proxy else None
    tls = {
        "SECURE": True,
        "SECURE_SSL_REDIRECT": not behind_proxy,
        "SECURE_PROXY_SSL_HEADER": told_by,
    }
    from api_tokens import token as issued

    token = {"Authorization": f"Bearer {issued(web, 'operator_kabkota', '1811')}"}
    with override_settings(**tls):
        client = Client()
        for path in ("/api/v1/release", "/api/v1/openapi.json", "/api/v1/nothing", "/api/"):
            plain = client.get(path, headers=token)
            told(plain)
            assert plain.status_code == 403 and "Location" not in plain, path
            assert plain.json()["type"].endswith("#not_encrypted"), path
            assert "https://" in plain.json()["detail"] and "Token API" in plain.json()["detail"]
        assert client.post("/api/v1/persons/lookup", {}, headers=token).status_code == 403
        assert client.get("/api/v1/release", headers=token, secure=True).status_code == 200
        if behind_proxy:
            proto = {"X-Forwarded-Proto": "https"}
            assert client.get("/api/v1/release", headers=token | proto).status_code == 200
            return
        for page in ("/", "/masuk/", "/api/v1/docs"):
            led = client.get(page)
            assert led.status_code == 301 and led["Location"] == f"https://testserver{page}"


def test_no_template_holds_a_script_or_a_style_of_its_own() -> None:
    """Nor switches escaping off. What the policy forbids would not work, and nobody may miss it."""
    templates = sorted((WEB / "templates").rglob("*.html"))
    assert len(templates) > 100
    found = {
        f"{file.relative_to(WEB)}: {hit[0]}"
        for file in templates
        for hit in INLINE.finditer(re.sub(r"\{#.*?#\}", "", file.read_text(), flags=re.DOTALL))
    }
    assert not found, sorted(found)


def test_the_look_would_notice() -> None:
    for wrong in ("<script>x</script>", "<p style='x'>", '<a onclick="x">', "{{ name|safe }}"):
        assert INLINE.search(wrong)


def test_scripts_of_ours_make_no_code_of_text() -> None:
    scripts = [one for one in (WEB / "static").rglob("*.js") if "htmx" not in one.name]
    assert scripts
    dangerous = (
        r"\beval\(|new Function|innerHTML|outerHTML|document\.write|postMessage|localStorage"
    )
    found = {one.name: re.findall(dangerous, one.read_text()) for one in scripts}
    assert not [name for name, hits in found.items() if hits], found
