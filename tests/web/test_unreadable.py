"""Signs that no text has: refused alike, and nothing is learnt from how."""

from __future__ import annotations

from typing import Any

import pytest
from public_people import forget_tries, people
from test_appeals import DAY, lodge

NUL = chr(0)


@pytest.fixture(autouse=True)
def _nobody_has_asked(web: Any) -> None:
    forget_tries(web)


@pytest.fixture(scope="module")
def ticket(web: Any) -> str:
    from tangga.web.today import pretend

    one = people(web, "p.status = 'active' AND p.area LIKE '1811%'", 12)[-1]
    with pretend(DAY):
        return str(lodge(web, one, subject="programme:kube")["number"])


def test_odd_digits_tell_nothing_of_a_ticket(web: Any, ticket: str) -> None:
    client = web.client()
    for digits in ("١٢٣٤٥٦", "１２３４５６", "é", "\u2028", "", "\x01\x7f"):
        answers = [
            client.post("/cek/tiket/", {"nomor": number, "angka": digits})
            for number in (ticket, "KBR/1811/2026/999999")
        ]
        assert [one.status_code for one in answers] == [422, 422], digits
        forget_tries(web)


def test_signs_that_no_number_has_do_no_harm(web: Any, ticket: str) -> None:
    client = web.client()
    for number in (f"{ticket}\x01", f"\u200b{ticket}", "ſ" * 70, "\x85\x1f"):
        assert client.post("/cek/tiket/", {"nomor": number, "angka": "1"}).status_code == 422


@pytest.mark.parametrize("field", ["nomor", "angka", "nik", "lahir", "nama", "kode", "orang"])
def test_a_nul_in_a_public_form_is_one_answer(web: Any, ticket: str, field: str) -> None:
    client = web.client()
    for path in ("/cek/", "/cek/tiket/", "/cek/kode/", "/cek/rincian/"):
        for known in (ticket, "KBR/1811/2026/999999"):
            said = {"nomor": known, field: f"{known}{NUL}"}
            assert client.post(path, said).status_code == 400, path


def test_a_nul_in_an_address_or_behind_it(web: Any) -> None:
    client = web.client()
    for path in ("/terbuka/?tabel=%00", "/cek/?%00=1", "/aturan/?x=a%00b"):
        assert client.get(path).status_code == 400, path
    assert client.get("/terbuka/18%0011/").status_code in (400, 404)


def test_a_nul_at_the_counter(web: Any) -> None:
    one = people(web, "p.status = 'active' AND p.area LIKE '1811%'", 1)[0]
    client = web.client("operator_kabkota", "1811")
    for page in ("surat/keterangan_terdaftar", "lembar", "penjelasan"):
        said = {"person": f"{one.person_id}{NUL}", "sekali": "x"}
        assert client.post(f"/loket/{one.family_id}/{page}/", said).status_code == 400, page
    assert client.get(f"/loket/{one.family_id}/?orang=%00").status_code == 400


def test_a_kind_that_there_is_not_is_left_out_of_account(web: Any) -> None:
    client = web.client("operator_kabkota", "1811")
    for kind in ("nonsense", "round", "referral"):
        answer = client.get(f"/keberatan/?jenis={kind}")
        assert answer.status_code == 200
