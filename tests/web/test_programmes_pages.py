"""Pages of programmes: who sees what, what a page says, what bad input gets."""

from __future__ import annotations

from datetime import date

import pytest
from at_programmes import (
    HEAD,
    OPERATOR,
    Q1,
    REGENT,
    VERIFIER,
    acting,
    prepared,
    rows_of,
    sent_out,
    signed,
    step,
)

from tangga.web.today import pretend

DAY = date(2026, 2, 20)


@pytest.fixture(autouse=True)
def today():
    with pretend(DAY):
        yield


@pytest.fixture(scope="module")
def round_(web):
    with pretend(DAY):
        return signed(web, "pkh", Q1)


def page(web, who, path, **more):
    return web.client(*who).get(path, **more)


def test_every_page_opens_for_who_works_there(web, round_):
    for who in (OPERATOR, VERIFIER, HEAD, ("koordinator_pkh", "1811"), ("auditor", "1811")):
        for path in (
            "/program/",
            "/program/pkh/",
            "/program/training/",
            "/program/tahap/",
            "/program/penetapan/",
            f"/program/tahap/{round_.pk}/",
            *(f"/program/tahap/{round_.pk}/?lihat={look}" for look in ("held", "out", "instead")),
            "/program/pkh/antrean/1811/",
            "/program/pkh/antrean/1811/?antrean=unknown_rank",
        ):
            assert page(web, who, path).status_code == 200, (who, path)
    for path in ("/program/pkh/tahap-baru/", "/program/training/penetapan-baru/"):
        assert page(web, OPERATOR, path).status_code == 200
        assert page(web, HEAD, path).status_code == 403
    assert page(web, OPERATOR, "/program/atensi/").status_code == 404
    assert page(web, REGENT, f"/program/tahap/{round_.pk}/").status_code == 200
    assert page(web, REGENT, "/program/pkh/antrean/1811/").status_code == 403


def test_another_area_sees_nothing_of_a_round(web, round_):
    for role in ("operator_kabkota", "kepala_dinas"):
        client = web.client(role, "1771")
        assert client.get(f"/program/tahap/{round_.pk}/").status_code == 404
        assert client.get(f"/program/tahap/{round_.pk}/berkas/").status_code in (403, 404)
    with acting(web, "operator_kabkota", "1771"):
        from tangga.web.programmes.models import Row

        assert not Row.objects.exists()


def test_a_village_sees_its_own_rows_of_the_round_around_it(web, round_):
    from tangga.web.programmes.models import Row

    village = rows_of(web, round_, "pay")[0].area
    with acting(web, "operator_desa", village):
        assert set(Row.objects.values_list("area", flat=True)) == {village}
    answer = page(web, ("operator_desa", village), f"/program/tahap/{round_.pk}/")
    assert answer.status_code == 200
    assert round_.item.number not in answer.content.decode()


def test_the_list_of_a_village_is_a_paper_once_and_its_rows_are_the_lists(web, round_):
    from tangga.web.papers.models import Paper

    rows = rows_of(web, round_, "pay")
    village = rows[0].area
    address = f"/program/tahap/{round_.pk}/bnba/{village}/"
    first, again = web.client(*OPERATOR).post(address), web.client(*OPERATOR).post(address)
    assert first.status_code == 302 and first["Location"] == again["Location"]
    paper = Paper.objects.get(area=village, item_id=round_.pk)
    assert paper.rows == sum(row.area == village for row in rows)
    desa = web.client("operator_desa", village)
    assert desa.get(first["Location"]).status_code == 200
    assert paper.number in desa.get(f"/program/tahap/{round_.pk}/").content.decode()
    assert web.client(*VERIFIER).post(address.replace(village, "1811999999")).status_code == 302
    assert Paper.objects.filter(item_id=round_.pk, kind=paper.kind).count() == 2
    assert web.client("operator_kabkota", "1771").post(address).status_code == 404


def test_the_trail_keeps_whose_rows_were_seen_and_taken(web, round_):
    rows = rows_of(web, round_, "pay")
    client = web.client(*OPERATOR)
    client.get(f"/program/tahap/{round_.pk}/")
    client.post(f"/program/tahap/{round_.pk}/berkas/")
    client.get("/program/pkh/antrean/1811/")
    with web.owner() as con:
        seen = dict(
            con.execute(
                "SELECT what, about->'families' FROM audit_events WHERE what IN"
                " ('round_seen', 'queue_seen') AND role = 'operator_kabkota' ORDER BY at"
            ).fetchall()
        )
        taken = con.execute(
            "SELECT families FROM privacy_taken WHERE list = 'payment_file' ORDER BY id DESC"
        ).fetchone()
    assert set(seen["round_seen"]) == {row.family_id for row in rows[:50]}
    assert len(seen["queue_seen"]) > 0
    assert set(taken[0]) == {row.family_id for row in rows}


def test_no_page_shows_a_national_number_and_the_file_does(web, round_):
    nik = next(line["NIK_PENGURUS"] for line in sent_out(web, round_) if line["NIK_PENGURUS"])
    client = web.client(*OPERATOR)
    assert nik not in client.get(f"/program/tahap/{round_.pk}/").content.decode()
    answer = client.post(f"/program/tahap/{round_.pk}/berkas/")
    assert answer.status_code == 200 and nik in answer.content.decode()
    assert answer["Cache-Control"] == "no-store"
    for who in (HEAD, VERIFIER):
        assert web.client(*who).post(f"/program/tahap/{round_.pk}/berkas/").status_code == 403


def test_components_are_not_told_to_who_sees_no_illness(web, round_):
    from tangga.web.pack import code_label

    rows = rows_of(web, round_, "pay")
    row = next(one for one in rows if one.parts and one.parts[0]["component"])
    word = code_label("component", row.parts[0]["component"], "id")
    path = f"/program/tahap/{round_.pk}/"
    assert word in page(web, OPERATOR, path).content.decode()
    assert word not in page(web, ("operator_desa", row.area), path).content.decode()


def test_a_round_from_the_form_to_the_results(fresh_web):
    web = fresh_web
    client = web.client(*OPERATOR)
    answer = client.post(
        "/program/sembako/tahap-baru/",
        {"area": "1811", "called": "Tahap 1", "time": "2026-01-01/2026-03-31"},
    )
    assert answer.status_code == 302, answer.content.decode()[:3000]
    where = answer["Location"]
    number = where.rstrip("/").rsplit("/", 1)[-1]
    again = client.post(
        "/program/sembako/tahap-baru/",
        {"area": "1811", "called": "Tahap 1", "time": "2026-01-01/2026-03-31"},
        follow=True,
    )
    assert "sudah ada" in again.content.decode()
    for name, who in (("ask", OPERATOR), ("check", VERIFIER), ("sign", HEAD)):
        from tangga.web.work.models import Item

        with acting(web, *who):
            version = Item.objects.get(pk=number).version
        web.client(*who).post(f"/tugas/{number}/langkah/", {"langkah": name, "versi": version})
    text = client.get(where).content.decode()
    assert "Sudah ditetapkan" in text and "SHA-256" in text
    file = client.post(f"{where}berkas/").content.decode().splitlines()
    codes = [line.split(",")[0] for line in file[1:]]
    from django.core.files.uploadedfile import SimpleUploadedFile

    lines = ["ID_SALUR,JUMLAH,TANGGAL,STATUS,SEBAB"]
    lines += [f"{code},600000,2026-02-20,TERSALUR," for code in codes[:-1]]
    lines += [f"{codes[-1]},600000,,GAGAL,KARTU HILANG"]
    sent = SimpleUploadedFile("hasil.csv", "\n".join(lines).encode(), content_type="text/csv")
    answer = client.post(f"{where}hasil/", {"berkas": sent}, follow=True)
    text = answer.content.decode()
    assert answer.status_code == 200 and "gagal salur" in text
    text = client.get(f"{where}?lihat=gagal").content.decode()
    assert "Kartu hilang" in text
    papers = [one for one in text.split('"') if one.startswith("/surat/")]
    assert papers and client.get(papers[0]).status_code == 200
    bad = SimpleUploadedFile("x.csv", b"\x89PNG\r\n\x1a\n\0\0", content_type="text/csv")
    text = client.post(f"{where}hasil/", {"berkas": bad}, follow=True).content.decode()
    assert "bukan berkas teks" in text
    bad = SimpleUploadedFile("x.csv", b"a,b\n1,2\n", content_type="text/csv")
    text = client.post(f"{where}hasil/", {"berkas": bad}, follow=True).content.decode()
    assert "ID_SALUR" in text


def test_what_was_dropped_is_not_signed(fresh_web):
    from tangga.web.work.refusals import WrongState

    web = fresh_web
    round_ = prepared(web, "sembako", Q1)
    step(web, round_.item, "ask", OPERATOR)
    step(web, round_.item, "check", VERIFIER)
    step(web, round_.item, "drop", OPERATOR, reason="salah masa")
    with pytest.raises(WrongState):
        step(web, round_.item, "sign", HEAD)
    again = prepared(web, "sembako", Q1)
    assert again.pk != round_.pk


def test_a_new_round_begins_with_the_time_that_runs_and_asks_why_for_one_to_come(fresh_web):
    from tangga.web.work.models import Taken

    client = fresh_web.client(*OPERATOR)
    path = "/program/sembako/tahap-baru/"
    text = client.get(path).content.decode()
    assert 'value="2026-01-01/2026-03-31" selected' in text and "(belum mulai)" in text
    said = {"area": "1811", "called": "Tahap 4", "time": "2026-10-01/2026-12-31"}
    answer = client.post(path, said)
    assert answer.status_code == 200 and "baru mulai 1 Oktober 2026" in answer.content.decode()
    assert client.post(path, {**said, "early": "anggaran ditutup lebih awal"}).status_code == 302
    with acting(fresh_web, *OPERATOR):
        assert Taken.objects.filter(reason="anggaran ditutup lebih awal").exists()
