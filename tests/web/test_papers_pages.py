"""Pages of papers: print and workbook hold the same annex, lists and reports become papers, and
anybody may check one without learning who it is about."""

from __future__ import annotations

import re
import uuid
from datetime import date
from typing import Any

import pytest
from django.db import transaction
from django.urls import reverse
from lists_read import workbook
from users import make_user

from tangga.web.lists.definitions import definitions
from tangga.web.papers.content import Content
from tangga.web.papers.issue import issue
from tangga.web.papers.models import Named, Paper
from tangga.web.today import pretend

REGENCY, OTHER = "1811", "1771"
NIK, NAME = "1811014203850003", "Sari Wulandari"
ROWS = re.compile(r'<tr class="printed"><td class="number">(\d+)</td>(.*?)</tr>')
PAPER_LISTS = [name for name, one in definitions().items() if one.paper]


def made(web: Any, kind: str = "rujukan_layanan", **more: Any) -> Paper:
    about = {"to": "RSUD", "name": NAME, "nik": NIK, "address": "Dusun 2", "need": "Kartu"}
    with transaction.atomic():
        return issue(kind, by=None, area=REGENCY, **{"about": about, **more})


def decision(web: Any, many: int) -> Paper:
    rows = [
        {"ticket": f"USL/{n}", "name": f"=Orang {n}", "nik": f"181101420385{n:04}", "place": "A"}
        for n in range(1, many + 1)
    ]
    return made(web, "sk_perbaikan", about={"batch": "BDL/1"}, rows=rows)


def code_on(page: str) -> str:
    found = re.search(r"/periksa/([A-Z2-7]{16})/", page)
    assert found
    return found[1]


def test_the_page_shows_the_paper_with_its_number_and_code(web: Any) -> None:
    paper = made(web)
    page = web.client("operator_kabkota", REGENCY).get(reverse("paper", args=[paper.pk]))
    text = page.content.decode()
    assert page.status_code == 200
    assert paper.number in text and "Pemerintah Kabupaten Mesuji" in text and NAME in text
    assert NIK not in text and "0003" in text
    assert code_on(text) == paper.code and 'class="code"' in text


def test_anybody_may_check_and_learns_nothing_of_a_person(web: Any) -> None:
    paper = decision(web, 3)
    page = web.client().get(f"/periksa/{paper.code}/")
    text = page.content.decode()
    assert page.status_code == 200
    for said in (
        paper.number,
        "asli dan masih berlaku",
        "Dinas Sosial Kabupaten Mesuji",
        "<dd>3</dd>",
    ):
        assert said in text
    assert not re.search(r"Orang \d|USL/|\d{16}", text)
    typed = "-".join(re.findall("....", paper.code.lower()))
    answer = web.client().get("/periksa/", {"kode": typed})
    assert answer["Location"] == f"/periksa/{paper.code}/"
    assert web.client().get("/periksa/AAAAAAAAAAAAAAAA/").status_code == 404
    assert len(page.content) < 50_000


def decile_letter(web: Any, **more: Any) -> Paper:
    about = {
        "name": NAME, "nik": NIK, "address": "Dusun 2", "decile": 3, "dtsen": "2026-1",
        "purpose": "Beasiswa", "until": date(2026, 5, 3), **more,
    }  # fmt: skip
    return made(web, "keterangan_desil", about=about)


def test_an_altered_letter_differs_from_what_the_check_says_of_it(web: Any) -> None:
    with pretend(date(2026, 3, 2)):
        text = web.client().get(f"/periksa/{decile_letter(web).code}/").content.decode()
        bare = decile_letter(web, decile=None, nik=None)
        without = web.client().get(f"/periksa/{bare.code}/").content.decode()
    assert "S… W…" in text and "0003" in text and "<dt>Desil</dt><dd>3</dd>" in text
    assert "masih berlaku" in text and "Berlaku sampai 3 Mei 2026" in text
    assert "tidak diperiksa di sini" in text
    for secret in (NAME, "Wulandari", NIK, "Dusun 2", "Beasiswa"):
        assert secret not in text
    assert "<dt>Desil</dt><dd>tidak disebut pada surat</dd>" in without


def test_a_letter_past_its_last_day_is_valid_no_more(web: Any) -> None:
    paper = decile_letter(web)
    for day, valid in ((date(2026, 5, 3), True), (date(2026, 6, 1), False)):
        with pretend(day):
            text = web.client().get(f"/periksa/{paper.code}/").content.decode()
        assert ("masih berlaku" in text) is valid
        assert ("kedaluwarsa sejak 4 Mei 2026" in text) is not valid


def test_a_revoked_paper_says_so_to_whoever_checks(web: Any) -> None:
    paper = made(web)
    head = web.client("operator_kabkota", REGENCY)
    answer = head.post(f"/surat/{paper.pk}/cabut/", {"alasan": "pendek"}, follow=True)
    assert "sedikitnya sepuluh huruf" in answer.content.decode()
    answer = head.post(f"/surat/{paper.pk}/cabut/", {"alasan": "Alamat tujuan keliru"}, follow=True)
    assert "Surat dicabut" in answer.content.decode()
    text = web.client().get(f"/periksa/{paper.code}/").content.decode()
    assert "tidak berlaku" in text and "Alamat tujuan keliru" not in text


def test_what_the_check_says_of_a_case_is_closed(web: Any) -> None:
    about = {
        "sentra": "Wyata Guna", "name": NAME, "age": "30", "cluster": "B", "service": "C",
        "assessment": "1", "companion": "D", "answer_by": date(2026, 3, 1),
    }  # fmt: skip
    paper = made(web, "surat_rujukan_sentra", about=about)
    text = web.client().get(f"/periksa/{paper.code}/").content.decode()
    assert "isinya tertutup" in text and "Sentra" not in text
    assert web.client("operator_kabkota", REGENCY).get(f"/surat/{paper.pk}/").status_code == 404
    assert web.client("pendamping_rehsos", REGENCY).get(f"/surat/{paper.pk}/").status_code == 200


def test_the_trail_does_not_tell_whose_case_a_paper_is_about(web: Any) -> None:
    about = {
        "sentra": "Wyata Guna", "name": NAME, "age": "30", "cluster": "B", "service": "C",
        "assessment": "1", "companion": "D", "answer_by": date(2026, 3, 1),
    }  # fmt: skip
    whose = {"family_id": "F-77", "person_id": "P-77"}
    paper = made(web, "surat_rujukan_sentra", about=about, **whose)
    team = web.client("pendamping_rehsos", REGENCY)
    team.get(f"/surat/{paper.pk}/")
    team.post(f"/surat/{paper.pk}/cabut/", {"alasan": "Sentra yang dituju keliru"})
    with web.owner() as con:
        found = con.execute(
            "SELECT what, family_id, person_id, reason, about::text FROM audit_events"
            " WHERE about->>'paper' = %s ORDER BY id",
            [str(paper.pk)],
        ).fetchall()
    assert [row[0] for row in found] == ["paper_issued", "paper_seen", "paper_revoked"]
    assert not [row for row in found if row[1] or row[2] or row[3] or "rujukan" in row[4].lower()]


def test_print_workbook_and_count_agree_and_no_cell_is_a_formula(web: Any) -> None:
    paper = decision(web, 25)
    client = web.client("operator_kabkota", REGENCY)
    page = client.get(f"/surat/{paper.pk}/").content.decode()
    printed = ROWS.findall(page)
    sheet = workbook(client.get(f"/surat/{paper.pk}/xlsx/"), "No.")
    assert len(printed) == len(sheet.rows) == paper.rows == 25
    assert [row[0] for row in sheet.rows] == list(range(1, 26))
    names = [re.findall(r"<td[^>]*>(.*?)</td>", row)[1] for _, row in printed]
    assert [row[2].removeprefix("'") for row in sheet.rows] == names
    assert not any(re.fullmatch(r"\d{16}", str(cell)) for row in sheet.rows for cell in row)
    assert not any(str(cell).startswith("=") for row in sheet.rows for cell in row)


def test_an_annex_longer_than_a_print_comes_in_parts(web: Any) -> None:
    paper = decision(web, 4003)
    client = web.client("operator_kabkota", REGENCY)
    parts = [client.get(f"/surat/{paper.pk}/?bagian={n}").content.decode() for n in (1, 2)]
    found = [int(n) for page in parts for n, _ in ROWS.findall(page)]
    assert found == list(range(1, 4004))
    for wrong in ("0", "3", "x9", "99999999"):
        status = client.get(f"/surat/{paper.pk}/?bagian={wrong}").status_code
        assert status == (200 if wrong in ("x9", "99999999") else 404)


def test_numbers_in_full_need_purpose_and_reason_and_leave_a_mark(web: Any) -> None:
    paper = decision(web, 2)
    client = web.client("operator_kabkota", REGENCY)
    address = f"/surat/{paper.pk}/utuh/"
    assert "181101420385" not in client.get(address).content.decode()
    reason = {"purpose": "entry", "reason": "Mengisi SIKS-NG untuk bundel pertama"}
    page = client.post(address, reason).content.decode()
    assert "1811014203850001" in page and "Mengisi SIKS-NG" in page
    sheet = workbook(client.post(address, {**reason, "bentuk": "xlsx"}), "No.")
    assert sheet.rows[0][3] == "1811014203850001"
    with web.owner() as con:
        many = con.execute(
            "SELECT count(*) FROM audit_events WHERE what = 'exported_whole'"
            " AND about->>'paper' = %s",
            [str(paper.pk)],
        ).fetchone()
    assert many == (2,)
    assert web.client("kepala_dinas", REGENCY).get(address).status_code == 403


@pytest.mark.parametrize("name", PAPER_LISTS)
def test_each_list_of_the_village_becomes_papers_with_the_same_rows(web: Any, name: str) -> None:
    client = web.client("operator_kabkota", REGENCY)
    shown = client.get(f"/surat/daftar/{name}/")
    if shown.status_code == 404:
        pytest.skip("the release lacks its table")
    total = int(re.findall(r"<dd>([\d.]+)</dd>", shown.content.decode())[-1].replace(".", ""))
    answer = client.post(f"/surat/daftar/{name}/", {"per": "satu"})
    assert answer.status_code == 302
    paper = Paper.objects.get(pk=answer["Location"].split("/")[2])
    assert paper.rows == total and paper.series == name
    assert Content.opened(paper.content).digest == paper.digest
    sheet = workbook(client.get(f"/surat/{paper.pk}/xlsx/"), "No.")
    listed = workbook(client.get(f"/daftar/{name}/xlsx/"), "No.")
    assert len(sheet.rows) == len(listed.rows) == total


def test_one_paper_a_village_sums_to_the_list_and_is_numbered_on(web: Any) -> None:
    client = web.client("kemensos")
    before = set(Paper.objects.values_list("pk", flat=True))
    answer = client.post("/surat/daftar/families/", {"per": "desa"})
    assert answer["Location"] == "/surat/?kelompok=list"
    new = Paper.objects.exclude(pk__in=before).order_by("n")
    with web.owner() as con:
        families = con.execute(
            "SELECT count(*) FROM r_1.family_index WHERE length(area) = 10"
        ).fetchone()
    assert sum(one.rows for one in new) == families[0]
    assert {len(one.area) for one in new} == {10}
    assert [one.n for one in new] == list(range(new[0].n, new[0].n + len(new)))
    assert Named.objects.filter(paper__in=new).count() == families[0]
    own = web.client("operator_desa", new[0].area)
    assert own.get(f"/surat/{new[0].pk}/").status_code == 200
    assert own.get(f"/surat/{new[1].pk}/").status_code == 404


def test_a_column_closed_to_a_role_closes_the_paper(web: Any) -> None:
    client = web.client("operator_kabkota", REGENCY)
    answer = client.post("/surat/daftar/recipients/", {"per": "satu"})
    paper = Paper.objects.get(pk=answer["Location"].split("/")[2])
    assert "financial" in paper.sees
    assert web.client("verifikator_kabkota", REGENCY).get(f"/surat/{paper.pk}/").status_code == 200
    assert web.client("pelopor_perdamaian", REGENCY).get(f"/surat/{paper.pk}/").status_code == 404


@pytest.mark.parametrize("report", ["rekap", "capaian_triwulan", "rekonsiliasi", "laporan_bulanan"])
def test_reports_hold_the_figures_of_the_register(web: Any, report: str) -> None:
    client = web.client("operator_kabkota", REGENCY)
    page = client.get("/surat/laporan/").content.decode()
    chosen = {
        "wilayah": REGENCY,
        "masa": first(page, r'<select id="masa".*?<option value="(.*?)"'),
        "petugas": first(page, r'<select id="petugas".*?<option value="(.*?)"'),
        "bulan": "2025-12",
    }
    answer = client.post(f"/surat/laporan/{report}/", chosen, follow=True)
    text = answer.content.decode()
    assert "Diterbitkan dengan nomor" in text, text[:3000]
    paper = Paper.objects.filter(kind=report).latest("at")
    content = Content.opened(paper.content)
    with web.owner() as con:
        if report == "rekap":
            told = con.execute(
                "SELECT value FROM r_1.figures WHERE area = '1811' AND figure = 'families'"
                " AND key = ''"
            ).fetchone()
            below = con.execute(
                "SELECT sum(value) FROM r_1.figures WHERE area LIKE '1811__' AND key = ''"
                " AND figure = 'families'"
            ).fetchone()
            assert content.total("families") == below[0] <= told[0]
            client.post("/surat/laporan/rekap/", {"wilayah": REGENCY, "rinci": "desa"})
            each = Content.opened(Paper.objects.filter(kind=report).latest("at").content)
            many = con.execute(
                "SELECT count(DISTINCT area) FROM r_1.figures WHERE area LIKE '1811______'"
            ).fetchone()
            assert len(each.rows) == many[0] >= len(content.rows)
        if report == "rekonsiliasi":
            assert "tidak cocok" in text
            assert content.total("lines") > 0


def first(page: str, pattern: str) -> str:
    found = re.search(pattern, page, re.DOTALL)
    return found[1] if found else ""


def test_a_report_that_cannot_be_made_says_why(web: Any) -> None:
    client = web.client("operator_kabkota", REGENCY)
    for name, form in (
        ("rekonsiliasi", {"masa": "1999-1"}),
        ("rekonsiliasi", {"masa": "x"}),
        ("laporan_bulanan", {"petugas": "NOBODY", "bulan": "2025-12"}),
        ("laporan_bulanan", {"petugas": "NOBODY", "bulan": "2999-12"}),
    ):
        answer = client.post(f"/surat/laporan/{name}/", form, follow=True)
        assert 'class="notice error"' in answer.content.decode()
    assert client.post("/surat/laporan/nothing/").status_code == 404
    assert client.post("/surat/laporan/rekap/", {"wilayah": OTHER}).status_code == 404
    assert web.client("bps", REGENCY).post("/surat/laporan/rekap/").status_code == 403


def test_papers_of_a_neighbour_are_not_there(web: Any) -> None:
    paper = made(web)
    for path in ("", "xlsx/", "utuh/"):
        answer = web.client("operator_kabkota", OTHER).get(f"/surat/{paper.pk}/{path}")
        assert answer.status_code == 404
    page = web.client("operator_kabkota", OTHER).get("/surat/").content.decode()
    assert paper.number not in page


def test_the_trail_tells_who_opened_a_paper(web: Any) -> None:
    paper = made(web, family_id="F-1")
    web.client("operator_kabkota", REGENCY).get(f"/surat/{paper.pk}/")
    with web.owner() as con:
        what = con.execute(
            "SELECT what FROM audit_events WHERE family_id = 'F-1' ORDER BY id"
        ).fetchall()
    assert what == [("paper_issued",), ("paper_seen",)]


def test_a_worker_makes_their_own_monthly_report_and_no_others(web: Any) -> None:
    with web.owner() as con:
        worker, village, day, many = con.execute(
            "SELECT v.worker, f.area, max(v.on_date), count(DISTINCT (v.family_id, v.on_date))"
            " FROM r_1.visits AS v JOIN r_1.family_index AS f ON f.family_id = v.family_id"
            " WHERE v.worker IN (SELECT worker FROM r_1.workers WHERE pilar = 'pkh_companion')"
            " AND length(f.area) = 10 AND v.on_date IS NOT NULL"
            " GROUP BY 1, 2, date_trunc('month', v.on_date) ORDER BY 4 DESC, 1 LIMIT 1"
        ).fetchone()
    make_user("pendamping_pkh", village[:6], username="pendamping-satu", worker=worker)
    web.made["pendamping_pkh", village[:6]] = make_user(
        "pendamping_pkh", village[:6], username="pendamping-satu"
    )
    client = web.client("pendamping_pkh", village[:6])
    page = client.get("/surat/laporan/").content.decode()
    assert f"petugas {worker}" in page and "rekap/" not in page
    form = {"bulan": f"{day:%Y-%m}", "petugas": "SOMEBODY-ELSE"}
    text = client.post("/surat/laporan/laporan_bulanan/", form, follow=True).content.decode()
    assert "Diterbitkan dengan nomor" in text and worker in text
    paper = Paper.objects.filter(kind="laporan_bulanan").latest("at")
    assert paper.rows >= many and paper.area.startswith(village[:6])
    assert paper.office == village[:4]


@pytest.mark.parametrize("per", ["satu", "desa"])
def test_a_form_sent_twice_issues_once(web: Any, per: str) -> None:
    client = web.client("kemensos")
    page = client.get("/surat/daftar/near_cap/").content.decode()
    form = {"per": per, "kunci": first(page, 'name="kunci" value="(.*?)"')}
    before = Paper.objects.count()
    client.post("/surat/daftar/near_cap/", form)
    many = Paper.objects.count() - before
    again = client.post("/surat/daftar/near_cap/", form)
    assert many >= 1 and Paper.objects.count() - before == many and again.status_code == 302
    report = {"kunci": form["kunci"][:-4] + "0000", "wilayah": ""}
    answers = [client.post("/surat/laporan/rekap/", report) for _ in range(2)]
    assert answers[0]["Location"] == answers[1]["Location"]
    assert Paper.objects.count() - before == many + 1


def test_a_statement_is_filled_in_for_a_family_once(web: Any) -> None:
    """Name and number come from the register; a form that is sent twice is one paper."""
    from proposing import a_family

    family = a_family(web)
    companion = web.client("pendamping_pkh", family["area"][:6])
    address = f"/surat/keluarga/{family['family_id']}/pernyataan_graduasi/"
    page = companion.get(address).content.decode()
    assert 'name="income"' in page and 'name="nik"' not in page and 'name="name"' not in page
    assert companion.post(address, {"income": ""}).status_code == 422
    form = {"income": "Warung kopi", "programmes": "PKH", "kunci": str(uuid.uuid4())}
    first, second = companion.post(address, form), companion.post(address, form)
    assert first["Location"] == second["Location"]
    paper = Paper.objects.get(pk=form["kunci"])
    assert paper.family_id == family["family_id"]
    said = companion.get(first["Location"]).content.decode()
    assert "Warung kopi" in said and paper.number in said
    assert web.client("operator_desa", family["area"]).get(address).status_code == 403
    assert web.client("pendamping_pkh", "177101").get(address).status_code == 404
    assert companion.get(address.replace("pernyataan_graduasi", "sk_penetapan")).status_code == 404
    link = f"/surat/keluarga/{family['family_id']}/penolakan_graduasi/"
    assert link in companion.get(f"/keluarga/{family['family_id']}/").content.decode()
