"""Reasons and money by a code to the registered telephone; the same to who has none."""

from __future__ import annotations

import base64
import json
import re
from typing import Any

import pytest
from public_people import Somebody, forget_tries, of_programme

TOKEN = re.compile(r'name="orang" value="([^"]+)"')
SHOWN = re.compile(r'id="kode-demo">(\d{6})<')


@pytest.fixture(autouse=True)
def _nobody_waits(web: Any, monkeypatch: Any) -> None:
    from tangga.web.public import pace

    forget_tries(web)
    monkeypatch.setattr(pace, "wait", lambda began: None)


@pytest.fixture
def demo(monkeypatch: Any) -> None:
    from dataclasses import replace

    from django.conf import settings

    monkeypatch.setattr(settings, "ENV", replace(settings.ENV, demo=True))


@pytest.fixture
def recipients(web: Any) -> list[Somebody]:
    return [one for one in of_programme(web, "pkh", most=30) if one.area.startswith("1811")]


def register(web: Any, one: Somebody, number: str = "0812 3456 7890") -> None:
    client = web.client("operator_kabkota", "1811")
    said = {"person": one.person_id, "telephone": number}
    assert client.post(f"/loket/{one.family_id}/telepon/", said).status_code == 302


def token_of(page: Any) -> str:
    found = TOKEN.search(page.content.decode())
    assert found
    return found[1]


def asked(web: Any, one: Somebody) -> Any:
    client = web.client()
    token = token_of(client.post("/cek/", one.form))
    return client, client.post("/cek/kode/", {"orang": token})


def test_reasons_rank_and_money_after_the_code(
    web: Any, recipients: list[Somebody], demo: None
) -> None:
    one = recipients[0]
    register(web, one)
    client, page = asked(web, one)
    code = SHOWN.search(page.content.decode())
    assert code
    answer = client.post("/cek/rincian/", {"orang": token_of(page), "kode": code[1]})
    text = answer.content.decode()
    assert answer.status_code == 200
    assert "Peringkat kesejahteraan" in text
    assert "Program Keluarga Harapan" in text
    assert "Badan Pusat Statistik" in text
    for unread in ("(syarat:", "(kode)", "antara 0 dan"):
        assert unread not in text, "a fact as it stands, not the condition behind it"
    for secret in (one.nik, "0812", "ATENSI", "Rehabilitasi"):
        assert secret not in text
    # A code is used once.
    again = client.post("/cek/rincian/", {"orang": token_of(page), "kode": code[1]})
    assert again.status_code == 422


def test_who_has_no_telephone_sees_the_same_page(
    web: Any, recipients: list[Somebody], monkeypatch: Any
) -> None:
    from dataclasses import replace

    from django.conf import settings

    from tangga.web.public import tasks

    monkeypatch.setattr(settings, "ENV", replace(settings.ENV, sender="office.sms:send"))
    monkeypatch.setattr(tasks, "put", lambda number, text: None)
    register(web, recipients[1])

    def plain(one: Somebody) -> str:
        _, page = asked(web, one)
        text = TOKEN.sub("", page.content.decode())
        return re.sub(r'name="csrfmiddlewaretoken" value="[^"]*"', "", text)

    assert plain(recipients[1]) == plain(recipients[2])


def test_five_wrong_codes_end_it(web: Any, recipients: list[Somebody], demo: None) -> None:
    one = recipients[3]
    register(web, one)
    client, page = asked(web, one)
    right = SHOWN.search(page.content.decode())
    assert right
    token, wrong = token_of(page), "000000" if right[1] != "000000" else "111111"
    for _ in range(5):
        assert client.post("/cek/rincian/", {"orang": token, "kode": wrong}).status_code == 422
    assert client.post("/cek/rincian/", {"orang": token, "kode": right[1]}).status_code == 422


def test_a_code_opens_nobody_else(web: Any, recipients: list[Somebody], demo: None) -> None:
    """Neither with another's token, nor one that was made up, nor a stale one."""
    one, other = recipients[4], recipients[5]
    register(web, one)
    register(web, other, "0813 9999 8888")
    client, page = asked(web, one)
    _, others = asked(web, other)
    code = SHOWN.search(page.content.decode())
    assert code
    for token in (token_of(others), "x" * 40, base64.urlsafe_b64encode(b"{}").decode(), ""):
        answer = client.post("/cek/rincian/", {"orang": token, "kode": code[1]})
        assert answer.status_code == 422


def test_a_token_is_sealed_and_ends(web: Any, recipients: list[Somebody], monkeypatch: Any) -> None:
    import time

    from tangga.web.public import tokens
    from tangga.web.public.check import Person

    one = recipients[0]
    made = tokens.sealed(Person(one.person_id, one.family_id, one.area))
    assert one.person_id not in base64.urlsafe_b64decode(made).decode(errors="ignore")
    assert tokens.unsealed(made)
    now = time.time()
    monkeypatch.setattr(time, "time", lambda: now + tokens.WHILE + 1)
    assert tokens.unsealed(made) is None


def test_telephones_and_queued_codes_are_sealed(
    web: Any, recipients: list[Somebody], monkeypatch: Any
) -> None:
    from dataclasses import replace

    from django.conf import settings

    from tangga.web import secrets

    one = recipients[6]
    register(web, one, "0812 5555 6666")
    monkeypatch.setattr(settings, "ENV", replace(settings.ENV, sender="office.sms:send"))
    asked(web, one)
    with web.owner() as con:
        phones = con.execute("SELECT t::text FROM public_phone AS t").fetchall()
        jobs = con.execute(
            "SELECT args::text FROM procrastinate_jobs WHERE task_name = 'public.send'"
        ).fetchall()
        kept = con.execute("SELECT t::text FROM public_code AS t").fetchall()
    assert not any("81255556666" in row[0] for row in (*phones, *jobs, *kept))
    number, text = json.loads(secrets.unseal(base64.b64decode(json.loads(jobs[-1][0])["sealed"])))
    assert number == "+6281255556666"
    assert re.search(r"\d{6}", text)


def test_a_sender_of_the_office_is_called(monkeypatch: Any) -> None:
    import types
    from dataclasses import replace

    from django.conf import settings

    from tangga.errors import UserError
    from tangga.web.public import senders

    got: list[tuple[str, str]] = []
    office = types.ModuleType("office_sms")
    office.send = lambda number, text: got.append((number, text))  # type: ignore[attr-defined]
    office.broken = lambda number, text: 1 / 0  # type: ignore[attr-defined]
    monkeypatch.setitem(__import__("sys").modules, "office_sms", office)

    def use(sender: str) -> None:
        monkeypatch.setattr(settings, "ENV", replace(settings.ENV, sender=sender, demo=False))

    use("office_sms:send")
    assert senders.send("+62811", "Kode 123456")
    assert got == [("+62811", "Kode 123456")]
    use("office_sms:broken")
    assert not senders.send("+62811", "Kode 123456")
    use("office_sms:nothing")
    with pytest.raises(UserError):
        senders.sender_of("office_sms:nothing")
    use("screen")
    assert not senders.can_send(), "codes are never shown outside of a demo"


def test_telephones_are_seen_in_their_area_alone(web: Any, recipients: list[Somebody]) -> None:
    from as_pages import as_pages
    from django.db import connection, transaction

    from tangga.web.database import scope

    register(web, recipients[7])
    for area, many in ((None, False), ("1771", False), ("1811", True)):
        with as_pages(), transaction.atomic():
            scope.close()
            if area is not None:
                scope.open_to(scope.Scope(area))
            with connection.cursor() as cursor:
                cursor.execute("SELECT count(*) FROM public.public_phone")
                assert bool(cursor.fetchone()[0]) is many
