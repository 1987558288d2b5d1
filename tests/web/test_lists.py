"""Lists: each opens, its pages, its workbook and its print hold the same rows, and nobody sees more
of a row than their role may."""

from __future__ import annotations

import base64
import logging
import re
from typing import Any

import psycopg
import pytest
from lists_read import TAG, TOTAL, all_pages, read, workbook

from tangga.web.cursors import QUESTION, SIGNATURE
from tangga.web.lists.definitions import definitions
from tangga.web.secrets import unseal

REGENCY, OTHER, ROLE = "1811", "1771", "operator_kabkota"
OPEN = [name for name, one in definitions().items() if not one.case]


@pytest.fixture(scope="module")
def officer(web: Any) -> Any:
    return web.client(ROLE, REGENCY)


def village_of(web: Any, area: str) -> str:
    """A village of an area in which families live."""
    with web.owner() as con:
        found = con.execute(
            "SELECT area FROM r_1.family_index WHERE area LIKE %s AND length(area) = 10"
            " GROUP BY area ORDER BY count(*) DESC, area",
            [f"{area}%"],
        ).fetchone()
    return str(found[0])


def numbers(web: Any) -> list[str]:
    """National numbers of people of the register."""
    with web.owner() as con:
        rows = con.execute("SELECT nik FROM r_1.persons WHERE nik IS NOT NULL").fetchall()
    return [unseal(row[0]) for row in rows]


@pytest.mark.parametrize("name", OPEN)
def test_the_workbook_has_as_many_rows_as_the_page_says(officer: Any, name: str) -> None:
    response = officer.get(f"/daftar/{name}/")
    text = response.content.decode()
    assert response.status_code == 200
    if "data-total" not in text:
        assert "belum ada sumbernya" in text
        return
    total = int(TOTAL.search(text)[1])
    sheet = workbook(officer.get(f"/daftar/{name}/xlsx/"), "No.")
    assert len(sheet.rows) == total
    assert [row[0] for row in sheet.rows] == list(range(1, total + 1))
    assert not any(str(cell).startswith(("=", "+", "@")) for row in sheet.rows for cell in row)


@pytest.mark.parametrize(
    ("role", "area"), [(ROLE, REGENCY), ("kemensos", ""), ("pendamping_rehsos", OTHER)]
)
def test_the_counts_of_all_lists_and_of_each_agree(web: Any, role: str, area: str) -> None:
    client = web.client(role, area)
    index = client.get("/daftar/").content.decode()
    told = {
        name: int(many.replace(".", ""))
        for name, many in re.findall(
            r'<a href="/daftar/(\w+)/">[^<]*</a>\s*<span class="many">([\d.]+)<', index
        )
    }
    assert len(told) > 15 or role == "pendamping_rehsos"
    assert told == {name: read(client.get(f"/daftar/{name}/")).total for name in told}


@pytest.mark.parametrize("language", ["id", "en"])
def test_no_two_columns_of_a_list_are_called_the_same(web: Any, language: str) -> None:
    officer = web.client(ROLE, REGENCY)
    officer.post("/bahasa/", {"bahasa": language})
    for name in OPEN:
        text = officer.get(f"/daftar/{name}/").content.decode()
        heads = [TAG.sub("", one).strip() for one in re.findall("<th scope.*?</th>", text)]
        assert len(heads) == len(set(heads)), (name, heads)


def test_the_pager_says_how_many_pages_there_are(officer: Any) -> None:
    page = read(officer.get("/daftar/people/"))
    assert f"Halaman 1 dari {-(-page.total // 50)}<" in page.text
    assert f"Halaman 2 dari {-(-page.total // 50)}<" in read(officer.get(page.after)).text


def test_who_made_a_file_is_said_once() -> None:
    from types import SimpleNamespace

    from tangga.web.lists.page import who

    role = SimpleNamespace(label=lambda _language: "Kepala dinas")
    for called, said in (("Kepala dinas", "Kepala dinas"), ("Sri", "Sri · Kepala dinas")):
        user = SimpleNamespace(called=called)
        assert who(SimpleNamespace(user=user, role=role, language="id")) == said


@pytest.mark.parametrize(
    "address",
    [
        "/daftar/families/",
        "/daftar/families/?urutan=rung&arah=naik",
        "/daftar/families/?urutan=rung&arah=turun",
        "/daftar/families/?urutan=head_name&arah=turun",
        "/daftar/families/?urutan=decile&arah=turun&kunjungan=ya",
        "/daftar/visits_asked/",
        "/daftar/budget/",
        "/daftar/targets/",
    ],
)
def test_paging_shows_every_row_once(officer: Any, address: str) -> None:
    pages = all_pages(officer, address)
    total = pages[0].total
    rows = [row for page in pages for row in page.rows]
    assert len(rows) == total
    assert {page.total for page in pages} == {total}
    if "families" in address:
        families = [f for page in pages for f in _families(page.text)]
        assert len(set(families)) == len(families) == total


def _families(text: str) -> list[str]:
    from lists_read import FAMILY

    return FAMILY.findall(text)


def test_the_way_back_shows_the_same_pages(officer: Any) -> None:
    import re
    from html import unescape

    pages = all_pages(officer, "/daftar/people/?urutan=birth_year&arah=turun")[:4]
    at = officer.get(pages[2].after)
    for page in reversed(pages[1:4]):
        here = read(at)
        if here.rows == page.rows:
            back = re.search(r'rel="prev" href="([^"]+)"', here.text)
            at = officer.get(unescape(back[1]))
    assert read(at).rows == pages[0].rows


def test_an_area_below_and_its_parts_add_up(officer: Any, web: Any) -> None:
    whole = read(officer.get("/daftar/families/")).total
    with web.owner() as con:
        codes = [
            row[0]
            for row in con.execute(
                "SELECT DISTINCT left(area, 6) FROM r_1.family_index WHERE area LIKE '1811%'"
            )
        ]
    each = [
        read(officer.get(f"/daftar/families/?wilayah={code}{'&tepat=1' * (len(code) < 6)}")).total
        for code in codes
    ]
    assert sum(each) == whole


@pytest.mark.parametrize(
    "address",
    [
        "/daftar/families/?desil=77",
        "/daftar/families/?urutan=nik",
        "/daftar/families/?urutan=decile&arah=miring",
        "/daftar/families/?dari=forged",
        "/daftar/families/?dari=eyJhIjoxfQ:1abc:xyz",
        "/daftar/families/?program=';DROP TABLE families--",
        "/daftar/families/?rung=" + "x" * 5000,
        "/daftar/families/xlsx/?sisa=99",
        "/daftar/families/cetak/?tempat=rumah",
    ],
)
def test_a_forged_address_gets_a_page_that_says_where_to_begin(officer: Any, address: str) -> None:
    response = officer.get(address)
    assert response.status_code == 400
    assert 'href="/daftar/families/"' in response.content.decode()


def test_a_mark_is_good_for_its_own_list_alone(officer: Any) -> None:
    after = read(officer.get("/daftar/people/")).after
    mark = after.split("dari=", 1)[1].split("&")[0]
    for other in (
        "/daftar/families/?",
        "/daftar/people/?urutan=birth_year&",
        "/daftar/people/?sex=male&",
    ):
        assert officer.get(f"{other}dari={mark}").status_code == 400


def test_a_mark_names_nobody(officer: Any) -> None:
    after = read(officer.get("/daftar/people/?urutan=name")).after
    mark = after.split("dari=", 1)[1].split("&")[0]
    said = base64.urlsafe_b64decode(mark + "=" * (-len(mark) % 4))[SIGNATURE + QUESTION :]
    assert re.fullmatch(rb"\(\d+,\d+\) 2 0", said)


@pytest.mark.parametrize("code", [OTHER, "17", "99", "1811999", "abc"])
def test_another_area_is_not_there(officer: Any, code: str) -> None:
    assert officer.get(f"/daftar/families/?wilayah={code}").status_code == 404
    assert officer.get(f"/daftar/families/xlsx/?wilayah={code}").status_code == 404


def test_neighbours_share_no_row(officer: Any, web: Any) -> None:
    other = web.client(ROLE, OTHER)
    for name in ("gone", "unmatched", "unpaid"):
        mine = workbook(officer.get(f"/daftar/{name}/xlsx/"), "No.").rows
        theirs = workbook(other.get(f"/daftar/{name}/xlsx/"), "No.").rows
        assert mine and theirs
        assert not {row[-1] for row in mine if row[-1]} & {row[-1] for row in theirs if row[-1]}


def test_paper_has_every_row_and_a_sheet_for_each_village(officer: Any) -> None:
    total = read(officer.get("/daftar/near_cap/")).total
    text = officer.get("/daftar/near_cap/cetak/").content.decode()
    assert text.count('<tr class="printed">') == total > 0
    assert text.count('<section class="sheet"') >= 1
    assert "Nama terang dan tanda tangan" in text and "31 Januari 2026" in text


def test_numbers_are_masked_on_page_paper_and_workbook(
    officer: Any, web: Any, caplog: pytest.LogCaptureFixture
) -> None:
    known = set(numbers(web))
    with caplog.at_level(logging.DEBUG):
        pages = [p.text for p in all_pages(officer, "/daftar/gone/")]
        paper = officer.get("/daftar/gone/cetak/").content.decode()
        sheet = workbook(officer.get("/daftar/gone/xlsx/"), "No.")
    said = "\n".join([*pages, paper, caplog.text, str(sheet.rows)])
    assert not [number for number in known if number in said]
    assert "************" in said


def test_a_permit_opens_numbers_and_marks_every_page(officer: Any, web: Any) -> None:
    known = set(numbers(web))
    reason = "Pemadanan NIK bersama Disdukcapil"
    asked = officer.get("/daftar/gone/utuh/")
    assert asked.status_code == 200
    purpose = asked.content.decode().split('<option value="', 1)[1].split('"', 1)[0]
    short = officer.post("/daftar/gone/utuh/", {"purpose": purpose, "reason": "x"})
    assert short.status_code == 422
    sheet = workbook(
        officer.post("/daftar/gone/utuh/", {"purpose": purpose, "reason": reason}), "No."
    )
    column = sheet.names.index("NIK")
    whole = {row[column] for row in sheet.rows if row[column]}
    assert whole and whole <= known
    assert any("BERISI NIK UTUH" in line and reason in line for line in sheet.head)
    assert "BERISI NIK UTUH" in sheet.header and "BERISI NIK UTUH" in sheet.footer
    with psycopg.connect(web.superuser_url) as con:
        told = con.execute(
            "SELECT reason, about FROM public.audit_events WHERE what = 'exported_whole'"
        ).fetchone()
    assert told[0] == reason and told[1]["rows"] == len(sheet.rows)
    assert web.client("tksk", "181105").get("/daftar/gone/utuh/").status_code == 403


def test_what_a_role_does_not_see_is_not_in_its_lists(web: Any) -> None:
    village = village_of(web, REGENCY)
    desa = web.client("operator_desa", village)
    assert desa.get("/daftar/signals/").status_code == 403
    assert "/daftar/signals/" not in desa.get("/daftar/").content.decode()
    assert desa.get("/daftar/rehabilitation/").status_code == 403
    assert web.client("bupati", REGENCY).get("/daftar/families/").status_code == 403
    civil = web.client("disdukcapil", REGENCY)
    assert civil.get("/daftar/families/").status_code == 403
    page = read(civil.get("/daftar/unmatched/"))
    assert "Desil" in page.text.split("Tidak ditampilkan")[1]
    assert "saring-desil" not in page.text
    assert read(civil.get("/daftar/unmatched/?desil=1")).total == page.total
    assert civil.get("/daftar/unmatched/?urutan=decile").status_code == 400


def test_names_are_initials_for_who_ranks(web: Any) -> None:
    bps = web.client("bps", REGENCY)
    page = read(bps.get("/daftar/people/"))
    assert all("***" in row[0] for row in page.rows)
    assert bps.get("/daftar/people/?urutan=name").status_code == 400
    assert bps.get("/daftar/people/xlsx/").status_code == 403


def test_cases_are_the_case_teams_alone(web: Any, officer: Any) -> None:
    team = web.client("pendamping_rehsos", OTHER)
    assert read(team.get("/daftar/rehabilitation/")).total >= 0
    assert officer.get("/daftar/rehabilitation/").status_code == 403
    assert "/daftar/rehabilitation/" not in officer.get("/daftar/").content.decode()


def test_a_list_without_its_table_says_so(officer: Any) -> None:
    text = officer.get("/daftar/corrections/").content.decode()
    assert "belum ada sumbernya" in text and "xlsx" not in text
    assert officer.get("/daftar/corrections/xlsx/").status_code == 404
    assert officer.get("/daftar/nothing/").status_code == 404


def test_a_file_larger_than_the_role_may_have_is_refused(
    web: Any, officer: Any, monkeypatch: Any
) -> None:
    from tangga.web.viewer import Viewer

    monkeypatch.setattr(Viewer, "limit", lambda self, name: 3)
    response = officer.get("/daftar/families/xlsx/")
    assert response.status_code == 413
    assert "/daftar/families/?wilayah=" in response.content.decode()


def test_a_page_of_a_list_takes_few_queries(officer: Any, django_queries: Any) -> None:
    officer.get("/daftar/families/")
    with django_queries() as first:
        read(officer.get("/daftar/families/"))
    with django_queries() as wide:
        read(officer.get("/daftar/people/"))
    assert len(first) <= 16 and len(wide) <= 18


def test_a_programme_in_any_state_holds_those_of_each_state(officer: Any) -> None:
    def many(state: str) -> int:
        return read(officer.get(f"/daftar/families/?program=pkh&keadaan={state}")).total

    each = [many(state) for state in ("ditetapkan", "menunggu", "belum")]
    assert min(each) > 0
    assert max(each) < many("") <= sum(each)


def test_rows_of_a_release_are_counted_once_for_who_sees_the_same(
    officer: Any, web: Any, django_queries: Any
) -> None:
    """Asked with a filter for which no figure stands; who sees another area counts anew."""
    asked = "/daftar/determined/?desil=1"

    def counted(client: Any) -> tuple[int, int]:
        with django_queries() as found:
            page = read(client.get(asked))
        return page.total, sum("count(*) AS many" in one["sql"] for one in found)

    total, first = counted(officer)
    assert (first, counted(officer)) == (1, (total, 0))
    others, again = counted(web.client("kepala_dinas", "1771"))
    assert again == 1 and others != total


@pytest.fixture
def django_queries() -> Any:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    return lambda: CaptureQueriesContext(connection)
