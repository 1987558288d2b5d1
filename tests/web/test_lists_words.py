"""Words of lists that a number alone would mislead about."""

from __future__ import annotations

import re
from typing import Any

import pytest
from lists_read import all_pages, read, workbook

from tangga.web.lists.definitions import definitions

PAPERS = {
    1: "BNBA penerima per tahap",
    2: "Usulan baru",
    3: "Perbaikan",
    4: "Tidak layak, masih ditetapkan",
    5: "Meninggal, pindah, atau ganda",
    6: "Belum padan dengan Dukcapil",
    7: "Layak, menunggu penetapan",
    8: "Menerima di atas ambang desil",
    9: "Perubahan desil antar rilis",
    10: "Mendekati 60 bulan",
    11: "Gagal salur dan kurang salur",
    12: "Calon graduasi",
    13: "Perlu dikunjungi",
}
"""The lists of a village that an office keeps, by their numbers."""


def test_every_list_of_the_office_is_there_under_its_number() -> None:
    numbered = {one.paper: one.label("id") for one in definitions().values() if one.paper}
    assert numbered == PAPERS


@pytest.mark.parametrize("name", [n for n, one in definitions().items() if one.paper])
def test_a_village_has_its_list_on_screen_on_paper_and_as_a_workbook(web: Any, name: str) -> None:
    with web.owner() as con:
        village = con.execute(
            "SELECT area FROM r_1.family_index WHERE area ~ '^1811[0-9]{6}$'"
            " GROUP BY area ORDER BY count(*) DESC, area LIMIT 1"
        ).fetchone()[0]
    client = web.client("operator_desa", village)
    response = client.get(f"/daftar/{name}/")
    text = response.content.decode()
    if "data-total" not in text:
        assert "belum ada sumbernya" in text
        return
    total = read(response).total
    paper = client.get(f"/daftar/{name}/cetak/").content.decode()
    assert paper.count('<tr class="printed">') == total
    assert len(workbook(client.get(f"/daftar/{name}/xlsx/"), "No.").rows) == total
    if total:
        number = definitions()[name].paper
        assert f"<h2>Daftar {number}: " in paper
        assert 'aria-label="QR"' in paper
        sheet = workbook(client.get(f"/daftar/{name}/xlsx/"), "No.")
        assert f"Nomor Daftar {number}" in sheet.head


def test_the_code_of_a_printed_sheet_is_the_list_of_its_village(
    web: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    from tangga.web.lists import views

    told: list[str] = []
    monkeypatch.setattr(views, "svg", lambda text, side: told.append(text) or "")
    client = web.client("operator_kabkota", "1811")
    paper = client.get("/daftar/near_cap/cetak/?rung=protection").content.decode()
    areas = re.findall(r'<section class="sheet" data-area="([0-9]+)"', paper)
    assert areas
    addresses = [text.partition("/daftar/")[2] for text in told]
    assert addresses == [f"near_cap/?rung=protection&wilayah={code}" for code in areas]
    assert not any(re.search("[0-9]{11}", text.rpartition("/")[2]) for text in told)


def test_a_visit_without_questions_says_what_is_to_be_done(web: Any) -> None:
    client = web.client("operator_kabkota", "1811")
    with web.owner() as con:
        family = con.execute(
            "SELECT v.family_id FROM r_1.visits_asked AS v JOIN r_1.family_index USING (family_id)"
            " WHERE v.many = 0 AND v.area LIKE '1811%' ORDER BY 1 LIMIT 1"
        ).fetchone()
        many = con.execute(
            "SELECT count(*) FROM r_1.visits_asked WHERE many = 0 AND area LIKE '1811%'"
        ).fetchone()[0]
    assert family is not None
    pages = all_pages(client, "/daftar/visits_asked/?why=unranked")
    words = "tidak ada; pastikan datanya"
    assert 0 < sum(page.text.count(words) for page in pages) <= many
    sheet = workbook(client.get("/daftar/visits_asked/xlsx/"), "No.")
    at = sheet.names.index("Pertanyaan")
    assert [row[at] for row in sheet.rows].count(words) == many
    assert 0 not in [row[at] for row in sheet.rows]
    page = client.get(f"/keluarga/{family[0]}/").content.decode()
    assert "Tidak ada pertanyaan khusus" in page
