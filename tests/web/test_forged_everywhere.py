"""Every address as every role, with parameters that nobody sensible sends.

In paths, in what is asked behind them, and in forms. The answer is a refusal or a page: never an
error of ours, never what was sent as part of the page's own text. Which of the forged values meets
which address changes from role to role, so that all roles together try each on each.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any
from urllib.parse import quote

import pytest
from django.test import Client
from test_walls_between_areas import LEAVES, neighbours
from users import PASSWORD, log_in, make_user
from walking import Address, Side, addresses, filled, form_of, marks, query_of, text_of

from tangga.registry.load import pack_dir
from tangga.web.access import load_access

ROLES = load_access(pack_dir("indonesia")).roles
SCRIPT = "<script>alert(1)</script>"
FORGED = (
    "' OR '1'='1' --",
    f'">{SCRIPT}',
    "../../../../etc/passwd",
    "9" * 40,
    "-1",
    "٣٤",
    "x" * 5000,
    "{{7*7}}${7*7}#{7*7}",
    "a\r\nX-Evil: 1",
    "%00%ff%fe",
    "😀\u202e\ufeff",
    "NaN",
    "[]",
    "18110520010000000000",
    "2026-13-45",
    "=cmd|' /C calc'!A0",
)
ASKED_BY = [
    "wilayah",
    "area",
    "code",
    "kode",
    "dari",
    "cari",
    "cursor",
    "after",
    "before",
    "q",
    "hal",
    "urutan",
    "arah",
    "keluarga",
    "family",
    "orang",
    "person",
    "nomor",
    "number",
    "tahun",
    "year",
    "hari",
    "tabel",
    "programme",
    "program",
    "keadaan",
    "state",
    "jenis",
    "kind",
    "pilar",
    "lahir",
    "nama",
    "nik",
    "kk",
    "versi",
    "langkah",
    "alasan",
    "dokumen",
    "sekali",
    "kunci",
    "purpose",
    "reason",
    "role",
    "post",
    "berkas",
    "lakukan",
    "ke",
    "next",
    "bahasa",
    "peran",
    "bulan",
    "sampai",
    "tanggal",
    "jumlah",
    "amount",
    "puskesmas",
]
INSIDE = re.compile(r"Traceback|psycopg|SyntaxError|OperationalError|DataError|/site-packages/")


def _answers(client: Client, address: Address, side: Side, turn: int) -> Iterator[tuple[str, Any]]:
    """A forged path, a forged question, a forged form, a method that is none."""
    value = FORGED[turn % len(FORGED)]
    good = filled(address, side, 1)[0][0]
    if address.parameters:
        last = address.parameters[-1]
        values = {one: _first(address, good, one) for one in address.parameters}
        bad = address.with_values(values | {last: quote(value, safe="")})
        yield f"GET {bad[:120]}", client.get(bad)
    asked = {name: FORGED[(turn + n) % len(FORGED)] for n, name in enumerate(ASKED_BY)}
    yield f"GET {good} ?{turn}", client.get(good, asked)
    if address.name in LEAVES:
        return
    yield f"POST {good} {turn}", client.post(good, asked)
    body = b'{"a": [' + value.encode("utf-8", "replace")
    yield f"PUT {good}", client.put(good, body, content_type="application/json")


def _first(address: Address, path: str, parameter: str) -> str:
    """The good value of a parameter, read back from the path."""
    pattern = re.sub(
        r"<([^>]+)>", lambda m: "([^/]+)" if m[1] == parameter else "[^/]+", address.route
    )
    found = re.fullmatch("/" + pattern, path)
    return found[1] if found else "x"


def wrong_with(answer: Any) -> str:
    """What is wrong with an answer; empty for a calm one."""
    if answer.status_code >= 500:
        return str(answer.status_code)
    if "X-Evil" in answer.headers or "\n" in str(answer.headers.get("Location", "")):
        return "a header of the request's"
    text = text_of(answer)
    if SCRIPT in text:
        return "the script as it was sent"
    if "49$49" in text or "${49}" in text:
        return "a template worked out"
    if said := INSIDE.search(text):
        return said[0]
    there = answer.headers.get("Location", "")
    return f"leads to {there}" if re.match(r"(?:https?:)?//|javascript:", there) else ""


def _side(web: Any, role: str) -> Side:
    level = ROLES[role].levels[0]
    wide = {"country": "", "province": "18"}
    area = wide[level] if level in wide else neighbours(web, level)[0]
    side = Side(web.superuser_url, area)
    side.users.update({"nobody": 999_999})
    return side


IN_EVERY_RUN = ("operator_kabkota",)


@pytest.mark.parametrize(
    "role",
    [r if r in IN_EVERY_RUN else pytest.param(r, marks=pytest.mark.slow) for r in (*ROLES, "")],
)
def test_no_forged_parameter_breaks_a_page_of_any_role(web: Any, role: str) -> None:
    side = _side(web, role or "operator_desa")
    client = web.client(role, side.area)
    client.raise_request_exception = False
    turn, wrong, asked = [*ROLES, ""].index(role), [], 0
    for n, address in enumerate(addresses()):
        for what, answer in _answers(client, address, side, turn + n):
            asked += 1
            if said := wrong_with(answer):
                wrong.append(f"{what}: {said}")
    assert not wrong, wrong
    assert asked > 400
    if role:
        assert client.get("/saya/").status_code == 200, "still logged in: pages were asked"


def test_the_look_would_notice() -> None:
    from django.http import HttpResponse, HttpResponseRedirect

    for answer in (
        HttpResponse(SCRIPT),
        HttpResponse("", status=500),
        HttpResponse("psycopg.errors"),
        HttpResponseRedirect("https://evil.example/"),
    ):
        assert wrong_with(answer)


def test_a_parameter_that_stands_twice_or_elsewhere_opens_nothing(web: Any) -> None:
    """In the address and in the form, twice in either: nothing of a neighbour follows from it."""
    theirs, mine = (Side(web.superuser_url, code) for code in neighbours(web, "regency"))
    client, seen = web.client("operator_kabkota", mine.area), marks(theirs, mine)
    for path in ("/daftar/families/", "/cari/", "/wilayah/", "/tugas/", "/rencana/"):
        for asked in (
            {"wilayah": [mine.area, theirs.area]},
            {"wilayah": [theirs.area, mine.area]},
            {"wilayah[]": theirs.area, "Wilayah": theirs.area},
        ):
            text = text_of(client.get(path, asked))
            assert not seen.on(text, {theirs.area}), (path, asked)
    family = theirs.families[0]
    for path in (f"/keluarga/{mine.families[0]}/?family_id={family}&keluarga={family}",):
        assert not seen.on(text_of(client.get(path)), {family})
        assert not seen.on(text_of(client.post(path, {"family_id": family})), {family})


# --- Who is known, and still owes a step ---------------------------------------------------------


def _without_telephone(area: str) -> Client:
    user, client = make_user("operator_desa", area, username="without-telephone"), Client()
    client.post("/masuk/", {"login": user.username, "password": PASSWORD})
    return client


def _given_password(area: str) -> Client:
    from tangga.web.accounts.actions import create_account

    said = {"role": "operator_desa", "area": area, "by": None}
    user, password = create_account(username="given-password", **said)
    client = Client()
    client.post("/masuk/", {"login": user.username, "password": password})
    return client


def _without_post(area: str) -> Client:
    from tangga.web.accounts.actions import create_account

    user = create_account(username="without-post", password=PASSWORD, by=None)[0]
    client = Client()
    log_in(client, user)
    return client


@pytest.mark.parametrize("make", [_without_telephone, _given_password, _without_post])
def test_who_owes_a_step_sees_nothing_of_anybody(web: Any, make: Any) -> None:
    """The password alone, the password of somebody else, an account in no post."""
    mine, theirs = (Side(web.superuser_url, code) for code in neighbours(web, "village"))
    mine.users.update({"nobody": 999_999})
    seen, client = marks(mine, theirs), make(mine.area)
    client.raise_request_exception = False
    assert client.get("/saya/").status_code == 200, "known, so far"
    opened, leaks = 0, []
    for address in addresses():
        if address.needed in ("(anyone)",) or address.name in LEAVES:
            continue
        path, given = filled(address, mine, 1)[0]
        query, form = query_of(mine), form_of(mine)
        answers = (client.get(path, query), client.post(path, form))
        known = given | set(query.values()) | set(form.values())
        for answer in answers:
            opened += answer.status_code == 200
            if answer.status_code >= 500 or seen.on(text_of(answer), known):
                leaks.append((path, answer.status_code))
    assert not leaks, leaks
    assert opened < 60, "only pages of one's own account"
