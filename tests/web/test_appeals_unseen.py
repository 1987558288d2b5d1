"""Who reports another family: nowhere but in the one table that is made for it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

import pytest
from psycopg import sql
from public_people import Somebody, people

DAY = date(2026, 3, 2)
WORDS = "Saya melihatnya dari seberang jalan rumah saya."
SUMMARY = "Periksa kepemilikan kendaraan."
KEPT_APART = "appeals_objector"
LINK = re.compile(r'href="(/[^"#]*)"')
NOT_FOLLOWED = re.compile(r"^/(masuk|keluar|api|static|uji|akun)|berkas=|\.csv|\.json|xlsx")
A_ROLE = 70
"""Pages of one role that are looked at."""


@pytest.fixture(autouse=True)
def _a_day(web: Any) -> Iterator[None]:
    from tangga.web.today import pretend

    with pretend(DAY):
        yield


def rows(web: Any, query: Any, *values: Any) -> list[Any]:
    with web.owner() as con:
        return con.execute(query, values).fetchall()


@pytest.fixture(scope="module")
def told(web: Any) -> tuple[Somebody, Somebody, list[str]]:
    """The accused, who reported them twice, and the numbers: of one report that lapses, and of one
    that is founded and opens a check."""
    from tangga.web.today import pretend
    from tangga.web.work.clock_job import overdue

    near, *others = people(web, "p.status = 'active' AND p.area LIKE '1811%'", 200)
    accused = next(
        one for one in others if one.area == near.area and one.family_id != near.family_id
    )
    numbers = []
    with pretend(DAY):
        client = web.client("operator_kabkota", "1811")
        said = {"person": near.person_id, "telephone": "0812 7777 8888"}
        client.post(f"/loket/{near.family_id}/telepon/", said)
        numbers.append(_report(web, client, accused, near))
        with pretend(DAY + timedelta(days=15)):
            overdue()
        numbers.append(_report(web, client, accused, near))
        _step(web, "verifikator_kabkota", numbers[1], "check")
        _step(web, "kepala_dinas", numbers[1], "find")
    return accused, near, numbers


def _report(web: Any, client: Any, accused: Somebody, by: Somebody) -> str:
    said = {"number": by.nik, "subject": "programme:pkh", "summary": SUMMARY, "words": WORDS}
    answer = client.post(f"/keberatan/baru/report/{accused.family_id}/", said)
    assert answer.status_code == 302
    found = "SELECT number FROM work_item WHERE kind = 'report' ORDER BY at DESC LIMIT 1"
    return str(rows(web, found)[0][0])


def _step(web: Any, role: str, number: str, name: str) -> None:
    found = rows(web, "SELECT id, version FROM work_item WHERE number = %s", number)[0]
    said = {"langkah": name, "versi": found[1], "alasan": "Sudah dilihat di lapangan."}
    answer = web.client(role, "1811").post(f"/tugas/{found[0]}/langkah/", said)
    assert answer.status_code == 302


def test_no_row_of_the_database_joins_a_report_and_who_made_it(web: Any, told: Any) -> None:
    """Every table, whatever it is for: the words of who reported stand in none as they are, and no
    row but the one made for it has both the report and the person. So no page can show it."""
    _, near, numbers = told
    items = [str(one[0]) for one in rows(web, "SELECT id FROM work_item WHERE kind = 'report'")]
    tables = [
        str(one[0])
        for one in rows(web, "SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
    ]
    assert KEPT_APART in tables
    for table in tables:
        whole = sql.SQL("SELECT t::text FROM public.{} AS t WHERE t::text LIKE ANY (%s)").format(
            sql.Identifier(table)
        )
        report = [f"%{one}%" for one in (*items, *numbers, "seberang jalan")]
        for (row,) in rows(web, whole, report):
            assert "seberang jalan" not in row, table
            if table != KEPT_APART:
                for mark in (near.person_id, near.family_id, near.nik, near.name):
                    assert mark not in row, table
    kept = rows(web, "SELECT count(*) FROM appeals_objector WHERE person_id = %s", near.person_id)
    assert kept == [(2,)]


def test_the_trail_of_that_minute_does_not_tell_it_either(web: Any, told: Any) -> None:
    """What was recorded while a report was taken in names the accused at most."""
    _, near, numbers = told
    steps = rows(
        web,
        "SELECT id FROM audit_events WHERE what = 'work_step' AND about->>'item' = ANY (%s)",
        numbers,
    )
    assert steps
    for (at,) in steps:
        around = rows(
            web,
            "SELECT what, family_id, person_id, about::text FROM audit_events "
            "WHERE id BETWEEN %s AND %s AND what <> 'phone_registered' "
            "AND about->>'service' IS DISTINCT FROM 'telephone'",
            at - 3,
            at + 3,
        )
        for what, family_id, person_id, about in around:
            assert near.person_id not in (person_id or ""), what
            assert near.family_id not in (family_id or ""), what
            assert near.person_id not in about, what


@pytest.mark.slow
def test_the_village_has_no_page_that_speaks_of_it(web: Any, told: Any) -> None:
    """Nor of the check that a founded one opens: that one is a check like any other."""
    accused, near, numbers = told
    for role in ("operator_desa", "kepala_desa", "pendamping_pkh"):
        seen = 0
        for path, text in pages(web, role, accused.area, accused):
            seen += 1
            for mark in (*numbers, "seberang jalan", SUMMARY):
                assert mark not in text, f"{role} {path}"
        assert seen > 4, role
    assert near


@pytest.mark.slow
def test_no_page_of_any_role_names_who_reported(web: Any, told: Any) -> None:
    """Where a page speaks of a report it does not speak of who made it; the page that shows them
    one at a time is asked for by POST, and recorded."""
    accused, near, numbers = told
    roles = ("operator_kabkota", "verifikator_kabkota", "kepala_dinas", "bupati", "auditor")
    spoken = 0
    for role in roles:
        for path, text in pages(web, role, "1811", accused):
            assert "seberang jalan" not in text, f"{role} {path}"
            if any(one in text for one in numbers):
                spoken += 1
                for mark in (near.name, near.nik, near.person_id, near.family_id):
                    assert mark not in text, f"{role} {path}"
    assert spoken > 3


def test_papers_the_register_and_extracts_do_not_tell_it(web: Any, told: Any) -> None:
    accused, near, numbers = told
    papers = rows(
        web,
        "SELECT p.id FROM papers_paper AS p JOIN work_item AS i ON i.id = p.item_id "
        "WHERE i.kind = 'report'",
    )
    assert len(papers) == 4
    clerk = web.client("operator_kabkota", "1811")
    for (paper,) in papers:
        text = clerk.get(f"/surat/{paper}/").content.decode()
        assert "Pemegang tiket" in text
        for mark in (near.name, near.nik, near.person_id, "seberang jalan", accused.name):
            assert mark not in text
        village = web.client("operator_desa", accused.area).get(f"/surat/{paper}/")
        assert village.status_code == 404
    book = clerk.get(f"/loket/buku/?hari={DAY}").content.decode()
    lines = [line for line in book.split("<tr") if any(one in line for one in numbers)]
    assert len(lines) == 2
    for line in lines:
        assert near.name not in line
        assert accused.name not in line


def test_what_is_handed_to_the_accused_does_not_tell_it(web: Any, told: Any) -> None:
    """The copy of all that is held about them, and of who saw it."""
    from acting import acting
    from django.test import RequestFactory

    from tangga.web.lists.release import held
    from tangga.web.privacy import extract

    accused, near, numbers = told
    with acting(web, "verifikator_kabkota", "1811"):
        whom = extract.whom_of(accused.person_id)
        found = extract.extract_of(whom, held(RequestFactory().get("/")), "id", case=False)
    text = str(found)
    assert "work_item" in text, "the check that followed is theirs"
    for mark in (near.name, near.nik, near.person_id, near.family_id, "seberang jalan"):
        assert mark not in text
    # Nor that there is a report at all: its number, what is to be checked, when and who took it in.
    report = rows(web, "SELECT id FROM work_item WHERE kind = 'report'")
    for mark in ("SGH/", SUMMARY, *numbers, *(str(one) for (one,) in report)):
        assert mark not in text, mark


def test_who_saw_does_not_tell_of_the_report_either(web: Any, told: Any) -> None:
    """The steps of it stand in the trail of the accused's family; their copy leaves them out."""
    from acting import acting

    from tangga.web.privacy import extract, seen

    accused, _, numbers = told
    number = rows(web, "SELECT id FROM work_item WHERE number = %s", numbers[1])[0][0]
    assert web.client("bupati", "1811").get("/").status_code == 200
    web.client("kepala_dinas", "1811").get(f"/keberatan/{number}/")
    kept = "SELECT count(*) FROM audit_events WHERE family_id = %s AND about->>'item' = ANY(%s)"
    about = rows(web, kept, accused.family_id, numbers)[0][0]
    assert about >= 5
    every = (
        "SELECT count(*) FROM audit_events WHERE family_id = %s AND coalesce(person_id, '') = ''"
    )
    with acting(web, "verifikator_kabkota", "1811"):
        whom = extract.whom_of(accused.person_id)
        shown = [one for one in seen.who_saw(whom, "id") if not one.reason]
    assert len(shown) <= rows(web, every, accused.family_id)[0][0] - about


def test_the_accuseds_page_at_the_counter_does_not_list_it(web: Any, told: Any) -> None:
    accused, _, numbers = told
    page = web.client("operator_kabkota", "1811").get(f"/loket/{accused.family_id}/")
    assert page.status_code == 200
    assert not any(one in page.content.decode() for one in numbers)


def test_what_somebody_reported_is_in_their_copy_and_not_before(web: Any, told: Any) -> None:
    """An officer who opens the page learns nothing; with proof the copy has it, and that is noted
    as seeing who reported, for anybody's copy alike."""
    import json

    accused, near, _ = told
    chief = web.client("kepala_dinas", "1811")
    noted = "SELECT count(*) FROM audit_events WHERE what = 'objector_seen'"
    before = rows(web, noted)[0][0]
    for one in (near, accused):
        page = chief.get(f"/data-pribadi/orang/{one.person_id}/")
        assert page.status_code == 200
        assert "Sanggah yang diajukan sendiri" not in page.content.decode()
    assert rows(web, noted)[0][0] == before
    proof = {"proof": "ktp", "asked_on": "2026-01-31", "bentuk": "json"}
    for one, handed in ((near, True), (accused, False)):
        answer = chief.post(f"/data-pribadi/orang/{one.person_id}/", proof)
        tables = {each["table"] for each in json.loads(answer.content)["tables"]}
        assert (KEPT_APART in tables) == handed
        before += 1
        assert rows(web, noted)[0][0] == before


def pages(web: Any, role: str, area: str, about: Somebody) -> Iterator[tuple[str, str]]:
    """Pages of a role, those about a family first, then whatever they lead to."""
    client = web.client(role, area)
    family = about.family_id
    waits = [f"/keluarga/{family}/", f"/keluarga/{family}/sumber/", f"/loket/{family}/"]
    waits += ["/tugas/", "/keberatan/", "/keberatan/?selesai=1", "/tangguh/", "/loket/buku/"]
    waits += ["/surat/", "/jejak/", "/usul/", "/kunjungan/", "/"]
    seen: set[str] = set()
    while waits and len(seen) < A_ROLE:
        path = waits.pop(0)
        if path in seen or NOT_FOLLOWED.search(path):
            continue
        seen.add(path)
        answer = client.get(path)
        if answer.status_code != 200 or "html" not in answer["Content-Type"]:
            continue
        text = answer.content.decode()
        yield path, text
        found = [one.replace("&amp;", "&") for one in LINK.findall(text)]
        # What is about a matter, a paper or the family goes before the rest of the menu.
        near = [one for one in found if family in one or re.search(r"[0-9a-f]{8}-", one)]
        waits = [*near, *waits, *(one for one in found if one not in near)]
