"""A release whose sources recorded little: it loads, each page opens, lists say what is lacking."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import loaded
import pyarrow as pa
import pytest
from api_tokens import program
from lists_read import read, workbook

from tangga.web.lists.definitions import Definition, definitions
from tangga.web.lists.fitting import AREA, Has, fills, fitted, lacking
from tangga.web.register.tables import stored

REGENCY, ROLE = "1811", "operator_kabkota"
GONE = ("assessments", "cases", "events", "family_records", "payments", "provenance_families")
"""Tables that a release has only where a source brings such records."""

ALWAYS = ("family_id", "person_id", "village", "status", "head_person_id", "member_count", "name")
ALWAYS += ("birth_date", "birth_month", "birth_year", "relation", "sex", "nik", "kk", "address")
ALWAYS += ("base_source", "base_family_id", "valid_from", "valid_to")
OPEN = [name for name, one in definitions().items() if not one.case]
LISTED = sorted(definitions())


@pytest.fixture(scope="module")
def bare(web: Any, release: Path, tmp_path_factory: pytest.TempPathFactory) -> Any:
    """The service with a release of few columns in force."""
    from tangga.web.register.commands import approve_release, load_release

    folder = loaded.copied(release, tmp_path_factory.mktemp("bare") / "release")
    _take_away(folder)
    entry = load_release(folder, by="loader")
    approve_release(entry.number, by="approver")
    return web


def _take_away(folder: Path) -> None:
    manifest = loaded.said(folder)
    manifest["release"] = "2026-01-31-few"
    for name in [one for one in manifest["tables"] if one.removesuffix("_case") in GONE]:
        (folder / manifest["tables"].pop(name)["file"]).unlink()
    loaded.say(folder, manifest)
    for table in ("persons", "families"):
        loaded.change(folder, table, _few)
        manifest = loaded.said(folder)
        about = manifest["tables"][table]
        about["columns"] = {key: of for key, of in about["columns"].items() if key in ALWAYS}
        loaded.say(folder, manifest)


def _few(rows: pa.Table) -> pa.Table:
    return rows.select([name for name in rows.column_names if name in ALWAYS])


@pytest.fixture(scope="module")
def officer(bare: Any) -> Any:
    return bare.client(ROLE, REGENCY)


@pytest.mark.parametrize("name", OPEN)
def test_every_list_opens_or_says_what_is_not_recorded(officer: Any, name: str) -> None:
    response = officer.get(f"/daftar/{name}/")
    text = response.content.decode()
    assert response.status_code == 200
    if "data-total" not in text:
        assert "belum ada sumbernya" in text
        return
    assert bool(read(response).rows) == (read(response).total > 0)


def test_workbook_and_print_lack_the_same_columns(officer: Any) -> None:
    for name in ("proposals", "visits_asked"):
        sheet = workbook(officer.get(f"/daftar/{name}/xlsx/"), "No.")
        assert len(sheet.rows) == read(officer.get(f"/daftar/{name}/")).total
        assert "RT/RW" not in sheet.names
    assert officer.get("/daftar/visits_asked/cetak/").status_code in (200, 413)


def test_what_is_not_recorded_is_said_and_no_filter(officer: Any) -> None:
    text = officer.get("/daftar/proposals/").content.decode()
    assert "Tidak dicatat dalam rilis ini: Jenis tempat." in text
    assert 'name="place"' not in text and 'name="tempat"' not in text
    assert officer.get("/daftar/proposals/?place=village").status_code == 400
    assert "Tidak dicatat" not in officer.get("/daftar/families/").content.decode()


def test_dashboards_the_search_and_families_open(bare: Any, officer: Any) -> None:
    with bare.owner() as con:
        number = con.execute("SELECT number FROM public.register_current").fetchone()[0]
        query = (
            f"SELECT family_id, head_person_id FROM r_{number}.families WHERE area LIKE %s"
            " ORDER BY family_id LIMIT 1"
        )
        family, person = con.execute(query, [f"{REGENCY}%"]).fetchone()
        told = con.execute(f"SELECT count(*) FROM r_{number}.figures").fetchone()[0]
        split = con.execute(
            f"SELECT count(*) FROM r_{number}.figures WHERE figure IN"
            " ('unmatched_by_place', 'proposals_by_place', 'recipients')"
        ).fetchone()[0]
    assert told > 500 and split == 0
    pages = ["/", f"/wilayah/{REGENCY}/", "/daftar/", "/cari/", "/rilis/", f"/rilis/{number}/"]
    pages += [f"/keluarga/{family}/{part}" for part in ("", "sumber/", "riwayat/", "lembar/")]
    assert {page: officer.get(page).status_code for page in pages} == dict.fromkeys(pages, 200)
    assert officer.get(f"/orang/{person}/").status_code == 302
    assert officer.post("/cari/", {"q": "siti"}).status_code == 200


def test_programs_read_every_list(bare: Any) -> None:
    asks = program(bare, ROLE, REGENCY)
    listed = {one["name"] for one in asks.get("lists").json()["items"]}
    assert "proposals" in listed and not {"recipients", "rehabilitation"} & listed
    for name in listed:
        assert asks.get(f"lists/{name}").status_code == 200, name
    assert asks.get("lists/proposals", filter="place", key="village").status_code == 404


# --- Any column of any list -----------------------------------------------------------------------


def _without(missing: tuple[str, str]) -> Has:
    return lambda table, column: (table, column) != missing


def _all_lack(table: str, column: str | None) -> bool:
    return column is None


@pytest.mark.parametrize("name", LISTED)
def test_a_list_never_names_a_column_that_is_lacking(name: str) -> None:
    whole = definitions()[name]
    for missing in lacking(whole, _all_lack):
        has = _without(missing)
        left = fitted(whole, has)
        if not fills(whole, has):
            assert not left.filters and not left.figures
            continue
        column = re.compile(rf"\bt\.{missing[1]}\b")
        said = [left.where, left.sort, *(one.column for one in left.filters.values())]
        said += [one.sum for one in left.figures.values()]
        assert not [sql for sql in said if column.search(sql)]
        assert {one.by for one in left.figures.values()} <= {*left.filters, ""}


def test_the_columns_of_a_joined_table_are_seen_too() -> None:
    whole = definitions()["above_decile"]
    assert ("decisions", "reasons") in lacking(whole, _all_lack)
    assert not fills(whole, _without(("decisions", "reasons")))


def test_nothing_is_taken_from_a_release_that_has_all() -> None:
    assert AREA in {way.columns[0] for one in stored().values() for way in one.area}
    for one in definitions().values():
        assert _same(fitted(one, lambda _table, _column: True), one)


def _same(left: Definition, right: Definition) -> bool:
    return (left.filters, left.figures, left.sort) == (right.filters, right.figures, right.sort)
