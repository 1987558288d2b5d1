"""What every answer carries, what the log may say, and what happens when things go wrong."""

from __future__ import annotations

import logging
import sys
from typing import Any

import pytest
from django.test import Client

NIK = "1811051204890001"


def test_every_answer_carries_the_headers(web: Any) -> None:
    for path in ("/masuk/", "/sehat", "/nothing-here/", "/static/nothing.css", "/saya/"):
        answer = Client().get(path)
        policy = answer["Content-Security-Policy"]
        assert "unsafe" not in policy and "frame-ancestors 'none'" in policy, path
        assert "no-store" in answer["Cache-Control"] and answer["X-Frame-Options"] == "DENY"
        assert answer["Referrer-Policy"] == "same-origin", "forms need it, other sites get none"
        assert answer["X-Content-Type-Options"] == "nosniff"
        assert answer["Cross-Origin-Opener-Policy"] == "same-origin"


@pytest.mark.parametrize(("language", "said"), [("id", "Tidak ditemukan"), ("en", "Not found")])
def test_a_page_that_is_not_there_says_so_in_both_languages(
    web: Any, language: str, said: str
) -> None:
    client = web.client("kepala_dinas", "1811")
    client.cookies["bahasa"] = language
    answer = client.get(f"/keluarga/{NIK}/")
    text = answer.content.decode()
    assert answer.status_code == 404 and said in text and f'lang="{language}"' in text
    assert NIK not in text


@pytest.mark.parametrize(
    ("role", "area", "path", "status"),
    [
        ("bupati", "1811", "/cari/", 403),
        ("kepala_dinas", "1811", "/keluarga/NONE/", 404),
        ("administrator", "18", "/nothing-here/", 404),
    ],
)
def test_a_page_of_a_mistake_keeps_menu_and_way_out_of_who_is_known(
    web: Any, role: str, area: str, path: str, status: int
) -> None:
    answer = web.client(role, area).get(path)
    text = answer.content.decode()
    assert answer.status_code == status
    assert 'action="/keluar/"' in text and 'class="menu"' in text
    assert path not in text, "where one was is not repeated"
    assert 'action="/keluar/"' not in Client().get("/nothing-here/").content.decode()


def test_a_wrong_method_and_a_missing_token_of_the_form_have_pages(web: Any) -> None:
    answer = Client().get("/bahasa/")
    assert answer.status_code == 405 and answer["Allow"] == "POST" and b"<h1>" in answer.content
    known = web.client("kepala_dinas", "1811").get("/bahasa/")
    assert known.status_code == 405 and known["Allow"] == "POST"
    assert b'action="/keluar/"' in known.content and b'class="menu"' in known.content
    client = Client(enforce_csrf_checks=True)
    answer = client.post("/masuk/", {"login": "x", "password": "y"})
    assert answer.status_code == 403 and "terlalu lama terbuka" in answer.content.decode()


def test_a_form_that_is_too_large_is_413(web: Any) -> None:
    answer = Client().post("/masuk/", {"login": "x" * 3_000_000, "password": "y"})
    assert answer.status_code == 413 and b"Traceback" not in answer.content


def test_the_database_gone_is_a_page_and_passes(fresh_web: Any) -> None:
    import psycopg

    client = Client(raise_request_exception=False)
    assert client.get("/sehat").status_code == 200
    with psycopg.connect(fresh_web.superuser_url, autocommit=True) as con:
        con.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE usename = 'tangga_owner' AND pid <> pg_backend_pid()"
        )
    answers = [client.get("/sehat") for _ in range(3)]
    assert answers[-1].status_code == 200, "a broken connection is not handed out again"
    assert {answer.status_code for answer in answers} <= {200, 503}


def test_gone_in_the_middle_of_a_request_is_503_without_a_trace(
    fresh_web: Any, monkeypatch: Any
) -> None:
    from django.db import connection

    from tangga.web.dashboard import views

    client = fresh_web.client("bupati", "1811")
    client.raise_request_exception = False
    plain = views.area_of

    def gone(*asked: Any) -> Any:
        import psycopg

        with psycopg.connect(fresh_web.superuser_url, autocommit=True) as con:
            pid = connection.connection.info.backend_pid
            con.execute("SELECT pg_terminate_backend(%s)", [pid])
        return plain(*asked)

    monkeypatch.setattr(views, "area_of", gone)
    answer = client.get("/wilayah/1811/")
    assert answer.status_code == 503 and answer["Retry-After"]
    assert "tidak tersambung" in answer.content.decode()
    assert b"psycopg" not in answer.content and b"Traceback" not in answer.content
    monkeypatch.setattr(views, "area_of", plain)
    assert client.get("/wilayah/1811/").status_code == 200


def test_the_log_says_neither_numbers_nor_queries_nor_messages() -> None:
    from tangga.web.logs import Formatter

    try:
        raise ValueError(f"Key (nik)=({NIK}) of Siti Aminah")
    except ValueError:
        error = sys.exc_info()
    record = logging.LogRecord(
        "django.request", 40, "x.py", 1, "Not Found: %s", (f"/a/{NIK}/?q=Siti",), error
    )
    text = Formatter("%(message)s").format(record)
    assert NIK not in text and "Siti" not in text
    assert "ValueError" in text and "test_middleware.py" in text


def test_nothing_is_mailed_and_nothing_is_debugged() -> None:
    from django.conf import settings

    assert settings.DEBUG is False and settings.ADMINS == []
    handlers = settings.LOGGING["handlers"]
    assert {one["class"] for one in handlers.values()} == {"logging.StreamHandler"}
    assert not any(logging.getLogger("django").handlers)


def test_a_view_that_does_not_say_who_may_see_it_answers_nobody(web: Any) -> None:
    from django.core.exceptions import PermissionDenied
    from django.http import HttpResponse
    from django.test import RequestFactory

    from tangga.web.middleware.viewer import SetViewer
    from tangga.web.viewer import viewer_of

    request = RequestFactory().get("/forgotten/")
    request.viewer, request.step = viewer_of(web.user("kemensos", ""), None), None
    with pytest.raises(PermissionDenied):
        SetViewer(lambda request: HttpResponse("x")).process_view(request, HttpResponse, (), {})


def test_a_part_of_a_page_leads_to_the_login_as_a_whole(web: Any) -> None:
    answer = Client().get("/saya/", headers={"HX-Request": "true"})
    assert answer.status_code == 204 and answer["HX-Redirect"].startswith("/masuk/")
