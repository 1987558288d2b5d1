"""Events of a family, new people, doubles, support that is no longer due, ranks: what follows."""

from __future__ import annotations

import html
from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest
from families import ask, one, page
from proposing import Office, a_family, evidence_in, messages, photo, state

from tangga.web.today import pretend


@pytest.fixture(autouse=True)
def day() -> Iterator[None]:
    """One on which every window is open."""
    with pretend(date(2026, 2, 5)):
        yield


@pytest.fixture(autouse=True, scope="module")
def evidence_folder(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    with evidence_in(tmp_path_factory.mktemp("var")):
        yield


PAID = (
    "EXISTS (SELECT 1 FROM spells AS s WHERE s.family_id = f.family_id AND s.open "
    "AND s.payee_person_id <> coalesce(s.person_id, ''))"
)


@pytest.fixture(scope="module")
def family(web: Any) -> dict[str, Any]:
    """One that receives support."""
    return a_family(web, PAID)


@pytest.fixture(scope="module")
def office(web: Any, family: dict[str, Any]) -> Office:
    return Office(web, family["area"])


def living(web: Any, family: dict[str, Any]) -> list[str]:
    query = (
        "SELECT person_id FROM persons WHERE family_id = %s AND status <> 'dead' "
        "AND person_id NOT IN (SELECT person_id FROM overlay_event) ORDER BY 1"
    )
    return [row["person_id"] for row in ask(web, query, family["family_id"])]


def events(web: Any, item: str) -> list[dict[str, Any]]:
    return ask(web, "SELECT * FROM overlay_event WHERE item_id = %s ORDER BY correction_id", item)


def test_the_death_of_a_payee_lets_another_receive_and_support_go_on(
    web: Any, office: Office, family: dict[str, Any]
) -> None:
    query = (
        "SELECT payee_person_id FROM spells WHERE family_id = %s AND open "
        "AND payee_person_id <> coalesce(person_id, '')"
    )
    payee = one(web, query, family["family_id"])["payee_person_id"]
    path = f"/usul/baru/death/{family['family_id']}/"
    chooser = office.client("operator").get(path).content.decode()
    assert "Tentang siapa?" in chooser
    path += f"?siapa={payee}"
    form = office.client("operator").get(path).content.decode()
    assert "Pengurus baru" in form
    heir = form.partition('name="payee"')[2].split('<option value="')[2].partition('"')[0]
    assert heir in living(web, family) and heir != payee
    sent = {"on": "2026-01-20", "document": "474.3/12/2026", "payee": heir}
    item = office.propose(path, sent)
    office.event(item)
    assert state(web, item) == "ready"
    (event,) = events(web, item)
    assert (event["event"], event["person_id"]) == ("death", payee)
    changes = ask(web, "SELECT * FROM overlay_spell WHERE item_id = %s", item)
    assert changes and {row["change"] for row in changes} == {"payee"}, "nothing is closed"
    assert {row["payee_person_id"] for row in changes} == {heir}
    text = page(office.client("verifier"), family["family_id"])
    assert "Meninggal" in text and "Berubah sejak rilis ini" in text
    again = office.client("operator").get(path).content.decode()
    assert "Tentang siapa?" in again, "who is dead is not asked about again"


def test_where_nobody_is_left_support_ends(web: Any, office: Office) -> None:
    query = (
        "SELECT f.family_id, f.area, min(p.person_id) AS person_id FROM families AS f "
        "JOIN persons AS p ON p.family_id = f.family_id AND p.status <> 'dead' "
        "JOIN spells AS s ON s.family_id = f.family_id AND s.open WHERE f.area LIKE '1811%%' "
        "GROUP BY f.family_id, f.area HAVING count(DISTINCT p.person_id) = 1 LIMIT 1"
    )
    lone = one(web, query)
    here = Office(web, lone["area"])
    path = f"/usul/baru/death/{lone['family_id']}/?siapa={lone['person_id']}"
    assert "Pengurus baru" not in here.client("operator").get(path).content.decode()
    item = here.propose(path, {"on": "2026-01-20"})
    here.event(item)
    rows = ask(web, "SELECT change, exit FROM overlay_spell WHERE item_id = %s", item)
    assert rows and {(row["change"], row["exit"]) for row in rows} == {("close", "all_died")}


def test_a_child_is_born(web: Any, office: Office, family: dict[str, Any]) -> None:
    path = f"/usul/baru/birth/{family['family_id']}/"
    person = {
        "p0_name": "Siti Ramadhani",
        "p0_sex": "female",
        "p0_birth_date": "2026-01-30",
        "p0_relation": "child",
        "on": "2026-01-30",
        "document": "AL 1811-LU-30012026-0001",
    }
    item = office.propose(path, person)
    office.event(item)
    (event,) = events(web, item)
    assert (event["event"], event["person_id"]) == ("birth", f"new-{item.replace('-', '')}-1")
    rows = ask(web, "SELECT field, entity_id FROM overlay_value WHERE item_id = %s", item)
    fields = {row["field"] for row in rows}
    assert fields >= {"name", "sex", "birth_date", "relation", "registration_state"}
    assert {row["entity_id"] for row in rows} == {event["person_id"]}
    text = page(office.client("verifier"), family["family_id"])
    assert "Siti Ramadhani" in text and "Anggota baru, belum ada dalam rilis" in text


def test_a_family_that_nobody_recorded_stands_without_any_number(
    web: Any, office: Office, family: dict[str, Any]
) -> None:
    people = {
        "p0_name": "Sumarni",
        "p0_sex": "female",
        "p0_relation": "head",
        "p1_name": "Slamet",
        "p1_sex": "male",
        "p1_relation": "child",
        "p1_birth_date": "2019-04-01",
        "village": family["area"],
        "orang": "2",
    }
    client = office.client("operator")
    more = client.post("/usul/baru/new_family/", {**people, "tambah": "1"}).content.decode()
    assert "p2_name" in more and "Sumarni" in more, "room for one more, and nothing is lost"
    item = office.propose("/usul/baru/new_family/", people)
    office.through(item)
    rows = ask(web, "SELECT * FROM overlay_value WHERE item_id = %s", item)
    assert {row["family_id"] for row in rows} == {f"new-{item.replace('-', '')}"}
    assert len({row["entity_id"] for row in rows}) == 2
    assert {row["field"] for row in rows} >= {"registration_state", "village", "name"}
    with_two_heads = {
        **people,
        "p1_relation": "head",
        "reason": "Dilihat sendiri",
        "photo": photo(),
    }
    answer = client.post("/usul/baru/new_family/", with_two_heads)
    assert answer.status_code == 422 and "Tepat satu orang" in answer.content.decode()


def test_a_number_that_the_register_knows_is_nobody_new(
    web: Any, office: Office, family: dict[str, Any]
) -> None:
    from tangga.web.secrets import unseal

    row = one(
        web,
        "SELECT nik, family_id FROM persons WHERE nik IS NOT NULL AND area = %s LIMIT 1",
        family["area"],
    )
    person = {
        "p0_name": "Sumarni Dua",
        "p0_sex": "female",
        "p0_relation": "head",
        "village": family["area"],
        "reason": "Dilihat langsung di rumahnya",
    }
    client = office.client("operator")
    known = {**person, "p0_nik": unseal(bytes(row["nik"])), "photo": photo()}
    answer = client.post("/usul/baru/new_family/", known)
    assert answer.status_code == 422 and "sudah tercatat di register" in answer.content.decode()
    fresh = {**person, "p0_nik": "1811054204890007"}
    assert office.propose("/usul/baru/new_family/", dict(fresh))
    answer = client.post("/usul/baru/new_family/", {**fresh, "photo": photo()})
    assert answer.status_code == 422 and "perkara yang terbuka" in answer.content.decode()
    for broken in ("123", "1111111111111111", "18110542048900AB"):
        answer = client.post(
            "/usul/baru/new_family/", {**fresh, "p0_nik": broken, "photo": photo()}
        )
        assert answer.status_code == 422, broken


def test_members_leave_and_a_family_splits(
    web: Any, office: Office, family: dict[str, Any]
) -> None:
    fresh = "f.family_id NOT IN (SELECT family_id FROM overlay_event)"
    family = a_family(web, fresh, office.village)
    first, *rest = living(web, family)
    path = f"/usul/baru/left/{family['family_id']}/"
    sent = {"members": [first], "on": "2026-01-10", "to_area": "Kota Bengkulu, Bengkulu – 1771"}
    item = office.propose(path, {**sent, "document": "SKPWNI/1811/2026/1"})
    office.event(item)
    (event,) = events(web, item)
    assert (event["event"], event["person_id"], event["to_area"]) == ("move_out", first, "1771")
    path = f"/usul/baru/split/{family['family_id']}/"
    sent = {"members": [rest[0]], "head": rest[1], "on": "2026-01-15", "card": "1811051204260003"}
    client = office.client("operator")
    answer = client.post(path, {**sent, "reason": "Sudah menikah", "photo": photo()})
    assert answer.status_code == 422 and "salah satu anggota" in answer.content.decode()
    item = office.propose(path, {**sent, "head": rest[0]})
    shown = office.client("verifier").get(f"/usul/{item}/").content.decode()
    assert "1811051204260003" not in shown and "0003" in shown, "numbers are masked"
    office.event(item)
    (event,) = events(web, item)
    assert event["event"] == "split" and event["about"] is not None


def test_somebody_else_receives(web: Any, office: Office) -> None:
    family = a_family(
        web, PAID + " AND f.family_id <> (SELECT min(family_id) FROM overlay_event)", office.village
    )
    path = f"/usul/baru/payee/{family['family_id']}/"
    form = office.client("operator").get(path).content.decode()
    heir = form.partition('name="payee"')[2].split('<option value="')[2].partition('"')[0]
    item = office.propose(path, {"payee": heir, "on": "2026-02-01"})
    office.event(item)
    assert {e["event"] for e in events(web, item)} == {"payee_changed"}
    rows = ask(web, "SELECT change, payee_person_id FROM overlay_spell WHERE item_id = %s", item)
    assert rows and {(r["change"], r["payee_person_id"]) for r in rows} == {("payee", heir)}


def test_a_number_is_seen_whole_with_a_reason_once(
    web: Any, office: Office, family: dict[str, Any]
) -> None:
    (first, *_) = living(web, family)
    path = f"/usul/baru/value/{family['family_id']}/?siapa={first}&bagian=identity"
    item = office.propose(path, {"v_nik": "1811 0542 0489 0055"})
    number = "1811054204890055"
    client = office.client("verifier")
    text = client.get(f"/usul/{item}/").content.decode()
    assert number not in text and "lihat utuh" in text
    assert number not in client.get(f"/usul/{item}/nomor/").content.decode()
    form = {"purpose": "counter", "reason": "Mencocokkan dengan KTP yang dilampirkan"}
    answer = client.post(f"/usul/{item}/nomor/", form)
    assert number in answer.content.decode() and answer["Cache-Control"] == "no-store"
    kept = one(web, "SELECT count(*) AS n FROM audit_events WHERE what = 'revealed'")
    assert kept["n"] == 1
    assert office.client("head").get(f"/usul/{item}/nomor/").status_code == 403
    assert web.client("verifikator_kabkota", "1771").get(f"/usul/{item}/nomor/").status_code == 404
    plain = office.propose(f"/usul/baru/ineligible/{family['family_id']}/", {"why_not": "other"})
    assert client.get(f"/usul/{plain}/nomor/").status_code == 404, "it brings no number"


def test_whom_violence_bars_receives_nothing(web: Any, office: Office, monkeypatch: Any) -> None:
    from tangga.web.corrections import effects

    family = a_family(
        web, f"{PAID} AND f.family_id NOT IN (SELECT family_id FROM overlay_event)", office.village
    )
    path = f"/usul/baru/payee/{family['family_id']}/"
    form = office.client("operator").get(path).content.decode()
    heir = form.partition('name="payee"')[2].split('<option value="')[2].partition('"')[0]
    item = office.propose(path, {"payee": heir, "on": "2026-02-01"})
    office.step(item, "verify", "verifier")
    monkeypatch.setattr(effects, "barred", lambda family_id: frozenset({heir}))
    answer = office.step(item, "approve", "head")
    assert "tidak dapat menjadi pengurus" in messages(answer) and state(web, item) == "verified"
    assert not ask(web, "SELECT 1 FROM overlay_spell WHERE item_id = %s", item)


def test_a_family_that_moved_is_served_where_it_lives(
    web: Any, office: Office, family: dict[str, Any], monkeypatch: Any
) -> None:
    from tangga.web.journeys.care import guests

    monkeypatch.setattr(guests, "where", lambda family_id: "1771011001")
    path = f"/usul/baru/ineligible/{family['family_id']}/"
    form = {"why_not": "moved", "reason": "Sudah pindah ke kota", "photo": photo()}
    before = len(ask(web, "SELECT 1 FROM work_item"))
    answer = office.client("operator").post(path, form)
    assert answer.status_code == 422
    assert len(ask(web, "SELECT 1 FROM work_item")) == before


def test_a_form_that_is_sent_again_or_forged_does_nothing_twice(
    web: Any, office: Office, family: dict[str, Any]
) -> None:
    from django.test import Client
    from users import log_in

    path = f"/usul/baru/ineligible/{family['family_id']}/"
    form = {"why_not": "not_found", "reason": "Tiga kali didatangi, rumah kosong"}
    item = office.propose(path, dict(form))
    answer = office.client("operator").post(path, {**form, "photo": photo()})
    assert answer.status_code == 422 and "perkara yang terbuka" in answer.content.decode()
    foreign = Client(enforce_csrf_checks=True)
    log_in(foreign, web.user("operator_desa", office.village))
    assert foreign.post(path, {**form, "photo": photo()}).status_code == 403
    sent = {"langkah": "withdraw", "versi": "1", "alasan": "x"}
    assert foreign.post(f"/usul/{item}/langkah/", sent).status_code == 403
    for step in ("", "sign", "ready", "'; DROP TABLE work_item; --", "x" * 5000):
        sent = {"langkah": step, "versi": "1", "alasan": "sebab"}
        answer = office.client("verifier").post(f"/usul/{item}/langkah/", sent)
        assert answer.status_code == 302
    for usul in (["nonsense"], [f"{item}:99999999999999"], ["%:1", ":", item], []):
        form = {"usul": usul, "basis": "village_meeting", "document": "1", "held_on": "2026-01-01"}
        assert office.client("village_head").post("/usul/musyawarah/", form).status_code == 422
    assert state(web, item) == "proposed"


def test_who_is_said_to_be_ineligible_keeps_what_runs(
    web: Any, office: Office, family: dict[str, Any]
) -> None:
    path = f"/usul/baru/ineligible/{family['family_id']}/"
    item = office.propose(path, {"why_not": "electricity"})
    office.endorse(item)
    office.step(item, "verify", "verifier")
    batch = office.batch(item)
    shown = office.client("mayor").get(f"/usul/bundel/{batch}/").content.decode()
    assert "Bantuan diperiksa" in shown and "Daya listrik" in shown
    office.sign(batch)
    assert state(web, item) == "ready"
    query = "SELECT state FROM work_item WHERE kind = 'tangguh' AND family_id = %s"
    (case,) = ask(web, query, family["family_id"])
    assert case["state"] == "checking", "somebody looks into it first"
    ended = "SELECT 1 FROM overlay_spell WHERE family_id = %s AND change IN ('close', 'pause')"
    assert not ask(web, ended, family["family_id"])


def test_records_of_somebody_else_are_told_apart(web: Any, office: Office) -> None:
    mixed = one(
        web,
        "SELECT p.person_id, p.family_id FROM persons AS p WHERE p.area = %s "
        "AND p.status <> 'dead' "
        "AND (SELECT count(*) FROM crosswalk AS c WHERE c.person_id = p.person_id) >= 2 "
        "AND p.person_id NOT IN (SELECT person_id FROM overlay_event) LIMIT 1",
        office.village,
    )
    path = f"/usul/baru/different_persons/{mixed['family_id']}/?siapa={mixed['person_id']}"
    form = office.client("operator").get(path).content.decode()
    record = form.partition('name="records" value="')[2].partition('"')[0]
    item = office.propose(path, {"records": [html.unescape(record)]})
    office.event(item)
    assert state(web, item) == "ready"
    rows = ask(web, "SELECT ruling FROM duplicates_ruling WHERE item_id = %s", item)
    assert rows and {row["ruling"] for row in rows} == {"different"}


def test_more_evidence_comes_until_it_is_decided(
    web: Any, office: Office, family: dict[str, Any]
) -> None:
    item = office.propose(f"/usul/baru/rank_appeal/{family['family_id']}/", {"document": "2"})
    client = office.client("operator")
    assert client.post(f"/usul/{item}/bukti/", {"photo": photo()}).status_code == 302
    assert len(ask(web, "SELECT 1 FROM work_evidence WHERE item_id = %s", item)) == 2
    client.post(f"/usul/{item}/bukti/", {})
    office.step(item, "withdraw", "operator", alasan="Salah keluarga")
    client.post(f"/usul/{item}/bukti/", {"photo": photo()})
    assert len(ask(web, "SELECT 1 FROM work_evidence WHERE item_id = %s", item)) == 2


def test_nobody_here_changes_a_decile(web: Any, office: Office, family: dict[str, Any]) -> None:
    from tangga.web.corrections.sorts import book

    for entity in ("person", "family"):
        assert not [name for name in book().correctable(entity) if "decile" in name]
    path = f"/usul/baru/rank_appeal/{family['family_id']}/"
    client = office.client("operator")
    assert "Hanya BPS" in client.get(path).content.decode()
    item = office.propose(path, {})
    office.through(item)
    assert state(web, item) == "ready"
    for table in ("overlay_value", "overlay_event", "overlay_spell"):
        assert not ask(web, f"SELECT 1 FROM {table} WHERE item_id = %s", item)
    with pretend(date(2026, 2, 15)):
        page_ = client.get(path).content.decode()
        assert "1 Maret 2026" in page_
        answer = client.post(path, {"reason": "Tidak sesuai keadaan rumahnya", "photo": photo()})
        assert answer.status_code == 422 and "jendela" in answer.content.decode()


def test_two_records_are_said_to_be_one_person(
    web: Any, office: Office, family: dict[str, Any]
) -> None:
    first, other, *_ = living(web, family)
    path = f"/usul/baru/same_person/{family['family_id']}/?siapa={first}"
    client = office.client("operator")
    for wrong in (first, "P0000000000000", "1811054204890007 x"):
        sent = {"person": wrong, "reason": "Satu orang tercatat dua kali", "photo": photo()}
        assert client.post(path, sent).status_code == 422
    item = office.propose(path, {"person": other})
    office.event(item)
    assert state(web, item) == "ready"
    (row,) = ask(web, "SELECT ruling FROM duplicates_ruling WHERE item_id = %s", item)
    assert row["ruling"] == "same"


@pytest.mark.parametrize(
    ("sent", "said"),
    [
        ({"reason": "pendek"}, "10"),
        ({"reason": "aaaaaaaaaaaaaaaaaa"}, "kata-kata"),
        ({"reason": "NIK 1811 0542 0489 0007 salah"}, "NIK"),
        ({"photo": None}, "Lampirkan"),
        ({"on": "2027-01-01"}, "masa depan"),
        ({"why_not": "because"}, "pilihan yang valid"),
        ({"place": "di mana-mana"}, "tempat"),
    ],
)
def test_what_cannot_be_kept_is_said(
    web: Any, office: Office, family: dict[str, Any], sent: dict[str, Any], said: str
) -> None:
    path = f"/usul/baru/ineligible/{family['family_id']}/"
    form = {"why_not": "refused", "reason": "Menolak bantuan di depan ketua RT", "photo": photo()}
    form = {key: value for key, value in {**form, **sent}.items() if value is not None}
    answer = office.client("operator").post(path, form)
    assert answer.status_code == 422 and said.lower() in answer.content.decode().lower()


def test_a_disguised_file_and_a_script_in_a_name_are_refused(
    web: Any, office: Office, family: dict[str, Any]
) -> None:
    from django.core.files.uploadedfile import SimpleUploadedFile

    before = len(ask(web, "SELECT 1 FROM work_item"))
    client = office.client("operator")
    path = f"/usul/baru/ineligible/{family['family_id']}/"
    disguised = SimpleUploadedFile("rumah.jpg", b"MZ\x90\x00" + b"x" * 500, "image/jpeg")
    form = {"why_not": "refused", "reason": "Menolak bantuan di depan RT", "photo": disguised}
    assert client.post(path, form).status_code == 422
    person = {
        "p0_name": "<script>alert(1)</script>",
        "p0_sex": "male",
        "p0_relation": "child",
        "on": "2026-01-30",
        "reason": "Belum tercatat di kartu keluarga",
        "photo": photo(),
    }
    answer = client.post(f"/usul/baru/member/{family['family_id']}/", person)
    text = answer.content.decode()
    assert answer.status_code == 422 and "<script>alert" not in text
    assert len(ask(web, "SELECT 1 FROM work_item")) == before, "nothing of it is kept"
    for path in ("nonsense", "value/x", "death/F00000000000000"):
        assert client.get(f"/usul/baru/{path}/").status_code == 404
