"""What nobody sensible sends to the API: refused in words, and nothing breaks."""

from __future__ import annotations

import json
from typing import Any

import pytest
from api_tokens import Program, program

FORGED_IDS = (
    "F0000000000000",
    "F" * 40,
    "F" * 5000,
    "' OR 1=1 --",
    "%00",
    "%ff%fe",
    "..%2f..%2fetc%2fpasswd",
    "F8035F75719F47%20",
    "%F0%9F%98%80",
)
QUERIES = (
    {"area": "99"},
    {"area": "1811'"},
    {"area": "18110520010000"},
    {"area": "٣٤"},
    {"area": "\0"},
    {"limit": "-1"},
    {"limit": "0"},
    {"limit": "999999999999999999999"},
    {"limit": "1e3"},
    {"limit": ""},
    {"cursor": "AAAA"},
    {"cursor": "A" * 300},
    {"cursor": "A" * 9000},
    {"cursor": "%00"},
)


@pytest.fixture(scope="module")
def asks(web: Any) -> Program:
    """A program of the office of one kabupaten."""
    return program(web, "operator_kabkota", "1811")


def _refused(answer: Any, *statuses: int) -> None:
    """In words of both languages, as problem+json, and without the inside of the program."""
    assert answer.status_code in statuses, answer.content
    assert answer.headers["Content-Type"] == "application/problem+json"
    said = answer.json()
    assert said["status"] == answer.status_code
    assert said["title"] != said["title_en"]
    assert "{" not in said["detail"]
    for inside in ("Traceback", "psycopg", "SELECT", ".py", "postgresql"):
        assert inside not in answer.content.decode()


@pytest.mark.parametrize("forged", FORGED_IDS)
def test_a_forged_id_is_not_there(asks: Program, forged: str) -> None:
    for path in (f"families/{forged}", f"persons/{forged}", f"families/{forged}/persons"):
        _refused(asks.client.get(f"/api/v1/{path}"), *_answers_to(forged))
    _refused(asks.client.get(f"/api/v1/lists/{forged}"), *_answers_to(forged))


def _answers_to(forged: str) -> tuple[int, ...]:
    """A NUL is in no text, so such a request is refused before anything is looked for."""
    return (400,) if forged == "%00" else (404, 422)


@pytest.mark.parametrize("query", QUERIES, ids=json.dumps)
def test_a_forged_query_is_refused(asks: Program, query: dict[str, str]) -> None:
    for path in ("families", "decisions", "lists/families"):
        _refused(asks.get(path, **query), 400, 404, 422)


def test_a_cursor_is_good_for_its_own_question_only(web: Any, asks: Program) -> None:
    cursor = asks.get("families", limit=2).json()["next"]
    assert asks.get("families", limit=2, cursor=cursor).status_code == 200
    for answer in (
        asks.get("families", limit=2, rung="protection", cursor=cursor),
        asks.get("decisions", limit=2, cursor=cursor),
        asks.get("families", limit=2, cursor=cursor[:-2] + "AA"),
        asks.get("families", limit=2, cursor=cursor[2:]),
        program(web, "kemensos", "").get("families", limit=2, cursor=cursor),
        program(web, "operator_kabkota", "1771").get("families", limit=2, cursor=cursor),
    ):
        _refused(answer, 400)
        assert answer.json()["type"].endswith("#bad_cursor")


@pytest.mark.parametrize(
    "body",
    [
        "",
        "{",
        "[]",
        "null",
        '"siti"',
        '{"name": NaN}',
        '{"name": "siti", "area": ["18"]}',
        '{"name": 5}',
        '{"name": "x"}',
        '{"name": "\\u0000siti"}',
        '{"name": "\\ud800siti"}',
        '{"name": "siti", "birth_year": 99999999999999999999}',
        '{"name": "siti", "limit": 1000}',
        '{"name": "siti", "more": 1}',
        "[" * 5000 + "]" * 5000,
        b'{"name": "\xff\xfe\xfa"}',
        json.dumps({"name": "a" * 10_000}),
    ],
    ids=lambda body: repr(body)[:30],
)
def test_a_body_that_is_no_question_is_refused(asks: Program, body: Any) -> None:
    _refused(asks.post("persons/search", body), 400, 422)


def test_a_refusal_does_not_repeat_what_was_sent(asks: Program) -> None:
    secret = "1811019912310001"  # pragma: allowlist secret
    bodies = (
        {"kind": "nik", "number": secret + "x"},
        {secret: 1},
        {"kind": "nik"},
        {"name": [secret]},
    )
    for body in bodies:
        for path in ("persons/lookup", "persons/search"):
            answer = asks.post(path, body)
            _refused(answer, 422)
            assert secret not in answer.content.decode()
    answer = asks.client.get(f"/api/v1/families?limit={secret}")
    _refused(answer, 422)
    assert secret not in answer.content.decode()


def test_signs_of_sql_and_patterns_are_letters_like_others(asks: Program) -> None:
    for name in ("'; DROP TABLE persons; --", "%%%", "___", "\\'", "a)(b", "☃☃☃", "si" * 50):
        answer = asks.post("persons/search", {"name": name})
        assert answer.status_code == 200, answer.content


def test_a_body_too_large_or_of_another_kind_is_refused(asks: Program) -> None:
    _refused(asks.post("persons/search", json.dumps({"name": "a" * 70_000})), 413)
    _refused(asks.post("persons/search", "a" * 3_000_000), 413)
    for kind in ("text/plain", "application/x-www-form-urlencoded", "multipart/form-data", "x"):
        _refused(asks.post("persons/search", "{}", content_type=kind), 415)


@pytest.mark.parametrize(
    "header",
    ["", "Bearer", "Bearer ", "Basic dGFuZ2dh", "Bearer x", "Bearer " + "x" * 9000, "tangga_"],
)
def test_what_is_no_token_opens_nothing(web: Any, header: str) -> None:
    from django.test import Client

    client = Client(headers={"Authorization": header} if header else {})
    for path in ("families", "release", "figures", "lists"):
        answer = client.get(f"/api/v1/{path}")
        _refused(answer, 401)
        assert answer.headers["WWW-Authenticate"] == "Bearer"
    _refused(client.post("/api/v1/persons/search", {}), 401)


def test_an_address_or_a_method_that_there_is_not(asks: Program) -> None:
    _refused(asks.get("nothing"), 404)
    _refused(asks.client.get("/api/v2/families"), 404)
    for method in ("put", "patch", "delete"):
        answer = getattr(asks.client, method)("/api/v1/families")
        _refused(answer, 405)
        assert answer.headers["Allow"] == "GET"
