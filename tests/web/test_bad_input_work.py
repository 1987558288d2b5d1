"""Work that comes too late, from elsewhere, or forged: clear words, the state as it was, the trail.

`test_bad_input_sweep.py` sends forged forms of every kind of matter; `test_bad_input_killed.py`
kills the service in the middle of a signature.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

import pytest
from at_programmes import HEAD, OPERATOR, VERIFIER, prepared, step
from families import one
from forging import forms_at, told
from proposing import Office, a_family, evidence_in, fingerprint, photo, state, version

from tangga.web.today import pretend

DAY = date(2026, 2, 5)
HERE, THERE = "1811", "1771"
NO_ITEM = "00000000-0000-4000-8000-00000000abcd"


@pytest.fixture(autouse=True)
def day() -> Iterator[None]:
    with pretend(DAY):
        yield


@pytest.fixture(autouse=True, scope="module")
def evidence_folder(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    with evidence_in(tmp_path_factory.mktemp("var")):
        yield


@pytest.fixture(scope="module")
def family(web: Any) -> dict[str, Any]:
    return a_family(web)


@pytest.fixture(scope="module")
def office(web: Any, family: dict[str, Any]) -> Office:
    return Office(web, family["area"])


def presented(office: Office, family: dict[str, Any], column: str) -> tuple[str, str]:
    """A proposal, and the batch in which it waits for the signature."""
    item = office.value(family["family_id"], column)
    office.verified(item)
    return item, office.batch(item)


def signature(web: Any, office: Office, batch: str) -> dict[str, str]:
    """The form of the signature as the mayor has it."""
    page = office.client("mayor").get(f"/usul/bundel/{batch}/").content.decode()
    return {
        "langkah": "sign",
        "versi": str(version(web, batch)),
        "dampak": fingerprint(page),
        "dokumen": "SK 460/2026",
    }


def everything(web: Any) -> dict[str, Any]:
    """What no refused act may change: matters, steps, and what stands since the release."""
    return one(
        web,
        "SELECT (SELECT count(*) FROM work_item) AS items, (SELECT count(*) FROM work_taken) AS n,"
        " (SELECT sum(version) FROM work_item) AS versions, (SELECT count(*) FROM overlay_value)"
        " AS said, (SELECT count(*) FROM overlay_event) AS happened,"
        " (SELECT count(*) FROM overlay_spell) AS spells, (SELECT count(*) FROM visits_visit) AS v",
    )


def refusals(web: Any) -> int:
    query = "SELECT count(*) AS n FROM audit_events WHERE what IN ('work_refused', 'refused')"
    return int(one(web, query)["n"])


def test_a_batch_is_signed_by_its_own_form_and_by_no_other(
    web: Any, office: Office, family: dict[str, Any]
) -> None:
    item, batch = presented(office, family, "floor")
    form, client = signature(web, office, batch), office.client("mayor")
    before, noted = everything(web), refusals(web)
    tries = [
        (f"/tugas/{batch}/langkah/", form),
        (f"/usul/{batch}/langkah/", form),
        (f"/usul/{item}/langkah/", form),
        *((f"/usul/bundel/{batch}/langkah/", {**form, "langkah": name}) for name in NAMES),
        *((f"/usul/bundel/{batch}/langkah/", {**form, "dampak": seen}) for seen in EFFECTS),
        *((f"/usul/bundel/{batch}/langkah/", {**form, "versi": said}) for said in VERSIONS),
        (f"/usul/bundel/{item}/langkah/", form),
        (f"/usul/bundel/{NO_ITEM}/langkah/", form),
    ]
    for path, sent in tries:
        answer = client.post(path, sent)
        assert answer.status_code == 404 or told(answer), (path, sent)
    assert everything(web) == before
    assert refusals(web) > noted
    assert client.post(f"/usul/bundel/{batch}/langkah/", form).status_code == 302
    assert (state(web, batch), state(web, item)) == ("signed", "ready"), "the true one is good"


NAMES = ("present", "emptied", "", "SIGN", "sign ", "'; --", "x" * 5000)
EFFECTS = ("", "0" * 64, "a" * 10_000, "null")
VERSIONS = ("", "0", "-1", "2", "٣", "1e3", "9" * 60)


def test_the_signature_of_another_batch_signs_nothing_here(
    web: Any, office: Office, family: dict[str, Any]
) -> None:
    """The effect that was seen is that of this very batch, with what is in it now."""
    one_, first = presented(office, family, "wall")
    two, second = presented(office, family, "roof")
    form = {**signature(web, office, first), "versi": str(version(web, second))}
    answer = office.client("mayor").post(f"/usul/bundel/{second}/langkah/", form)
    assert "Belum disimpan" in told(answer) and state(web, second) == "presented"
    assert (state(web, one_), state(web, two)) == ("recommended", "recommended")


def test_the_matters_of_others_are_not_there(
    web: Any, office: Office, family: dict[str, Any]
) -> None:
    item, batch = presented(office, family, "toilet")
    before = everything(web)
    form = {**signature(web, office, batch), "alasan": "Tidak sesuai"}
    for role in ("operator_kabkota", "verifikator_kabkota", "kepala_dinas", "bupati"):
        client = web.client(role, THERE)
        for path in (
            *(f"/usul/{item}/", f"/usul/{item}/langkah/", f"/usul/{item}/bukti/"),
            *(f"/usul/bundel/{batch}/", f"/usul/bundel/{batch}/langkah/"),
            *(f"/tugas/{item}/", f"/tugas/{item}/langkah/", f"/tugas/{batch}/langkah/"),
            *(f"/tangguh/{item}/", f"/program/tahap/{item}/hasil/", f"/tangga/langkah/{item}/"),
        ):
            answer = client.post(path, {**form, "langkah": "verify"})
            assert answer.status_code in (403, 404, 405), (role, path, answer.status_code)
            assert client.get(path).status_code in (403, 404, 405), (role, path)
    assert everything(web) == before


def test_a_window_that_is_over_says_when_it_opens(
    web: Any, office: Office, family: dict[str, Any]
) -> None:
    who = family["head_person_id"]
    path = f"/usul/baru/death/{family['family_id']}/?siapa={who}"
    form = {"on": "2026-01-20", "document": "474.3/1/2026"}
    page = office.client("operator").get(path).content.decode()
    if 'name="payee"' in page:
        options = page.partition('name="payee"')[2].split('<option value="')
        form["payee"] = options[2].partition('"')[0]
    item = office.propose(path, form)
    office.event(item)
    assert state(web, item) == "ready"
    with pretend(date(2026, 2, 18)):
        clerk = office.client("clerk")
        sent = {"usul": f"{item}:{version(web, item)}", "langkah": "enter"}
        before, noted = everything(web), refusals(web)
        for path in ("/usul/siks/", f"/usul/{item}/langkah/"):
            answer = clerk.post(path, {**sent, "versi": str(version(web, item))})
            assert "1 Maret 2026" in told(answer), path
        assert everything(web) == before and refusals(web) == noted + 2
    with pretend(date(2026, 3, 17)):
        office.client("clerk").post("/usul/siks/", sent)
        assert state(web, item) == "entered", "the last day of the window is one of it"


def test_what_was_withdrawn_is_not_approved(
    web: Any, office: Office, family: dict[str, Any]
) -> None:
    """The approver has the form open; the proposer withdraws; the form is sent."""
    path = f"/usul/baru/birth/{family['family_id']}/"
    born = {
        "p0_name": "Siti Aminah",
        "p0_sex": "female",
        "p0_birth_date": "2026-01-30",
        "p0_relation": "child",
        "on": "2026-01-30",
    }
    item = office.propose(path, born)
    office.step(item, "verify", "verifier")
    head = office.client("head")
    (form,) = [one for one in forms_at(head, f"/usul/{item}/") if "approve" in one.steps]
    office.step(item, "withdraw", "operator", alasan="Anaknya sudah tercatat")
    before = everything(web)
    assert "Ditarik pengusul" in told(head.post(form.action, form.sent("approve")))
    assert everything(web) == before and state(web, item) == "withdrawn"


def test_a_round_that_was_dropped_is_not_signed(web: Any) -> None:
    from tangga.web.programmes.models import Row

    time = (date(2026, 1, 1), date(2026, 3, 31))
    round_ = prepared(web, "pkh", time)
    for name, who in (("ask", OPERATOR), ("check", VERIFIER)):
        step(web, round_.item, name, who)
    head, where = web.client(*HEAD), f"/program/tahap/{round_.pk}/"
    (form,) = [one for one in forms_at(head, where) if "sign" in one.steps]
    step(web, round_.item, "drop", OPERATOR, reason="Daftar pusat diganti")
    before = everything(web)
    assert "Dibatalkan" in told(head.post(form.action, form.sent("sign")))
    assert everything(web) == before
    pay = web.client(*OPERATOR)
    assert pay.post(f"{where}berkas/").status_code == 302, "there is nothing to pay by"
    frozen = "SELECT frozen_at FROM programmes_round WHERE item_id = %s"
    assert one(web, frozen, round_.pk)["frozen_at"] is None
    assert Row.PAY == "pay"


MOVING = """
SELECT f.family_id, f.area, f.head_person_id FROM families AS f
WHERE f.area LIKE '1771%%' AND f.status = 'active' AND f.member_count > 2
AND f.head_person_id IS NOT NULL AND EXISTS (
    SELECT FROM spells AS s WHERE s.family_id = f.family_id AND s.open AND s.programme = 'pkh')
ORDER BY 1 DESC LIMIT 1
"""


def test_whoever_acts_on_a_family_that_just_moved_is_told_where_it_is(web: Any) -> None:
    """Each page was opened while the family still lived here."""
    moving = one(web, MOVING)
    opened = list(_pages(web, moving))
    _moved(web, moving)
    before, wrong = everything(web), []
    for called, client, form in opened:
        OWN["place"]["person_id"] = moving["head_person_id"]
        sent = {**form.values, **FILLED, **OWN.get(called, {})}
        sent |= {"photo": photo()} if called.startswith("usul") else {}
        answer = client.post(form.action, sent)
        if everything(web) != before:
            wrong.append(f"{called}: done all the same")
            before = everything(web)
        if answer.status_code >= 500 or "pindah" not in _words(answer).lower():
            wrong.append(f"{called}: {answer.status_code} {_words(answer)[:80]!r}")
    assert not wrong, "\n".join(wrong)


FILLED = {
    "reason": "Dilihat langsung di rumahnya bersama ketua RT",
    "words": "Dilihat langsung di rumahnya",
    "alasan": "Dilihat langsung di rumahnya",
    "why_not": "not_found",
    "result": "complete",
    "members_seen": "3",
    "text": "Bantuan belum diterima tiga bulan",
}


OWN = {
    "tangguh": {"reason": "electricity"},
    "place": {"programme": "training"},
    "move": {
        "to_village": "1811052001",
        "moved_on": "2026-02-01",
        "consent_on": "2026-02-02",
        "document": "SKPWNI 124",
    },
}
"""What else some of the forms ask."""


def _words(answer: Any) -> str:
    text = told(answer)
    return text or (answer.content.decode() if answer.status_code in (200, 409, 422) else "")


def _pages(web: Any, family: dict[str, Any]) -> Iterator[tuple[str, Any, Any]]:
    """(what, client, form) of each page on which somebody acts upon a family."""
    id_, village = family["family_id"], family["area"]
    for called, role, area, path in (
        ("visit", "tksk", village[:6], f"/kunjungan/keluarga/{id_}/"),
        ("usul ineligible", "operator_desa", village, f"/usul/baru/ineligible/{id_}/"),
        ("tangguh", "operator_kabkota", THERE, f"/tangguh/baru/{id_}/"),
        ("climb", "operator_kabkota", THERE, f"/tangga/keluarga/{id_}/"),
        ("place", "operator_kabkota", THERE, f"/tangga/keluarga/{id_}/tempat/"),
        ("move", "operator_kabkota", THERE, f"/pindah/baru/{id_}/?ke={HERE}"),
    ):
        client = web.client(role, area)
        forms = [one for one in forms_at(client, path) if id_ in one.action]
        assert forms, (called, path)
        yield called, client, forms[0]


def _moved(web: Any, family: dict[str, Any]) -> None:
    from acting import acting

    from tangga.web.journeys.care import moves
    from tangga.web.work import actions

    to = "SELECT village FROM families WHERE area LIKE '1811%%' AND village IS NOT NULL LIMIT 1"
    with acting(web, "operator_kabkota", THERE) as viewer:
        item = moves.propose(
            family_id=family["family_id"],
            to_village=one(web, to)["village"],
            moved_on=DAY - timedelta(days=3),
            consent=moves.Consent(DAY, "Surat persetujuan"),
            words="Ikut pekerjaan",
            document="SKPWNI 123",
            by=viewer,
        )
    with acting(web, "verifikator_kabkota", HERE) as viewer:
        actions.take(item, "accept", by=viewer, version=item.version, reason="Sudah dilihat")


def test_a_power_that_has_ended_ends_with_its_day(
    web: Any, office: Office, family: dict[str, Any]
) -> None:
    """Delegated in writing for a week; the page was opened within it."""
    item, batch = presented(office, family, "lighting")
    clerk = web.user("operator_kabkota", HERE)
    last = DAY + timedelta(days=7)
    warrant = {
        "verb": "sign",
        "to": clerk.username,
        "document": "Surat kuasa 100/2026",
        "valid_from": DAY.isoformat(),
        "valid_to": last.isoformat(),
    }
    assert office.client("mayor").post("/tugas/pelimpahan/", warrant).status_code == 302
    client, where = office.client("clerk"), f"/usul/bundel/{batch}/"
    (form,) = [one for one in forms_at(client, where) if "sign" in one.steps]
    with pretend(last):
        before = everything(web)
        answer = client.post(form.action, form.sent("sign"))
        assert answer.status_code == 403 or "wewenang" in told(answer)
        assert everything(web) == before and state(web, batch) == "presented"
    client.post(form.action, form.sent("sign"))
    assert (state(web, batch), state(web, item)) == ("signed", "ready"), "while it lasts"
