"""Objections, requests, reports: who may what, what silence does, and what each answer says."""

from __future__ import annotations

import itertools
import re
from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import date, timedelta
from typing import Any

import pytest
from django.db import connection
from public_people import Somebody, of_programme, people

DAY = date(2026, 3, 2)
Acting = Callable[..., AbstractContextManager[Any]]


@pytest.fixture(autouse=True)
def _a_day(web: Any) -> Any:
    from tangga.web.today import pretend

    with pretend(DAY):
        yield


@pytest.fixture
def family(web: Any) -> Somebody:
    """A recipient in Mesuji."""
    return next(one for one in of_programme(web, "pkh", most=9) if one.area.startswith("1811"))


def lodge(web: Any, one: Somebody, **more: Any) -> Any:
    """As an officer of the regency at the counter types it in."""
    client = web.client("operator_kabkota", one.area[:4])
    said = {"subject": "other", "words": "Kami masih memerlukan.", **more}
    answer = client.post(f"/keberatan/baru/objection/{one.family_id}/", said)
    assert answer.status_code == 302, answer.content.decode()
    return newest(web, "objection")


def newest(web: Any, kind: str) -> Any:
    with web.owner() as con:
        row = con.execute(
            "SELECT id, number, state, version, due, area, closed_on FROM work_item "
            "WHERE kind = %s ORDER BY at DESC LIMIT 1",
            [kind],
        ).fetchone()
    names = ("id", "number", "state", "version", "due", "area", "closed_on")
    return dict(zip(names, row, strict=True))


def step(web: Any, role: str, area: str, item: dict[str, Any], name: str, **more: Any) -> Any:
    client = web.client(role, area)
    said = {"langkah": name, "versi": item["version"], "alasan": "Sudah diperiksa.", **more}
    answer = client.post(f"/tugas/{item['id']}/langkah/", said)
    assert answer.status_code == 302, answer.content.decode()
    return client


def rows(web: Any, query: str, *values: Any) -> list[Any]:
    with web.owner() as con:
        return con.execute(query, values).fetchall()


def test_an_objection_from_the_counter_to_the_answer(web: Any, family: Somebody) -> None:
    item = lodge(web, family)
    assert (item["state"], item["area"]) == ("lodged", family.area)
    step(web, "verifikator_kabkota", "1811", item, "check")
    item = newest(web, "objection")
    assert item["state"] == "checked"
    step(web, "kepala_dinas", "1811", item, "uphold", alasan="Data lama; keluarga ini berhak.")
    item = newest(web, "objection")
    assert (item["state"], item["closed_on"]) == ("upheld", DAY)
    events = rows(
        web,
        "SELECT event, objection_upheld FROM overlay_event WHERE item_id = %s ORDER BY at",
        item["id"],
    )
    assert events == [("objection", None), ("objection_decided", True)]
    papers = rows(web, "SELECT kind FROM papers_paper WHERE item_id = %s ORDER BY at", item["id"])
    assert [one[0] for one in papers] == ["tanda_terima", "jawaban"]


def test_the_register_of_the_day_has_a_line(web: Any, family: Somebody) -> None:
    client = web.client("operator_kabkota", "1811")
    before = client.get("/loket/buku/").content.decode().count("<tr role")
    lodge(web, family, subject="programme:job_placement")
    page = client.get("/loket/buku/").content.decode()
    assert page.count("<tr role") >= max(before, 1) + 1
    assert "Keberatan" in page


def test_an_overdue_objection_goes_to_the_province_and_still_suspends(
    web: Any, family: Somebody
) -> None:
    from tangga.web.today import pretend
    from tangga.web.work.clock_job import overdue

    item = lodge(web, family, subject="proposal")
    with pretend(DAY + timedelta(days=8)):
        assert overdue() >= 1
        found = newest(web, "objection")
        assert found["state"] == "with_province"
        assert found["due"] == DAY + timedelta(days=22)
        page = web.client("dinas_provinsi", "18").get(f"/keberatan/{item['id']}/").content.decode()
        assert "Kepala Dinas Sosial Provinsi" in page
        # The regency's time is over.
        step(web, "kepala_dinas", "1811", found, "reject")
        assert newest(web, "objection")["state"] == "with_province"
        step(web, "dinas_provinsi", "18", found, "uphold_by_province")
        assert newest(web, "objection")["state"] == "upheld"
    answered = rows(
        web,
        "SELECT objection_upheld FROM overlay_event WHERE item_id = %s AND event = %s",
        item["id"],
        "objection_decided",
    )
    assert answered == [(True,)]


def test_who_lodged_checked_and_decided_are_three(web: Any, family: Somebody) -> None:

    item = lodge(web, family, subject="programme:sembako")
    step(web, "verifikator_kabkota", "1811", item, "check")
    step(web, "kepala_dinas", "1811", newest(web, "objection"), "pass_on", dokumen="460/12/2026")
    hands = rows(
        web,
        "SELECT hand, user_id FROM work_taken WHERE item_id = %s AND hand <> '' ORDER BY n",
        item["id"],
    )
    assert [hand for hand, _ in hands] == ["proposer", "verifier", "approver"]
    assert len({user for _, user in hands}) == 3


def test_what_others_determine_is_passed_on_and_not_decided(web: Any, family: Somebody) -> None:
    item = lodge(web, family, subject="decile")
    step(web, "verifikator_kabkota", "1811", item, "check")
    item = newest(web, "objection")
    page = web.client("kepala_dinas", "1811").get(f"/keberatan/{item['id']}/").content.decode()
    assert 'value="pass_on"' in page
    assert 'value="uphold"' not in page
    client = step(web, "kepala_dinas", "1811", item, "uphold")
    assert "Bukan wewenang kantor ini" in client.get(f"/keberatan/{item['id']}/").content.decode()
    assert newest(web, "objection")["state"] == "checked"
    assert not rows(
        web, "SELECT 1 FROM overlay_event WHERE item_id = %s AND event <> 'objection'", item["id"]
    )
    step(web, "kepala_dinas", "1811", item, "pass_on", dokumen="460/77/2026")
    assert newest(web, "objection")["state"] == "passed_on"


def test_the_page_says_who_may_decide(web: Any, family: Somebody) -> None:
    item = lodge(web, family, subject="decile", person=family.person_id)
    page = web.client("verifikator_kabkota", "1811").get(f"/keberatan/{item['id']}/")
    text = page.content.decode()
    assert "Badan Pusat Statistik" in text
    assert "naik ke dinas sosial provinsi" in text


def test_the_same_objection_twice_is_one(web: Any, family: Somebody) -> None:
    first = lodge(web, family, subject="programme:pip")
    client = web.client("operator_kabkota", "1811")
    said = {"subject": "programme:pip", "words": "Sekali lagi."}
    url = f"/keberatan/baru/objection/{family.family_id}/"
    twice = client.post(url, said)
    assert twice.status_code == 422 and first["number"] in twice.content.decode()
    assert newest(web, "objection")["id"] == first["id"]


def test_what_was_said_is_sealed(web: Any, family: Somebody) -> None:
    item = lodge(web, family, subject="programme:kur", words="Suami saya sakit keras.")
    for table, key in (("appeals_appeal", "item_id"), ("work_taken", "item_id")):
        text = rows(web, f"SELECT t::text FROM {table} AS t WHERE {key} = %s", item["id"])[0][0]
        assert "sakit keras" not in text
    page = web.client("verifikator_kabkota", "1811").get(f"/keberatan/{item['id']}/")
    assert "sakit keras" in page.content.decode()


def stop_announced(web: Any, one: Somebody) -> Any:
    """A check of the family's support that was decided and told: it stops in a fortnight."""
    from acting import acting

    from tangga.web.journeys.care import holding

    with acting(web, "operator_kabkota", "1811") as viewer:
        item = holding.raise_case(
            family_id=one.family_id, reason="electricity", words="Daya 2.200 VA.", by=viewer
        )
    with web.owner() as con:
        con.execute(
            "UPDATE work_item SET state = 'notified', due = %s WHERE id = %s",
            [DAY + timedelta(days=14), item.pk],
        )
    return item


def state_of(web: Any, item: Any) -> str:
    return str(rows(web, "SELECT state FROM work_item WHERE id = %s", item.pk)[0][0])


def test_an_objection_in_time_suspends_the_stop_however_late_the_answer(web: Any) -> None:
    from tangga.web.today import pretend
    from tangga.web.work.clock_job import overdue

    one = [p for p in of_programme(web, "pkh", most=30) if p.area.startswith("1811")][-1]
    stop = stop_announced(web, one)
    page = web.client("operator_kabkota", "1811").get(f"/keberatan/baru/objection/{one.family_id}/")
    assert stop.number in page.content.decode()
    item = lodge(web, one, subject="notice", notice=stop.number)
    assert state_of(web, stop) == "objected"
    assert rows(
        web, "SELECT suspends, effect_on FROM appeals_appeal WHERE item_id = %s", item["id"]
    ) == [(True, DAY + timedelta(days=15))]  # the day after the last one to object
    with pretend(DAY + timedelta(days=40)):
        overdue()
        assert newest(web, "objection")["state"] == "with_province"
        assert state_of(web, stop) == "objected"
        # It has to be decided: it cannot be passed on.
        late = newest(web, "objection")
        step(web, "dinas_provinsi", "18", late, "pass_on_by_province", dokumen="1/2026")
        assert newest(web, "objection")["state"] == "with_province"
        step(web, "dinas_provinsi", "18", late, "uphold_by_province")
    assert newest(web, "objection")["state"] == "upheld"
    assert state_of(web, stop) == "cleared"


def test_a_rejected_objection_lets_the_stop_go_on_but_not_at_once(web: Any) -> None:
    one = [p for p in of_programme(web, "pkh", most=30) if p.area.startswith("1811")][-2]
    stop = stop_announced(web, one)
    item = lodge(web, one, subject="notice", notice=stop.number)
    step(web, "verifikator_kabkota", "1811", item, "check")
    step(web, "kepala_dinas", "1811", newest(web, "objection"), "reject")
    assert newest(web, "objection")["state"] == "rejected"
    assert state_of(web, stop) in ("denied", "notified")


def test_a_disguised_file_is_not_taken_and_nothing_is_lodged(web: Any, family: Somebody) -> None:
    from django.core.files.uploadedfile import SimpleUploadedFile

    before = newest(web, "objection")
    client = web.client("operator_kabkota", "1811")
    url = f"/keberatan/baru/objection/{family.family_id}/"
    for name, content in (("foto.jpg", b"<script>alert(1)</script>"), ("surat.pdf", b"MZ\x90\x00")):
        said = {
            "subject": "programme:rst",
            "words": "–",
            "paper": SimpleUploadedFile(name, content),
        }
        answer = client.post(url, said)
        assert answer.status_code == 422
        assert "<script>alert" not in answer.content.decode()
    assert newest(web, "objection") == before


def test_a_picture_is_kept_with_it(web: Any, family: Somebody) -> None:
    import io

    from django.core.files.uploadedfile import SimpleUploadedFile
    from PIL import Image

    drawn = io.BytesIO()
    Image.new("RGB", (40, 30), "white").save(drawn, "JPEG")
    file = SimpleUploadedFile("kwh.jpg", drawn.getvalue(), "image/jpeg")
    item = lodge(web, family, subject="programme:rst", paper=file)
    page = web.client("verifikator_kabkota", "1811").get(f"/keberatan/{item['id']}/")
    assert "kwh.jpg" in page.content.decode()


# --- requests ------------------------------------------------------------------------------------


def request_for(web: Any, one: Somebody, subject: str) -> Any:
    client = web.client("operator_desa", one.area)
    said = {"subject": subject, "words": "Kami belum pernah didata.", "sure": "on"}
    assert client.post(f"/keberatan/baru/request/{one.family_id}/", said).status_code == 302
    return newest(web, "request")


def test_a_request_that_the_village_leaves_goes_to_the_office(web: Any, family: Somebody) -> None:
    from tangga.web.today import pretend
    from tangga.web.work.clock_job import overdue

    item = request_for(web, family, "programme:pkh")
    with pretend(DAY + timedelta(days=15)):
        overdue()
        found = newest(web, "request")
        assert found["state"] == "with_office"
        step(web, "verifikator_kabkota", "1811", found, "check")
        step(web, "kepala_dinas", "1811", newest(web, "request"), "accept")
    assert newest(web, "request")["state"] == "accepted"
    assert item["number"].startswith("USB/1811/2026/")


def test_a_village_that_does_not_support_it_does_not_end_it(web: Any, family: Somebody) -> None:
    item = request_for(web, family, "programme:sembako")
    step(web, "kepala_desa", family.area, item, "not_support", dokumen="BA 3/2026")
    assert newest(web, "request")["state"] == "not_supported"
    step(web, "verifikator_kabkota", "1811", newest(web, "request"), "check")
    assert newest(web, "request")["state"] == "checked"


def test_somebody_whom_no_register_knows_is_asked_for(web: Any, family: Somebody) -> None:
    client = web.client("operator_desa", family.area)
    said = {"name": "Wagiyem", "address": "Dusun 4, dekat jembatan", "village": family.area}
    said |= {"subject": "other", "words": "Pindah dari Jawa, belum didata."}
    assert client.post("/keberatan/usul/", said).status_code == 302
    item = newest(web, "request")
    page = client.get(f"/keberatan/{item['id']}/").content.decode()
    assert "Wagiyem" in page
    receipt = client.get(f"/keberatan/{item['id']}/tiket/").content.decode()
    assert "Surat tanda terima" not in receipt and "Tanda terima pengajuan" in receipt
    paper = rows(web, "SELECT id FROM papers_paper WHERE item_id = %s", item["id"])[0][0]
    letter = client.get(f"/surat/{paper}/").content.decode()
    assert "Keputusan lain" not in letter and "Hanya supaya didata" in letter
    digits = re.search(r'id="angka">(\d{6})<', receipt)
    assert digits and digits[1] in letter and "/cek/tiket/" in letter
    kept = rows(web, "SELECT t::text FROM appeals_appeal AS t WHERE item_id = %s", item["id"])
    assert "Wagiyem" not in kept[0][0]


def test_who_receives_it_already_is_said_before_it_is_asked_for(web: Any) -> None:
    served = of_programme(web, "pbi_jk", most=60)
    one = next(one for one in served if one.area.startswith("1811"))
    client = web.client("operator_kabkota", "1811")
    said = {"subject": "programme:pbi_jk", "words": "Mohon dimasukkan."}
    answer = client.post(f"/keberatan/baru/request/{one.family_id}/", said)
    page = answer.content.decode()
    assert answer.status_code == 422 and "sudah menerima" in page and one.name in page
    assert "Mohon dimasukkan." in page
    again = client.post(f"/keberatan/baru/request/{one.family_id}/", {**said, "sure": "on"})
    assert again.status_code == 302
    twice = client.post(f"/keberatan/baru/request/{one.family_id}/", {**said, "sure": "on"})
    assert twice.status_code == 422 and "Sudah ada perkara" in twice.content.decode()


# --- reports -------------------------------------------------------------------------------------


ACCUSED = itertools.count()


@pytest.fixture
def neighbours(web: Any) -> tuple[Somebody, Somebody, Somebody]:
    """The accused (another one for each test), a neighbour, and somebody of another regency."""
    near, *others = people(web, "p.status = 'active' AND p.area LIKE '1811%'", 200)
    families = {one.family_id: one for one in others if one.family_id != near.family_id}
    far = people(web, "p.status = 'active' AND p.area LIKE '1771%'", 1)[0]
    return list(families.values())[next(ACCUSED)], near, far


def report(web: Any, accused: Somebody, by: Somebody, words: str = "Punya dua mobil.") -> Any:
    client = web.client("operator_kabkota", "1811")
    said = {"number": by.nik, "subject": "programme:pkh", "words": words}
    said["summary"] = "Periksa kepemilikan kendaraan."
    return client.post(f"/keberatan/baru/report/{accused.family_id}/", said), client


def test_an_overdue_report_lapses_and_changes_nothing(web: Any, neighbours: Any) -> None:
    from tangga.web.today import pretend
    from tangga.web.work.clock_job import overdue

    accused, near, _ = neighbours
    answer, _ = report(web, accused, near)
    assert answer.status_code == 302
    item = newest(web, "report")
    spells = "SELECT count(*) FROM overlay_spell WHERE family_id = %s"
    support = rows(web, spells, accused.family_id)
    # Not before the day that was promised, also where it was checked meanwhile.
    step(web, "verifikator_kabkota", "1811", item, "check")
    promised = rows(web, "SELECT answer_by FROM appeals_appeal WHERE item_id = %s", item["id"])
    assert promised == [(DAY + timedelta(days=14),)]
    for late, state in ((8, "checked"), (14, "checked"), (15, "lapsed")):
        with pretend(DAY + timedelta(days=late)):
            overdue()
        assert newest(web, "report")["state"] == state, late
    found = newest(web, "report")
    assert found["closed_on"] == DAY + timedelta(days=15)
    assert support == rows(web, spells, accused.family_id)
    assert not rows(web, "SELECT 1 FROM overlay_event WHERE item_id = %s", item["id"])
    # With notice: a letter to the holder of the ticket, which names nobody.
    paper = rows(
        web, "SELECT kind, family_id FROM papers_paper WHERE item_id = %s ORDER BY at", item["id"]
    )
    assert paper[-1][0] == "jawaban"
    judged = rows(web, "SELECT judged FROM appeals_objector WHERE item_id = %s", item["id"])
    assert judged == [("lapsed",)]


def test_a_founded_report_opens_a_check_and_stops_nothing(web: Any, neighbours: Any) -> None:
    accused, near, _ = neighbours
    report(web, accused, near)
    step(web, "verifikator_kabkota", "1811", newest(web, "report"), "check")
    step(web, "kepala_dinas", "1811", newest(web, "report"), "find")
    assert newest(web, "report")["state"] == "founded"
    check = rows(
        web,
        "SELECT state FROM work_item WHERE kind = 'tangguh' AND family_id = %s",
        accused.family_id,
    )
    assert check == [("checking",)]
    # The check stands in the village, and says of no report.
    number = newest(web, "report")["number"]
    words = rows(
        web,
        "SELECT t.reason || t.about::text FROM work_taken AS t JOIN work_item AS i "
        "ON i.id = t.item_id WHERE i.kind = 'tangguh' AND i.family_id = %s",
        accused.family_id,
    )
    assert number not in str(words)
    assert not rows(web, "SELECT 1 FROM overlay_spell WHERE family_id = %s", accused.family_id)


def test_nobody_but_the_same_village_reports(web: Any, neighbours: Any) -> None:
    accused, _, far = neighbours
    before = rows(web, "SELECT count(*) FROM work_item WHERE kind = 'report'")
    answer = report(web, accused, far)[0]
    page = answer.content.decode()
    assert answer.status_code == 422 and "desa/kelurahan yang sama" in page
    assert "Punya dua mobil." in page and "Periksa kepemilikan kendaraan." in page, (
        "nothing is lost"
    )
    assert 'id="id_number_error"' in page
    unknown = Somebody("", "", "", "1811015708650077", DAY, "")
    answer = report(web, accused, unknown)[0]
    assert "desa/kelurahan yang sama" in answer.content.decode()
    assert rows(web, "SELECT count(*) FROM work_item WHERE kind = 'report'") == before


def test_the_objector_is_seen_by_nobody_else(web: Any, neighbours: Any) -> None:
    accused, near, _ = neighbours
    words = "Saya tetangga sebelah rumahnya."
    _, taker = report(web, accused, near, words)
    item = newest(web, "report")
    page = f"/keberatan/{item['id']}/"
    # The village sees nothing at all of it.
    for role in ("operator_desa", "kepala_desa"):
        client = web.client(role, accused.area)
        assert client.get(page).status_code == 404
        assert item["number"] not in client.get("/keberatan/").content.decode()
        assert item["number"] not in client.get("/tugas/").content.decode()
        assert item["number"] not in client.get(f"/keluarga/{accused.family_id}/").content.decode()
        assert client.post(f"{page}pelapor/").status_code in (403, 404)
    # Who took it in does not read it again; who checks reads what is to be checked.
    for client in (taker, web.client("verifikator_kabkota", "1811")):
        text = client.get(page).content.decode()
        for secret in (near.name, near.nik, near.person_id, words):
            assert secret not in text
    assert taker.post(f"{page}pelapor/").status_code == 403
    # Who may see it does so one at a time, and it is recorded.
    chief = web.client("kepala_dinas", "1811")
    seen = "SELECT reason FROM audit_events WHERE what = 'objector_seen' AND area = '1811' "
    seen += "AND about->>'item' = %s"
    for unsaid in (chief.get(f"{page}pelapor/"), chief.post(f"{page}pelapor/", {"reason": "x"})):
        assert near.name not in unsaid.content.decode()
    assert not rows(web, seen, item["number"])
    why = "Menilai iktikad sanggah yang berulang."
    asked = {"purpose": "complaint", "reason": why}
    told = chief.post(f"{page}pelapor/", asked).content.decode()
    assert near.name in told
    assert words in told
    assert rows(web, seen, item["number"]) == [(why,)]


def test_the_database_itself_hides_the_objector(web: Any, neighbours: Any) -> None:
    """Also from a page that asks for too much: the rows are not there."""
    from as_pages import as_pages
    from django.db import transaction

    from tangga.web.database import scope

    accused, near, _ = neighbours
    report(web, accused, near)
    seen = {}
    for may in (False, True):
        with as_pages(), transaction.atomic():
            scope.close()
            scope.open_to(scope.Scope("1811", user=1, objectors=may))
            with connection.cursor() as cursor:
                cursor.execute("SELECT count(*) FROM public.appeals_objector")
                seen[may] = cursor.fetchone()[0]
    assert seen[False] == 0
    assert seen[True] > 0


def test_repeated_bad_faith_is_limited(web: Any, neighbours: Any) -> None:
    accused, _, _ = neighbours
    teller, *others = people(web, "p.status = 'active' AND p.area LIKE '1811%'", 200)[150:]
    families = list({one.family_id: one for one in others}.values())
    families = [one for one in families if one.family_id != teller.family_id]
    for one in families[:2]:
        assert report(web, one, teller)[0].status_code == 302
        step(web, "verifikator_kabkota", "1811", newest(web, "report"), "check")
        step(web, "kepala_dinas", "1811", newest(web, "report"), "dismiss_bad_faith")
        assert newest(web, "report")["state"] == "bad_faith"
    before = newest(web, "report")
    answer = report(web, families[2], teller)[0]
    assert "beriktikad buruk" in answer.content.decode()
    assert newest(web, "report") == before
    # A year later they may again.
    from tangga.web.today import pretend

    with pretend(DAY + timedelta(days=370)):
        report(web, families[2], teller)
    assert newest(web, "report") != before
    assert accused


def test_whose_village_is_another_does_not_report(web: Any, neighbours: Any) -> None:
    """Also where the office sees both."""
    from dataclasses import replace

    from acting import acting

    from tangga.web.appeals import lodging, whom
    from tangga.web.appeals.refusals import NotNeighbour, Oneself

    accused, near, _ = neighbours
    with acting(web, "operator_kabkota", "1811") as viewer:
        family, other = whom.head(accused.family_id), whom.person(near.person_id)
        assert family is not None
        assert other is not None
        said = lodging.Said("other", "–")
        for wrong, objector in (
            (NotNeighbour, replace(other, area="1811012001")),
            (NotNeighbour, replace(other, area="")),
            (Oneself, replace(other, family_id=family.family_id)),
        ):
            with pytest.raises(wrong):
                lodging.report(
                    by=viewer, about_family=family, objector=objector, said=said, summary="–"
                )


def test_a_village_counter_takes_no_report(web: Any, family: Somebody) -> None:
    client = web.client("operator_desa", family.area)
    assert client.get(f"/keberatan/baru/report/{family.family_id}/").status_code == 404


# --- reminders, messages ---


def test_a_deadline_is_reminded_of_once(web: Any, family: Somebody) -> None:
    from django.db import transaction

    from tangga.web.appeals import telling
    from tangga.web.today import pretend
    from tangga.web.work.clock_job import as_the_service

    item = lodge(web, family, subject="programme:umi")
    with pretend(DAY + timedelta(days=5)):
        page = web.client("verifikator_kabkota", "1811").get("/keberatan/").content.decode()
        assert "jatuh tempo dalam dua hari" in page
        for many in (True, False):
            with transaction.atomic():
                as_the_service()
                assert bool(telling.remind()) is many
    told = rows(
        web,
        "SELECT about->>'item' FROM audit_events "
        "WHERE what = 'deadline_near' AND about->>'item' = %s",
        item["number"],
    )
    assert told == [(item["number"],)]


def test_who_lodged_it_gets_a_message_without_what_it_says(
    web: Any, family: Somebody, monkeypatch: Any
) -> None:
    from tangga.web.public import tasks

    sent: list[tuple[str, str]] = []
    monkeypatch.setattr(tasks, "put", lambda number, text: sent.append((number, text)))
    client = web.client("operator_kabkota", "1811")
    said = {"person": family.person_id, "telephone": "0812 1111 2222"}
    client.post(f"/loket/{family.family_id}/telepon/", said)
    lodge(web, family, subject="programme:sekolah_rakyat", person=family.person_id)
    step(web, "verifikator_kabkota", "1811", newest(web, "objection"), "check")
    reason = "Tempat di sekolah sudah penuh."
    step(
        web, "kepala_dinas", "1811", newest(web, "objection"), "pass_on", dokumen="9", alasan=reason
    )
    assert [number for number, _ in sent] == ["+6281211112222"]
    assert newest(web, "objection")["number"] in sent[0][1]
    assert reason not in sent[0][1]


def test_a_resident_is_reminded_of_the_right_to_object_once(web: Any, monkeypatch: Any) -> None:
    """Before what was announced takes effect, on the telephone they registered; not after they
    have objected, and without what it says."""
    from django.db import transaction

    from tangga.web.appeals import telling
    from tangga.web.public import tasks
    from tangga.web.today import pretend
    from tangga.web.work.clock_job import as_the_service

    sent: list[tuple[str, str]] = []
    monkeypatch.setattr(tasks, "put", lambda number, text: sent.append((number, text)))
    one = [p for p in of_programme(web, "pkh", most=30) if p.area.startswith("1811")][-5]
    client = web.client("operator_kabkota", "1811")
    said = {"person": one.person_id, "telephone": "0812 3333 4444"}
    client.post(f"/loket/{one.family_id}/telepon/", said)
    stop = stop_announced(web, one)
    for days in (5, 12, 13):
        with pretend(DAY + timedelta(days=days)), transaction.atomic():
            as_the_service()
            telling.remind_residents()
    mine = [text for number, text in sent if number == "+6281233334444"]
    assert len(mine) == 1
    assert stop.number in mine[0]
    assert "17 Maret 2026" in mine[0]
    assert "2.200" not in mine[0]


def test_who_waits_is_told_that_it_has_gone_up(web: Any, monkeypatch: Any) -> None:
    from tangga.web.public import tasks
    from tangga.web.today import pretend
    from tangga.web.work.clock_job import overdue

    sent: list[str] = []
    monkeypatch.setattr(tasks, "put", lambda number, text: sent.append(text))
    one = [p for p in of_programme(web, "pkh", most=30) if p.area.startswith("1811")][-3]
    client = web.client("operator_kabkota", "1811")
    said = {"person": one.person_id, "telephone": "0812 5555 4444"}
    client.post(f"/loket/{one.family_id}/telepon/", said)
    item = lodge(web, one, subject="other", person=one.person_id)
    with pretend(DAY + timedelta(days=8)):
        overdue()
    assert any(item["number"] in text and "naik" in text for text in sent)


# --- the ticket ----------------------------------------------------------------------------------


def test_a_ticket_tells_how_far_it_is(web: Any, family: Somebody) -> None:
    from public_people import forget_tries

    from tangga.web.appeals.tickets import digits_of
    from tangga.web.work.models import Item

    forget_tries(web)
    item = lodge(web, family, subject="programme:kube")
    digits = digits_of(Item(pk=item["id"]))
    receipt = web.client("operator_kabkota", "1811").get(f"/keberatan/{item['id']}/tiket/")
    assert digits in receipt.content.decode()
    good = web.client().post("/cek/tiket/", {"nomor": item["number"], "angka": digits})
    assert "belum diperiksa" in good.content.decode()
    # Who decides, what silence means, and what is still to come.
    told = good.content.decode()
    assert "Yang berwenang memutuskan: Bupati atau wali kota" in told
    assert "naik ke dinas sosial provinsi" in told
    assert "Sudah diperiksa, menunggu keputusan" in told
    step(web, "verifikator_kabkota", "1811", item, "check")
    step(web, "kepala_dinas", "1811", newest(web, "objection"), "reject")
    told = web.client().post("/cek/tiket/", {"nomor": item["number"], "angka": digits})
    assert "Ajukan hal yang sama kepada Dinas Sosial Provinsi" in told.content.decode()
    for wrong in ({"nomor": item["number"], "angka": "000000"}, {"nomor": "X", "angka": digits}):
        answer = web.client().post("/cek/tiket/", wrong)
        assert answer.status_code == 422
        assert item["number"] not in answer.content.decode()
