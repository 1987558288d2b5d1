"""A worker sees their own families first, and lists can be narrowed by who works with a family."""

from __future__ import annotations

import re
from html import unescape
from typing import Any

import pytest
from lists_read import all_pages, read, workbook
from users import log_in, make_user

OWN = re.compile(r'<div class="figure"><dt>([^<]*)</dt><dd>(?:<a href="([^"]*)">)?([\d.]+)')


@pytest.fixture(scope="module")
def worker(web: Any) -> tuple[str, str]:
    """The code of the worker with most families, and the district of most of these."""
    with web.owner() as con:
        found = con.execute(
            "SELECT worker, left(area, 6) FROM r_1.assignments WHERE worker IS NOT NULL"
            " AND area ~ '^[0-9]{10}$' GROUP BY 1, 2 ORDER BY count(*) DESC, 1, 2 LIMIT 1"
        ).fetchone()
    assert found is not None
    return str(found[0]), str(found[1])


@pytest.fixture(scope="module")
def companion(web: Any, worker: tuple[str, str]) -> Any:
    """A browser of that worker."""
    from django.test import Client

    user = make_user("pendamping_pkh", worker[1], username="sari-pendamping", worker=worker[0])
    client = Client()
    log_in(client, user)
    return client


def families(web: Any, code: str, area: str) -> set[str]:
    """Active families of a worker in an area."""
    with web.owner() as con:
        found = con.execute(
            "SELECT a.family_id FROM r_1.assignments AS a JOIN r_1.families AS f USING (family_id)"
            " WHERE a.worker = %s AND f.status = 'active' AND f.area LIKE %s",
            [code, f"{area}%"],
        )
        return {str(row[0]) for row in found}


def own_numbers(text: str) -> dict[str, tuple[str, int]]:
    """List of the card -> its address and its number."""
    card = text.partition('id="keluarga-saya"')[2].partition("</section>")[0]
    return {
        unescape(label): (unescape(to), int(many.replace(".", "")))
        for label, to, many in OWN.findall(card)
    }


@pytest.mark.parametrize("at", ["/", "/daftar/"])
def test_own_families_stand_first_and_each_number_is_its_list(
    web: Any, companion: Any, worker: tuple[str, str], at: str
) -> None:
    told = own_numbers(companion.get(at).content.decode())
    assert told["Keluarga"][1] == len(families(web, *worker)) > 0
    assert len(told) >= 6
    for label, (to, many) in told.items():
        if many:
            assert read(companion.get(to)).total == many, label
        else:
            assert to == ""


def test_own_list_holds_own_families_alone(web: Any, companion: Any, worker: Any) -> None:
    from lists_read import FAMILY

    pages = all_pages(companion, f"/daftar/families/?petugas={worker[0]}")
    shown = {one for page in pages for one in FAMILY.findall(page.text)}
    assert shown == families(web, *worker)
    assert re.search(rf"Petugas: <strong>{worker[0]} · [A-Z ]+ \(saya\)</strong>", pages[0].text)


def test_workbook_and_trail_say_whose_families_they_are(
    web: Any, companion: Any, worker: Any
) -> None:
    address = f"/daftar/visits_asked/xlsx/?petugas={worker[0]}"
    total = read(companion.get(f"/daftar/visits_asked/?petugas={worker[0]}")).total
    sheet = workbook(companion.get(address), "No.")
    assert len(sheet.rows) == total > 0
    assert any(worker[0] in line for line in sheet.head)
    with web.owner() as con:
        about = con.execute(
            "SELECT about FROM audit_events WHERE what = 'exported' ORDER BY id DESC LIMIT 1"
        ).fetchone()[0]
    assert about["petugas"] == worker[0]


def test_an_office_narrows_any_list_of_families_by_worker(web: Any, worker: Any) -> None:
    code, district = worker
    officer = web.client("koordinator_pkh", district[:4])
    whole = read(officer.get("/daftar/families/"))
    options = re.findall(r'<option value="([^"]*)"[^>]*>([^<]*)<', whole.text)
    words = dict(options)[code]
    assert words.startswith(code) and len(words) > len(code) + 3
    for name in ("families", "visits_asked", "waiting", "people"):
        page = read(officer.get(f"/daftar/{name}/?petugas={code}"))
        assert 0 < page.total < read(officer.get(f"/daftar/{name}/")).total
    assert read(officer.get(f"/daftar/families/?petugas={code}")).total == len(
        families(web, code, district[:4])
    )


def test_a_worker_of_elsewhere_is_no_choice_and_finds_nobody(web: Any, worker: Any) -> None:
    code, district = worker
    other = "1771" if district.startswith("18") else "1811"
    neighbour = web.client("koordinator_pkh", other)
    page = read(neighbour.get(f"/daftar/families/?petugas={code}"))
    assert page.total == 0
    names = read(neighbour.get("/daftar/families/")).text
    assert f'<option value="{code}"' not in names


def test_whoever_is_no_worker_sees_no_such_card(web: Any) -> None:
    for role in ("pendamping_pkh", "kepala_dinas"):
        client = web.client(role, "181105" if role == "pendamping_pkh" else "1811")
        assert "keluarga-saya" not in client.get("/").content.decode()


def test_a_code_without_families_is_told_so(web: Any) -> None:
    from django.test import Client

    user = make_user("tksk", "181105", username="tksk-baru", worker="TKSK-X & 9")
    client = Client()
    log_in(client, user)
    text = client.get("/").content.decode()
    assert "TKSK-X &amp; 9" in text
    assert "memeriksa kode petugas" in text


def test_a_forged_code_is_refused(companion: Any) -> None:
    assert companion.get("/daftar/families/", {"petugas": "x" * 41}).status_code == 400
    assert companion.get("/daftar/families/", {"petugas": "a\x00b"}).status_code == 400


def test_the_load_of_each_worker_is_the_families_of_their_list(web: Any, worker: Any) -> None:
    code, district = worker
    coordinator = web.client("koordinator_pkh", district[:4])
    page = read(coordinator.get("/daftar/worker_load/?pilar=pkh_companion"))
    assert page.total > 0
    assert code in page.text
    with web.owner() as con:
        recorded, proposed, load = con.execute(
            "SELECT recorded, proposed, load FROM r_1.worker_load WHERE worker = %s", [code]
        ).fetchone()
    assert load == recorded + proposed >= len(families(web, code, district))
    assert read(web.client("tksk", "177103").get("/daftar/worker_load/")).text.count(code) == (
        0 if district.startswith("18") else 1
    )
