"""The counter: three clicks to a letter, reactivation with its pipeline, the day's register."""

from __future__ import annotations

import io
from datetime import date, timedelta
from typing import Any

import pytest
from public_people import Somebody, of_programme, people

DAY = date(2026, 3, 2)


@pytest.fixture(autouse=True)
def _a_day(web: Any) -> Any:
    from tangga.web.today import pretend

    with pretend(DAY):
        yield


@pytest.fixture
def somebody(web: Any) -> Somebody:
    return next(one for one in of_programme(web, "pkh", most=30) if one.area.startswith("1811"))


def rows(web: Any, query: str, *values: Any) -> list[Any]:
    with web.owner() as con:
        return con.execute(query, values).fetchall()


def newest(web: Any, kind: str) -> dict[str, Any]:
    found = rows(
        web,
        "SELECT id, number, state, version, due FROM work_item WHERE kind = %s "
        "ORDER BY at DESC LIMIT 1",
        kind,
    )[0]
    return dict(zip(("id", "number", "state", "version", "due"), found, strict=True))


def step(web: Any, role: str, item: dict[str, Any], name: str, **more: Any) -> None:
    said = {"langkah": name, "versi": item["version"], **more}
    assert web.client(role, "1811").post(f"/tugas/{item['id']}/langkah/", said).status_code == 302


def test_three_clicks_to_a_letter(web: Any, somebody: Somebody) -> None:
    """Find by number, press the letter, print: and each is in the trail and in the register."""
    client = web.client("operator_kabkota", "1811")
    found = client.post("/loket/", {"q": somebody.nik})
    base = f"/loket/{somebody.family_id}/"
    assert found.url == f"{base}?orang={somebody.person_id}"
    page = client.get(found.url).content.decode()
    assert somebody.name in page
    letter = client.post(
        f"{base}surat/keterangan_terdaftar/", {"person": somebody.person_id, "purpose": "KIP"}
    )
    paper = client.get(letter.url).content.decode()
    assert somebody.name in paper
    assert somebody.nik not in paper
    assert "Program Keluarga Harapan" in paper
    book = client.get("/loket/buku/").content.decode()
    assert "Surat keterangan terdaftar" in book
    trail = [one[0] for one in rows(web, "SELECT what FROM audit_events ORDER BY id DESC LIMIT 9")]
    assert {"served", "paper_issued", "counter_opened"} <= set(trail)


def test_the_letter_of_the_decile_names_who_ranks(web: Any, somebody: Somebody) -> None:
    client = web.client("operator_desa", somebody.area)
    url = f"/loket/{somebody.family_id}/surat/keterangan_desil/"
    paper = client.get(client.post(url, {"person": somebody.person_id}).url).content.decode()
    assert "BPS" in paper


def test_a_letter_of_another_family_or_area_is_not_made(web: Any, somebody: Somebody) -> None:
    other = next(one for one in of_programme(web, "pkh", most=30) if one.area.startswith("1771"))
    client = web.client("operator_kabkota", "1811")
    url = f"/loket/{somebody.family_id}/surat/keterangan_terdaftar/"
    assert client.post(url, {"person": other.person_id}).status_code == 404
    assert client.get(f"/loket/{other.family_id}/").status_code == 404
    assert client.post(url.replace("terdaftar", "lahir"), {}).status_code == 404
    assert web.client("bupati", "1811").get("/loket/").status_code == 403


def reactivate(web: Any, one: Somebody, reason: str, status: int = 302) -> dict[str, Any]:
    client = web.client("operator_kabkota", "1811")
    said = {"person": one.person_id, "reason": reason, "facility": "RSUD Ragab Begawe"}
    said["sure"] = "on"
    answer = client.post(f"/loket/{one.family_id}/reaktivasi/", said)
    assert answer.status_code == status, answer.content.decode()
    return newest(web, "reactivation")


def test_reactivation_goes_through_its_pipeline(web: Any, somebody: Somebody) -> None:
    item = reactivate(web, somebody, "catastrophic")
    assert (item["state"], item["due"]) == ("urgent", DAY)
    kept = rows(
        web, "SELECT urgent, update_by FROM counter_reactivation WHERE item_id = %s", item["id"]
    )
    assert kept == [(True, date(2026, 9, 2))]
    step(web, "verifikator_kabkota", item, "confirm")
    papers = rows(web, "SELECT kind FROM papers_paper WHERE item_id = %s ORDER BY at", item["id"])
    assert [one[0] for one in papers] == ["tanda_terima", "pengantar_reaktivasi"]
    for name, state in (
        ("enter", "with_pusdatin"),
        ("approved", "with_bpjs"),
        ("activated", "active"),
    ):
        step(web, "operator_kabkota", newest(web, "reactivation"), name)
        assert newest(web, "reactivation")["state"] == state
    papers = rows(web, "SELECT kind FROM papers_paper WHERE item_id = %s ORDER BY at", item["id"])
    assert papers[-1][0] == "jawaban"


def test_the_ground_of_a_reactivation_is_no_affair_of_the_village(
    web: Any, somebody: Somebody
) -> None:
    """It speaks of an illness: the village sees that it runs and where, and not why."""
    one = [p for p in of_programme(web, "pkh", most=30) if p.area.startswith("1811")][5]
    item = reactivate(web, one, "catastrophic")
    page = f"/keberatan/{item['id']}/"
    assert "katastropik" in web.client("verifikator_kabkota", "1811").get(page).content.decode()
    village = web.client("operator_desa", one.area)
    for path in (page, "/keberatan/?jenis=reactivation", "/loket/", f"/loket/{one.family_id}/"):
        text = village.get(path).content.decode()
        assert item["number"] in text
        assert "katastropik" not in text.lower()
    for query in ("SELECT title FROM work_item WHERE id = %s",):
        assert "katastropik" not in str(rows(web, query, item["id"])).lower()
    steps = rows(web, "SELECT reason, about::text FROM work_taken WHERE item_id = %s", item["id"])
    assert "katastropik" not in str(steps).lower()


def test_urgent_illness_stands_first(web: Any) -> None:
    found = [one for one in of_programme(web, "pkh", most=30) if one.area.startswith("1811")]
    slow = reactivate(web, found[1], "poor")
    urgent = reactivate(web, found[2], "life_threatening")
    page = web.client("operator_kabkota", "1811").get("/loket/").content.decode()
    listed = page[page.index('id="pbi"') :]
    assert listed.index(urgent["number"]) < listed.index(slow["number"])


def test_the_same_reactivation_twice_is_one(web: Any) -> None:
    one = [p for p in of_programme(web, "pkh", most=30) if p.area.startswith("1811")][3]
    first = reactivate(web, one, "chronic")
    assert reactivate(web, one, "chronic", 422)["id"] == first["id"]


def test_who_is_insured_already_is_not_reactivated_unasked(web: Any) -> None:
    served = of_programme(web, "pbi_jk", most=60)
    one = [p for p in served if p.area.startswith("1811")][-1]
    client = web.client("operator_kabkota", "1811")
    said = {"person": one.person_id, "reason": "chronic", "facility": "RSUD"}
    answer = client.post(f"/loket/{one.family_id}/reaktivasi/", said)
    page = answer.content.decode()
    assert answer.status_code == 422 and "sudah menerima" in page and "RSUD" in page
    assert 'name="sure"' in page
    again = client.post(f"/loket/{one.family_id}/reaktivasi/", {**said, "sure": "on"})
    assert again.status_code == 302


def test_an_urgent_reactivation_that_nobody_confirms_goes_to_the_head(web: Any) -> None:
    from tangga.web.today import pretend
    from tangga.web.work.clock_job import overdue

    one = [p for p in of_programme(web, "pkh", most=30) if p.area.startswith("1811")][6]
    item = reactivate(web, one, "life_threatening")
    page = web.client("operator_kabkota", "1811").get(f"/keberatan/{item['id']}/").content.decode()
    assert "Kementerian Sosial" in page and "BPJS Kesehatan (mengaktifkan)" in page
    with pretend(DAY + timedelta(days=1)):
        overdue()
        item = newest(web, "reactivation")
        assert item["state"] == "with_head"
        assert item["number"] in web.client("kepala_dinas", "1811").get("/tugas/").content.decode()
        step(web, "kepala_dinas", item, "confirm_by_head")
    assert newest(web, "reactivation")["state"] == "confirmed"
    papers = rows(web, "SELECT kind FROM papers_paper WHERE item_id = %s ORDER BY at", item["id"])
    assert [one[0] for one in papers] == ["tanda_terima", "pengantar_reaktivasi"]


def test_a_complaint_is_answered_or_goes_up(web: Any, somebody: Somebody) -> None:
    from tangga.web.today import pretend
    from tangga.web.work.clock_job import overdue

    client = web.client("operator_desa", somebody.area)
    said = {"person": somebody.person_id, "complaint": "Petugas meminta uang."}
    assert client.post(f"/loket/{somebody.family_id}/pengaduan/", said).status_code == 302
    item = newest(web, "complaint")
    with pretend(DAY + timedelta(days=8)):
        overdue()
        late = newest(web, "complaint")
        assert late["state"] == "with_head"
        step(web, "kepala_dinas", late, "answer_by_head", alasan="Uang dikembalikan.")
    assert newest(web, "complaint")["state"] == "answered"
    assert newest(web, "complaint")["id"] == item["id"]
    papers = rows(web, "SELECT kind FROM papers_paper WHERE item_id = %s ORDER BY at", item["id"])
    assert [one[0] for one in papers] == ["tanda_terima", "jawaban"]


def test_a_referral_is_a_letter(web: Any, somebody: Somebody) -> None:
    client = web.client("operator_kabkota", "1811")
    said = {"person": somebody.person_id, "to": "disdukcapil", "need": "Perekaman NIK anak"}
    answer = client.post(f"/loket/{somebody.family_id}/rujukan/", said)
    paper = client.get(answer.url).content.decode()
    assert "Dinas Kependudukan dan Pencatatan Sipil" in paper
    assert "Perekaman NIK anak" in paper


def test_the_register_is_a_workbook_too(web: Any, somebody: Somebody) -> None:
    from openpyxl import load_workbook

    client = web.client("operator_kabkota", "1811")
    client.post(f"/loket/{somebody.family_id}/surat/keterangan_desil/", {})
    page = client.get("/loket/buku/").content.decode()
    book = load_workbook(io.BytesIO(client.get("/loket/buku/?berkas=xlsx").content))
    written = [row for row in book.active.iter_rows(values_only=True) if isinstance(row[0], int)]
    assert len(written) == page.count('scope="row"')
    assert [row[0] for row in written] == list(range(1, len(written) + 1))
    assert "Belum ada layanan" in client.get("/loket/buku/?hari=2025-01-01").content.decode()


def test_a_ticket_is_found_in_the_same_box(web: Any) -> None:
    one = [p for p in of_programme(web, "pkh", most=30) if p.area.startswith("1811")][4]
    item = reactivate(web, one, "poor")
    client = web.client("operator_kabkota", "1811")
    assert client.post("/loket/", {"q": item["number"].lower()}).url == f"/keberatan/{item['id']}/"
    answer = client.post("/loket/", {"q": "KBR/1811/2026/999999"})
    assert answer.status_code == 422
    assert "Tidak ada tiket" in answer.content.decode()
    away = web.client("operator_kabkota", "1771").post("/loket/", {"q": item["number"]})
    assert away.status_code == 422


def test_who_asked_is_who_is_served(web: Any) -> None:
    """Not the head of the family, where somebody else of it stands there."""
    heads = {one.family_id: one for one in of_programme(web, "pkh", most=60)}
    other = next(
        one
        for one in people(web, "p.status = 'active' AND p.relation <> 'head'", 200)
        if one.area.startswith("1811") and one.family_id in heads
    )
    client = web.client("operator_kabkota", "1811")
    found = client.post("/loket/", {"q": other.nik}).url
    page = client.get(found).content.decode()
    assert f'name="person" value="{other.person_id}"' in page
    form = client.get(f"/loket/{other.family_id}/rujukan/?orang={other.person_id}")
    assert f'value="{other.person_id}" selected' in form.content.decode()


def test_reasons_and_money_are_told_at_the_counter(web: Any, somebody: Somebody) -> None:
    client = web.client("operator_desa", somebody.area)
    said = {"person": somebody.person_id}
    answer = client.post(f"/loket/{somebody.family_id}/penjelasan/", said)
    text = answer.content.decode()
    assert "Program Keluarga Harapan" in text
    assert "BPS" in text
    assert "Rp" in text
    for word in ("atensi", "asesmen", "sentra"):
        assert word not in text[text.index("<main") :].lower()
    assert "Alasan, desil, dan uang" in client.get("/loket/buku/").content.decode()
    trail = rows(web, "SELECT what, person_id FROM audit_events ORDER BY id DESC LIMIT 3")
    assert ("served", somebody.person_id) in trail


def test_a_family_sheet_has_its_line(web: Any, somebody: Somebody) -> None:
    client = web.client("operator_desa", somebody.area)
    said = {"person": somebody.person_id}
    answer = client.post(f"/loket/{somebody.family_id}/lembar/", said)
    assert answer.url == f"/keluarga/{somebody.family_id}/lembar/?cetak=1"
    assert "Lembar keluarga" in client.get("/loket/buku/").content.decode()


def test_a_form_sent_twice_makes_one(web: Any) -> None:
    """A tired clerk presses twice, or the line breaks and the browser sends again."""
    one = [p for p in of_programme(web, "pkh", most=30) if p.area.startswith("1811")][6]
    client = web.client("operator_kabkota", "1811")
    base = f"/loket/{one.family_id}/"
    key = "5d3c1f60-6f43-4d1a-9a58-0c1f3a3f7a11"
    forms = (
        ("surat/keterangan_terdaftar/", {"purpose": "KIP"}),
        ("rujukan/", {"to": "bpjs", "need": "Kartu"}),
        ("pengaduan/", {"complaint": "Loket tutup."}),
    )
    served = "SELECT count(*) FROM counter_served WHERE family_id = %s"
    before = rows(web, served, one.family_id)[0][0]
    for n, (path, more) in enumerate(forms, 1):
        said = {"person": one.person_id, "sekali": key, **more}
        first, again = (client.post(base + path, said) for _ in range(2))
        assert first.status_code == again.status_code == 302
        assert first.url == again.url
        assert rows(web, served, one.family_id) == [(before + n,)]
    # Another letter of the same form is another letter.
    other = {"person": one.person_id, "sekali": key, "purpose": "Beasiswa"}
    assert client.post(f"{base}surat/keterangan_terdaftar/", other).url != first.url
    assert client.post(f"{base}rujukan/", {**other, "to": "mars", "need": "x"}).status_code == 422


def test_scripts_in_what_is_typed_stay_words(web: Any, somebody: Somebody) -> None:
    client = web.client("operator_kabkota", "1811")
    evil = "<script>alert(1)</script>"
    said = {"person": somebody.person_id, "to": "bpjs", "need": evil}
    answer = client.post(f"/loket/{somebody.family_id}/rujukan/", said)
    assert evil not in client.get(answer.url).content.decode()


def test_the_pack_of_the_counter_is_whole(tmp_path: Any) -> None:
    from pathlib import Path

    from tangga.errors import BadPack
    from tangga.web.counter.desk import desk, read_desk

    assert desk().telephone.tidied("0812-3456-7890") == "+6281234567890"
    assert desk().telephone.tidied("+62 812 3456 7890") == "+6281234567890"
    for wrong in ("1234", "0812 abc 7890", "08" + "1" * 40, ""):
        assert desk().telephone.tidied(wrong) is None
    (tmp_path / "counter.toml").write_text("[telephone]\ndial = 62\n[nonsense]\n")
    with pytest.raises(BadPack) as told:
        read_desk(Path(tmp_path))
    assert "nonsense" in str(told.value)
    assert "dial" in str(told.value)
