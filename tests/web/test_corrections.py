"""A correction from the village to the signature: it holds at once, and goes up."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest
from families import ask, one, page
from proposing import (
    REGENCY,
    Office,
    a_family,
    evidence_in,
    fingerprint,
    messages,
    other_code,
    photo,
    problems,
    state,
    version,
)

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


@pytest.fixture(scope="module")
def family(web: Any) -> dict[str, Any]:
    return a_family(web)


@pytest.fixture(scope="module")
def office(web: Any, family: dict[str, Any]) -> Office:
    return Office(web, family["area"])


def test_a_value_goes_its_whole_way_and_shows_on_the_family_page(
    web: Any, office: Office, family: dict[str, Any]
) -> None:
    path = f"/usul/baru/value/{family['family_id']}/?siapa=keluarga&bagian=housing"
    form = office.client("operator").get(path).content.decode()
    assert "Jenis lantai terluas" in form and "Tercatat:" in form
    item = office.propose(path, {"v_floor": other_code(web, family["family_id"], "floor")})
    assert state(web, item) == "proposed"
    assert office.endorse(item).status_code == 302 and state(web, item) == "endorsed"
    office.step(item, "verify", "verifier")
    assert state(web, item) == "verified"
    batch = office.batch(item)
    shown = office.client("mayor").get(f"/usul/bundel/{batch}/").content.decode()
    assert "Dampak pada tempat" in shown and "Jenis lantai terluas" in shown
    office.sign(batch)
    assert (state(web, item), state(web, batch)) == ("ready", "signed")
    (row,) = ask(web, "SELECT * FROM overlay_value WHERE item_id = %s", item)
    assert (row["field"], row["entity_id"], row["basis"], row["upward"]) == (
        "floor", family["family_id"], "village_meeting", "ready",
    )  # fmt: skip
    text = page(office.client("verifier"), family["family_id"])
    assert "Berubah sejak rilis ini" in text and "sebelumnya" in text
    kept = one(web, "SELECT effect FROM corrections_batch WHERE item_id = %s", batch)
    assert '"proposals": 1' in str(kept["effect"]) or kept["effect"]["proposals"] == 1


def test_it_is_entered_upwards_within_the_window_and_answered(
    web: Any, office: Office, family: dict[str, Any]
) -> None:
    item = office.value(family["family_id"], "roof")
    office.through(item)

    def mark(step: str, reason: str = "") -> Any:
        sent = {"usul": f"{item}:{version(web, item)}", "langkah": step, "alasan": reason}
        return office.client("operator").post("/usul/siks/", sent)

    with pretend(date(2026, 2, 20)):
        assert "jendela" in messages(mark("enter")) and state(web, item) == "ready"
    paper = office.client("operator").get("/usul/siks/cetak/").content.decode()
    assert "Daftar isian SIKS-NG" in paper
    assert mark("enter").status_code == 302 and state(web, item) == "entered"
    said = "SELECT upward, upward_by FROM overlay_value WHERE item_id = %s"
    assert one(web, said, item)["upward"] == "entered" and one(web, said, item)["upward_by"]
    assert "lengkap" in messages(mark("answer_no")), "a rejection says why"
    mark("answer_no", "Menurut pusat foto tidak terbaca")
    assert state(web, item) == "rejected" and one(web, said, item)["upward"] == "rejected"
    assert "ditolak pusat" in page(office.client("verifier"), family["family_id"])


def test_the_next_official_release_answers_what_went_up(
    web: Any, office: Office, family: dict[str, Any]
) -> None:
    """As a loaded release leaves it: corrections taken in, the official source newer."""
    same = office.value(family["family_id"], "closet")
    other = office.value(family["family_id"], "disposal")
    office.through(same, other)
    clerk = office.client("operator")
    usul = [f"{item}:{version(web, item)}" for item in (same, other)]
    clerk.post("/usul/siks/", {"usul": usul, "langkah": "enter"})
    assert "rilis resmi kini sama" not in clerk.get("/usul/siks/").content.decode()
    with web.owner() as con:
        (n,) = con.execute("SELECT number FROM register_current").fetchone()
        con.execute(f"SET search_path = r_{n}, public")
        con.execute(
            "INSERT INTO register_consumed (number, correction_id) SELECT %s, correction_id "
            "FROM overlay_value WHERE item_id = ANY(%s::uuid[])",
            [n, [same, other]],
        )
        con.execute(
            "UPDATE crosswalk SET as_of = '2026-03-01' WHERE family_id = %s AND source = "
            "(SELECT base_source FROM families WHERE family_id = %s)",
            [family["family_id"], family["family_id"]],
        )
        con.execute(
            "CREATE TABLE IF NOT EXISTS contradicted (person_id text, family_id text, field text, "
            "correction_id text, source text, area text)"
        )
        con.execute("GRANT SELECT ON contradicted TO tangga_app")
        con.execute(
            "INSERT INTO contradicted SELECT NULL, f.family_id, 'disposal', v.correction_id, "
            "f.base_source, f.area FROM families AS f JOIN overlay_value AS v "
            "ON v.family_id = f.family_id WHERE v.item_id = %s",
            [other],
        )
    text = clerk.get("/usul/siks/").content.decode()
    assert "rilis resmi kini sama" in text and "rilis resmi masih berbeda" in text
    usul = [f"{item}:{version(web, item)}" for item in (same, other)]
    clerk.post("/usul/siks/", {"usul": usul, "langkah": "by_release"})
    assert (state(web, same), state(web, other)) == ("accepted", "rejected")


def test_who_hears_nothing_from_above_is_told_so(
    web: Any, office: Office, family: dict[str, Any]
) -> None:
    from tangga.web.work.clock_job import overdue

    item = office.value(family["family_id"], "toilet")
    office.through(item)
    office.client("operator").post(
        "/usul/siks/", {"usul": f"{item}:{version(web, item)}", "langkah": "enter"}
    )
    with pretend(date(2026, 7, 1)):
        overdue()
    assert state(web, item) == "unanswered"
    assert one(web, "SELECT upward FROM overlay_value WHERE item_id = %s", item)["upward"] == (
        "unanswered"
    )


def test_two_proposals_on_one_value_are_shown_and_only_one_of_them_holds(
    web: Any, office: Office, family: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    first = office.value(family["family_id"], "wall")
    another = other_code(web, family["family_id"], "wall")
    second = office.value(
        family["family_id"], "wall", other_code(web, family["family_id"], "wall", another)
    )
    text = office.client("verifier").get(f"/usul/{second}/").content.decode()
    assert "Usulan lain tentang hal yang sama" in text
    number = one(web, "SELECT number FROM work_item WHERE id = %s", first)["number"]
    listed = office.client("village_head").get("/usul/musyawarah/").content.decode()
    assert f"Bertentangan dengan {number}" in listed
    assert f'name="tampil" value="{first}' not in listed, "all leaves both out"
    refused = office.endorse(first, second)
    assert "nilai yang sama" in messages(refused) and state(web, first) == "proposed"
    text = refused.content.decode()
    assert len(re.findall(r'name="usul" id="u-[^>]+ checked>', text)) == 2, "ticks stay"
    office.endorse(first)
    office.endorse(second)
    office.step(first, "verify", "verifier")
    assert "sudah dinyatakan benar" in messages(office.step(second, "verify", "verifier"))
    assert state(web, second) == "endorsed"
    waiting = office.client("verifier").get("/usul/?lihat=semua").content.decode()
    assert f"Bertentangan dengan {number}" in waiting
    with monkeypatch.context() as at_once:  # two verifiers at the same moment
        at_once.setattr("tangga.web.corrections.conflicts.only_one", lambda *_: None)
        office.step(second, "verify", "verifier")
    listed = office.client("head").get("/usul/bundel/").content.decode()
    assert f"Bertentangan dengan {number}" in listed
    together = {
        "usul": [f"{one}:{version(web, one)}" for one in (first, second)],
        "dokumen": "460/13",
    }
    answer = office.client("head").post("/usul/bundel/", together)
    assert "nilai yang sama" in messages(answer) and state(web, first) == "verified"
    text = answer.content.decode()
    assert len(re.findall(r'name="usul" id="u-[^>]+ checked>', text)) == 2 and "460/13" in text
    one_batch, other_batch = office.batch(first), office.batch(second)
    office.sign(one_batch)
    assert "sudah berubah" in messages(office.sign(other_batch))
    assert (state(web, first), state(web, second)) == ("ready", "recommended")
    assert len(ask(web, "SELECT 1 FROM overlay_value WHERE item_id = %s", second)) == 0
    page_ = office.client("mayor").get(f"/usul/bundel/{other_batch}/").content.decode()
    assert "Keluarkan dari bundel dahulu" in page_
    office.step(second, "pull_out", "head", alasan="Nilainya sudah berubah sejak diperiksa")
    assert state(web, other_batch) == "returned", "an empty batch is none"
    office.step(second, "send_back", "head", alasan="Periksa lagi nilai yang sekarang")
    office.step(second, "verify", "verifier")
    office.sign(office.batch(second))
    assert state(web, second) == "ready", "who looked again may let it hold"


def test_a_page_that_is_no_longer_true_changes_nothing(
    web: Any, office: Office, family: dict[str, Any]
) -> None:
    item = office.value(family["family_id"], "closet")
    office.endorse(item)
    old = {"langkah": "verify", "versi": str(version(web, item) - 1)}
    answer = office.client("verifier").post(f"/usul/{item}/langkah/", old)
    assert "sudah diubah orang lain" in messages(answer) and state(web, item) == "endorsed"
    forged = {"langkah": "sign", "versi": str(version(web, item))}
    for part in ("verifier", "mayor", "head"):
        office.client(part).post(f"/usul/{item}/langkah/", forged)
    assert state(web, item) == "endorsed", "nobody jumps a step"


def test_what_was_withdrawn_is_not_signed(web: Any, office: Office, family: dict[str, Any]) -> None:
    kept = office.value(family["family_id"], "lighting")
    gone = office.value(family["family_id"], "disposal")
    office.verified(kept, gone)
    batch = office.batch(kept, gone)
    mayor = office.client("mayor")
    before = mayor.get(f"/usul/bundel/{batch}/").content.decode()
    form = {
        "langkah": "sign",
        "versi": str(version(web, batch)),
        "dampak": fingerprint(before),
        "dokumen": "SK 461/2026",
    }
    office.step(gone, "withdraw", "operator", alasan="Ternyata sudah benar sejak semula")
    assert state(web, gone) == "withdrawn"
    answer = mayor.post(f"/usul/bundel/{batch}/langkah/", form)
    assert state(web, batch) == "presented" and "Belum disimpan" in messages(answer)
    office.sign(batch)
    assert (state(web, kept), state(web, gone)) == ("ready", "withdrawn")
    assert not ask(web, "SELECT 1 FROM overlay_value WHERE item_id = %s", gone)


def test_a_batch_is_signed_whole_or_not_at_all(
    web: Any, office: Office, family: dict[str, Any], monkeypatch: Any
) -> None:
    from tangga.web.corrections import effects

    items = [
        office.value(family["family_id"], "cooking_fuel"),
        office.value(family["family_id"], "drinking_water"),
    ]
    office.verified(*items)
    batch = office.batch(*items)
    real, done = effects.write.value, []

    def dies(**said: Any) -> Any:
        if done:
            raise RuntimeError("the server dies here")
        done.append(said)
        return real(**said)

    monkeypatch.setattr(effects.write, "value", dies)
    with pytest.raises(RuntimeError):
        office.sign(batch)
    monkeypatch.undo()
    assert done and state(web, batch) == "presented"
    assert [state(web, one) for one in items] == ["recommended", "recommended"]
    assert not ask(web, "SELECT 1 FROM overlay_value WHERE item_id = ANY(%s::uuid[])", items)
    office.sign(batch)
    assert [state(web, one) for one in items] == ["ready", "ready"]


def test_a_batch_that_is_returned_can_be_presented_again(
    web: Any, office: Office, family: dict[str, Any]
) -> None:
    item = office.value(family["family_id"], "tenure")
    office.verified(item)
    batch = office.batch(item)
    form = {"langkah": "return", "versi": str(version(web, batch)), "alasan": "Lampiran kurang"}
    office.client("mayor").post(f"/usul/bundel/{batch}/langkah/", form)
    assert (state(web, batch), state(web, item)) == ("returned", "verified")
    office.sign(office.batch(item))
    assert state(web, item) == "ready"


def test_three_hands_are_three_people_even_by_delegation(
    web: Any, office: Office, family: dict[str, Any]
) -> None:
    item = office.value(family["family_id"], "land_proof")
    office.verified(item)
    verifier = web.user("verifikator_kabkota", REGENCY)
    answer = office.client("head").post(
        "/tugas/pelimpahan/",
        {
            "verb": "recommend",
            "to": verifier.username,
            "document": "Surat tugas 800/1/2026",
            "valid_from": "2026-02-01",
            "valid_to": "2026-03-01",
        },
    )
    assert answer.status_code == 302, problems(answer)
    form = {"usul": f"{item}:{version(web, item)}", "dokumen": "460/99"}
    answer = office.client("verifier").post("/usul/bundel/", form)
    assert "orang lain" in messages(answer) and state(web, item) == "verified"


def test_who_signs_for_the_mayor_is_not_who_presented(
    web: Any, office: Office, family: dict[str, Any]
) -> None:
    item = office.value(family["family_id"], "meter_2_power")
    office.verified(item)
    batch = office.batch(item)
    for role in ("kepala_dinas", "operator_kabkota"):
        form = {
            "verb": "sign",
            "to": web.user(role, REGENCY).username,
            "document": "Surat kuasa 100/2026",
            "valid_from": "2026-02-01",
            "valid_to": "2026-03-01",
        }
        assert office.client("mayor").post("/tugas/pelimpahan/", form).status_code == 302

    def sign(part: str) -> Any:
        client = office.client(part)
        text = client.get(f"/usul/bundel/{batch}/").content.decode()
        sent = {"langkah": "sign", "versi": "1", "dampak": fingerprint(text), "dokumen": "SK 2"}
        return client.post(f"/usul/bundel/{batch}/langkah/", sent)

    assert "orang lain" in messages(sign("head")) and state(web, batch) == "presented"
    sign("clerk")
    assert state(web, batch) == "signed" and state(web, item) == "ready"
    row = one(web, "SELECT on_behalf FROM work_taken WHERE item_id = %s AND step = 'sign'", batch)
    assert row["on_behalf"] == "Surat kuasa 100/2026"


def test_a_wrong_value_can_become_not_known(
    web: Any, office: Office, family: dict[str, Any]
) -> None:
    path = f"/usul/baru/value/{family['family_id']}/?siapa=keluarga&bagian=housing"
    item = office.propose(path, {"unknown": ["floor_area"]})
    office.through(item)
    (row,) = ask(web, "SELECT field, value FROM overlay_value WHERE item_id = %s", item)
    assert (row["field"], row["value"]) == ("floor_area", None)
    assert "belum diketahui" in page(office.client("verifier"), family["family_id"])


def test_a_village_returns_refuses_and_is_asked_again(
    web: Any, office: Office, family: dict[str, Any]
) -> None:
    item = office.value(family["family_id"], "septic_distance")
    office.endorse(item)
    office.step(item, "return_village", "verifier", alasan="Foto tidak menunjukkan sumur")
    assert state(web, item) == "proposed"
    office.step(item, "decline_village", "village_head", alasan="Tidak terbukti", dokumen="BA/8")
    assert state(web, item) == "declined"
    answer = office.step(item, "withdraw", "operator", alasan="Sudah terlambat")
    assert "tidak dapat diambil lagi" in messages(answer)


@pytest.mark.parametrize("part", ["village_head", "verifier", "head", "mayor"])
def test_who_may_not_propose_does_not(
    web: Any, office: Office, family: dict[str, Any], part: str
) -> None:
    path = f"/usul/baru/rank_appeal/{family['family_id']}/"
    answer = office.client(part).post(path, {"reason": "Tidak sesuai", "photo": photo()})
    assert answer.status_code == (302 if part == "village_head" else 403)


def test_a_neighbour_sees_nothing(web: Any, office: Office, family: dict[str, Any]) -> None:
    item = office.value(family["family_id"], "meter_1_power")
    village = one(web, "SELECT area FROM families WHERE area LIKE '1771%%' LIMIT 1")["area"]
    for role, area in (("operator_desa", village), ("verifikator_kabkota", "1771")):
        neighbour = web.client(role, area)
        assert neighbour.get(f"/usul/{item}/").status_code == 404
        sent = {"langkah": "verify", "versi": "1"}
        assert neighbour.post(f"/usul/{item}/langkah/", sent).status_code == 404
        number = one(web, "SELECT number FROM work_item WHERE id = %s", item)["number"]
        assert number not in neighbour.get("/usul/?lihat=semua").content.decode()
    path = f"/usul/baru/value/{family['family_id']}/?siapa=keluarga&bagian=housing"
    assert web.client("operator_desa", village).get(path).status_code == 404
