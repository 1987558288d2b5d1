"""Rehabilitation: assess, refer, serve, review, close; and who sees what of it."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from care import acting, somebody, tick
from families import ask, page

from tangga.web.today import pretend

REHSOS, SENTRA = "pendamping_rehsos", "sentra"
DAY = date(2026, 3, 2)
SECRET = "Ketahuan memakai sabu sejak Januari"  # pragma: allowlist secret


def opened(web: Any, nth: int = 0, regency: str = "1811") -> Any:
    """A file just opened."""
    from tangga.web.journeys.care import people, rehabilitation

    who = somebody(web, regency, nth)
    with pretend(DAY), acting(web, REHSOS, regency) as viewer:
        found = people.person(who["person_id"])
        return rehabilitation.open_file(found, cluster="drugs", words=SECRET, by=viewer)


def step(web: Any, item: Any, name: str, day: date = DAY, role: str = REHSOS, **more: Any) -> Any:
    """A step with a note."""
    from tangga.web.journeys.care import rehabilitation

    with pretend(day), acting(web, role, item.area[:4]) as viewer:
        return rehabilitation.go(
            item, name, words="Catatan", by=viewer, version=item.version, **more
        )


def referred(web: Any, item: Any, day: date = DAY, **more: Any) -> Any:
    """Assessed and referred to the Sentra of the area."""
    from tangga.web.journeys.care import rehabilitation
    from tangga.web.journeys.care.rehabilitation import Plan

    plan = {"cluster": "drugs", "need": "psychosocial", "mode": "residential", "provider": "sentra"}
    plan |= {"why_not_local": "Tidak ada layanan NAPZA di kabupaten", **more}
    with pretend(day), acting(web, REHSOS, item.area[:4]) as viewer:
        values = {"kind": "rehabilitation", "need": "psychosocial"}
        item = rehabilitation.keep_assessment(
            item, values=values, on_date=day, by=viewer, version=item.version
        )
        return rehabilitation.refer(
            item, plan=Plan(**plan), words="Perlu rumah layanan", by=viewer, version=item.version
        )


def test_from_the_assessment_to_the_end(web: Any) -> None:
    from tangga.web.journeys.care.models import Case

    item = referred(web, opened(web))
    assert item.state == "referred" and item.due == DAY + timedelta(days=14)
    item = step(web, item, "accept", role=SENTRA)
    item = step(web, item, "begin", DAY + timedelta(days=5), role=SENTRA)
    assert item.due == DAY + timedelta(days=95)
    item = step(web, item, "review", DAY + timedelta(days=60))
    assert item.due == DAY + timedelta(days=150), "90 days from the review"
    item = step(web, item, "finish", DAY + timedelta(days=100), goals_met=True)
    case = Case.objects.get(item=item)
    assert (item.state, item.closed_on) == ("finished", DAY + timedelta(days=100))
    assert (case.opened, case.closed, case.goals_met) == (DAY, item.closed_on, True)
    assert case.sentra == "wyata_guna", "it serves Mesuji; not the nearest"


def test_the_note_is_sealed_and_stands_in_no_step(web: Any) -> None:
    item = opened(web, 1)
    with web.owner() as con:
        rows = con.execute("SELECT text FROM care_note").fetchall()
        assert rows and all(SECRET.encode() not in bytes(text) for (text,) in rows)
        said = con.execute(
            "SELECT row_to_json(t)::text FROM work_taken AS t WHERE item_id = %s", [item.pk]
        ).fetchall()
        trail = con.execute("SELECT row_to_json(a)::text FROM audit_events AS a").fetchall()
    assert said and not any(SECRET in text for (text,) in [*said, *trail])
    assert not any(item.person_id in text and "referral" in text for (text,) in trail)


def test_one_file_a_person(web: Any) -> None:
    from tangga.web.journeys.care import people, rehabilitation
    from tangga.web.work.refusals import Twice

    item = opened(web, 2)
    with acting(web, REHSOS, "1811") as viewer, pytest.raises(Twice, match=item.number):
        found = people.person(item.person_id)
        rehabilitation.open_file(found, cluster="child", words="Lagi", by=viewer)


def test_a_sentra_only_where_one_serves_and_nothing_nearer_can(web: Any) -> None:
    from tangga.web.journeys.care.refusals import LocalFirst, NoSentra

    with pytest.raises(LocalFirst):
        referred(web, opened(web, 3), why_not_local=" ")
    elsewhere = opened(web, 0, "1771")
    from tangga.web.journeys.care import sentra

    if sentra.of_area(elsewhere.area, "", DAY, "id") is None:
        with pytest.raises(NoSentra):
            referred(web, elsewhere)
    local = referred(web, elsewhere, provider="local", place="LKS Harapan")
    assert step(web, local, "accept").state == "accepted"


def test_a_sentra_answers_itself_or_by_letter(web: Any) -> None:
    from tangga.web.work.refusals import Lacking

    item = referred(web, opened(web, 4))
    with pytest.raises(Lacking):
        step(web, item, "accept")
    assert step(web, item, "accept", document="B-12/SWG/2026").state == "accepted"


def test_no_review_in_time_goes_to_the_offices_queue_by_number(web: Any) -> None:
    from tangga.web.work.models import Item

    item = step(web, referred(web, opened(web, 5)), "accept", role=SENTRA)
    item = step(web, item, "begin", role=SENTRA)
    late = item.due + timedelta(days=1)
    with pretend(late):
        tick(late)
        with acting(web, "kepala_dinas", "1811") as viewer:
            from tangga.web.work.queries import waiting

            (told,) = waiting(viewer, ["care_late"]).filter(title__contains=item.number)
            assert (told.area, told.family_id, told.person_id) == ("1811", "", "")
            assert not Item.objects.filter(kind="referral").exists(), "the file itself is hidden"
        client = web.client("kepala_dinas", "1811")
        assert item.number in client.get("/tugas/").content.decode()
        assert client.get(f"/tugas/{told.pk}/").status_code == 200
    item.refresh_from_db()
    assert item.state == "in_service_late", "the service goes on"
    item = step(web, item, "review", late)
    assert item.state == "in_service"
    told.refresh_from_db()
    assert told.state == "settled"


def test_the_queue_goes_to_the_province(web: Any) -> None:
    item = opened(web, 6)
    after = DAY + timedelta(days=15)
    for day in (after, after + timedelta(days=15)):
        with pretend(day):
            tick(day)
    with acting(web, "dinas_provinsi", "18") as viewer:
        from tangga.web.work.queries import waiting

        assert waiting(viewer, ["care_late"]).filter(title__contains=item.number).exists()


def test_a_step_is_not_taken_beside_the_file(web: Any) -> None:
    """The plain page of steps takes none, since it would leave no note in the file."""
    item = opened(web, 7)
    client = web.client(REHSOS, "1811")
    said = {"langkah": "note", "versi": item.version, "alasan": SECRET}
    answer = client.post(f"/tugas/{item.pk}/langkah/", said, follow=True)
    assert "Belum disimpan" in answer.content.decode()
    item.refresh_from_db()
    assert item.version == 1


def test_others_see_in_service_and_nothing_else(web: Any) -> None:
    item = step(web, referred(web, opened(web, 8)), "accept", role=SENTRA)
    step(web, item, "begin", role=SENTRA)
    for role in ("operator_kabkota", "verifikator_kabkota", "kepala_dinas"):
        client = web.client(role, "1811")
        text = page(client, item.family_id)
        assert "dalam layanan rehabilitasi" in text
        assert item.number not in text and f"/rehabilitasi/{item.pk}" not in text
        assert client.get("/rehabilitasi/").status_code == 403
        assert client.get(f"/rehabilitasi/{item.pk}/").status_code == 403
        assert client.get(f"/tugas/{item.pk}/").status_code == 404
        assert item.number not in client.get("/tugas/").content.decode()


def test_the_sentra_opens_who_was_referred_to_one_and_nobody_else(web: Any) -> None:
    client = web.client(SENTRA, "1811")
    item = opened(web, 9)
    pages = (f"/keluarga/{item.family_id}/", f"/rehabilitasi/{item.pk}/")
    assert [client.get(one).status_code for one in pages] == [404, 404], "not referred yet"
    assert item.number not in client.get("/tugas/").content.decode()
    referred(web, item)
    assert [client.get(one).status_code for one in pages] == [200, 200]
    assert item.number in client.get("/tugas/").content.decode()
    assert item.number in client.get("/rehabilitasi/").content.decode()
    assert client.get(f"/rehabilitasi/baru/{item.person_id}/").status_code == 404
    local = referred(web, opened(web, 11), provider="local", place="LKS Harapan")
    assert client.get(f"/rehabilitasi/{local.pk}/").status_code == 404
    assert client.get(f"/keluarga/{local.family_id}/").status_code == 404


def test_the_pages_of_a_file(web: Any) -> None:
    client = web.client(REHSOS, "1811")
    who = somebody(web, "1811", 10)
    assert f"/rehabilitasi/baru/{who['person_id']}/" in page(client, who["family_id"])
    new = f"/rehabilitasi/baru/{who['person_id']}/"
    assert client.get(new).status_code == 200
    made = client.post(new, {"cluster": "disability", "words": SECRET}, follow=True)
    assert made.status_code == 200 and SECRET in made.content.decode()
    file = made.redirect_chain[-1][0]
    said = {"versi": 1, "on_date": date.today(), "kind": "rehabilitation", "need": "accessibility"}
    assert client.get(f"{file}asesmen/").status_code == 200
    text = client.post(f"{file}asesmen/", said, follow=True).content.decode()
    assert "Dukungan aksesibilitas" in text
    assert "Wyata Guna" in client.get(f"{file}rujuk/").content.decode()
    plan = {"versi": 2, "cluster": "disability", "need": "accessibility", "mode": "residential"}
    plan |= {"provider": "sentra", "why_not_local": "Tidak ada alat", "words": "Alat bantu"}
    text = client.post(f"{file}rujuk/", plan, follow=True).content.decode()
    assert "Dirujuk" in text and "Sentra Wyata Guna" in text
    text = client.post(f"{file}surat/", {"surat": "rujukan"}, follow=True).content.decode()
    assert "RUJ-SENTRA" in text
    stale = client.post(f"{file}langkah/note/", {"versi": 1, "words": "x"}, follow=True)
    assert "sudah diubah orang lain" in stale.content.decode()
    for tab in ("open", "late", "asked", "referred", "waiting_list", "in_service", "closed"):
        assert client.get(f"/rehabilitasi/?bagian={tab}").status_code == 200
    assert ask(web, "SELECT 1 FROM audit_events WHERE what = 'case_seen'")


def test_who_visits_asks_the_team_and_learns_nothing_more(web: Any) -> None:
    who = somebody(web, "1811", 14)
    client = web.client("tksk", who["area"][:6])
    address = f"/rehabilitasi/minta/{who['family_id']}/"
    assert address in page(client, who["family_id"])
    said = {"person_id": who["person_id"], "words": SECRET}
    answers = {client.post(address, said, follow=True).content.decode() for _ in range(2)}
    assert all("Diteruskan kepada tim kasus" in text for text in answers)
    assert all(SECRET not in text and "RHB/" not in text for text in answers)
    asked = ask(web, "SELECT state FROM work_item WHERE person_id = %s", who["person_id"])
    assert [one["state"] for one in asked] == ["asked"]
    team = web.client(REHSOS, "1811")
    (item,) = ask(web, "SELECT id FROM work_item WHERE person_id = %s", who["person_id"])
    assert team.get(f"/rehabilitasi/{item['id']}/").content.decode().count(SECRET) == 2
    assert web.client("kepala_desa", who["area"]).get(address).status_code == 403


def test_the_database_shows_nothing_of_files_to_others(web: Any) -> None:
    """Past every page: what a request without the case team's right can read is nothing."""
    from django.db import connection

    from tangga.web.database.rows import value

    opened(web, 16)
    kinds = "SELECT count(*) FROM work_item WHERE kind = 'referral'"
    for role, area in (("kepala_dinas", "1811"), ("kemensos", ""), ("auditor", "")):
        with acting(web, role, area):
            for table in ("care_case", "care_note", "care_assessment"):
                assert value(f"SELECT count(*) FROM {table}") == 0, (role, table)
            assert value(kinds) == 0
            assert value("SELECT count(*) FROM work_taken WHERE reason LIKE 'Tercatat%%'") == 0
    with acting(web, REHSOS, "1771"):
        assert value(f"{kinds} AND area LIKE '1811%%'") == 0
    with acting(web, REHSOS, "1811"):
        assert value("SELECT count(*) FROM care_note") > 0
        with pytest.raises(Exception, match="permission denied"), connection.cursor() as cursor:
            cursor.execute("UPDATE care_note SET step = 'x'")


def test_two_open_the_same_file_and_the_second_is_told(web: Any) -> None:
    from tangga.web.work.refusals import Stale

    item = opened(web, 18)
    step(web, item, "note")
    with pytest.raises(Stale):
        step(web, item, "note")


def test_an_impossible_assessment_is_told_in_words(web: Any) -> None:
    item = opened(web, 19)
    client = web.client(REHSOS, "1811")
    address = f"/rehabilitasi/{item.pk}/asesmen/"
    said = {"versi": 1, "on_date": "2999-01-01", "kind": "graduation", "need": "nothing_such"}
    text = client.post(address, said | {"note": "<script>alert(1)</script>"}).content.decode()
    assert "belum tiba" in text and "<script>alert" not in text
    item.refresh_from_db()
    assert item.state == "asked"
    assert client.get("/rehabilitasi/?bagian=semua").status_code == 404
    assert client.post(f"/rehabilitasi/{item.pk}/langkah/refer/", {"words": "x"}).status_code == 302
    assert client.get(f"/rehabilitasi/{item.pk}/langkah/note/").status_code == 405


def test_an_empty_assessment_is_none(web: Any) -> None:
    """It keeps no deadline: the file waits for its assessment as before."""
    from tangga.web.journeys.care import rehabilitation
    from tangga.web.work.refusals import Lacking

    item = opened(web, 20)
    address = f"/rehabilitasi/{item.pk}/asesmen/"
    client = web.client(REHSOS, "1811")
    page_of = client.get(address).content.decode()
    assert "Wajib pada: Asesmen rehabilitasi sosial" in page_of
    for kind, lacking in (("rehabilitation", "Kebutuhan utama"), ("disability", "Tingkat")):
        said = {"versi": 1, "on_date": date.today(), "kind": kind}
        text = client.post(address, said).content.decode()
        assert f"{lacking} harus diisi" in text
        with acting(web, REHSOS, "1811") as viewer, pytest.raises(Lacking) as refused:
            rehabilitation.keep_assessment(
                item, values={"kind": kind}, on_date=DAY, by=viewer, version=item.version
            )
        assert lacking in refused.value.words("id")
    item.refresh_from_db()
    assert (item.state, item.version) == ("asked", 1)
    assert not ask(web, "SELECT 1 FROM care_assessment WHERE item_id = %s", item.pk)
