"""A sheet of visits goes out, is filled in, and comes back: no row of it is lost."""

from __future__ import annotations

import io
import re
from collections import Counter
from typing import Any

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from visiting import TODAY, busiest, client_of, opened, send, visits

from tangga.web.today import pretend

ROWS, QUESTIONS = "Kunjungan", "Pertanyaan"


@pytest.fixture(autouse=True)
def day() -> Any:
    with pretend(TODAY):
        yield


@pytest.fixture(scope="module")
def worker(web: Any) -> tuple[str, str]:
    return busiest(web)


@pytest.fixture(scope="module")
def companion(web: Any, worker: tuple[str, str]) -> Any:
    return client_of("pendamping_pkh", worker[1], "rina-lembar", worker[0])


@pytest.fixture(scope="module")
def colleague(web: Any, worker: tuple[str, str]) -> Any:
    return client_of("tksk", worker[1], "tono-lembar", "TKSK-7")


@pytest.fixture(autouse=True)
def var(tmp_path: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    from dataclasses import replace

    from django.conf import settings

    monkeypatch.setattr(settings, "ENV", replace(settings.ENV, var=tmp_path))


def taken_along(client: Any, **asked: str) -> Any:
    """A workbook as it is downloaded."""
    answer = client.post("/kunjungan/lembar/xlsx/", asked)
    assert answer.status_code == 200, answer.content.decode()[:500]
    return openpyxl.load_workbook(io.BytesIO(answer.content))


def brought_back(client: Any, book: Any, name: str = "kunjungan.xlsx") -> Any:
    """The answer to a workbook that comes back."""
    if not isinstance(book, bytes):
        out = io.BytesIO()
        book.save(out)
        book = out.getvalue()
    return client.post("/kunjungan/lembar/unggah/", {"berkas": SimpleUploadedFile(name, book)})


def column(sheet: Any, label: str) -> int:
    return next(c.column for c in sheet[1] if c.value == label)


def fill(sheet: Any, row: int, **labels: Any) -> str:
    """Fill cells of a row by the labels of their columns; the family of that row."""
    for label, value in labels.items():
        sheet.cell(row, column(sheet, label.replace("_", " "))).value = value
    return str(sheet.cell(row, 1).value)


def states(web: Any) -> Counter[str]:
    """Of the rows that came back last."""
    with web.owner() as con:
        rows = con.execute(
            "SELECT state FROM visits_row WHERE returned_id ="
            " (SELECT id FROM visits_returned ORDER BY at DESC LIMIT 1)"
        ).fetchall()
    return Counter(row[0] for row in rows)


DONE = {
    "Tanggal_kunjungan": "28-02-2026",
    "Hasil_kunjungan": "Terisi lengkap",
    "Jumlah_anggota_keluarga_ditemui": 3,
}


def test_each_row_comes_back_as_what_it_says(web: Any, companion: Any, colleague: Any) -> None:
    book = taken_along(companion)
    sheet = book[ROWS]
    many = sheet.max_row - 1
    good = fill(sheet, 2, **DONE, Catatan="=1+1 bukan rumus".replace("=", "sama dengan "))
    bad = fill(sheet, 3, Tanggal_kunjungan="31-02-2026", Hasil_kunjungan="Terisi lengkap")
    formula = fill(sheet, 4, **DONE, Catatan="=SUM(1,2)")
    met = fill(sheet, 5, **DONE)
    later = fill(sheet, 6, Tanggal_kunjungan="01-04-2026", Hasil_kunjungan="Terisi lengkap")
    send(colleague, met, opened(colleague, met))
    answer = brought_back(companion, book)
    assert answer.status_code == 302
    found = states(web)
    assert found == {"saved": 1, "wrong": 3, "conflict": 1, "blank": many - 5}
    assert len(visits(web, good)) == 1
    assert [len(visits(web, one)) for one in (bad, formula, met, later)] == [0, 0, 1, 0]
    page = companion.get(answer["Location"]).content.decode()
    assert "Bertabrakan" in page and "TKSK-7" in page and "Berisi rumus" in page
    n = re.search(r'name="baris" value="(\d+)"', page)
    companion.post(answer["Location"], {"baris": n[1], "pilih": "simpan"})
    assert len(visits(web, met)) == 2
    again = brought_back(companion, book)
    assert states(web)["saved"] + states(web)["same"] >= 2
    assert len(visits(web, good)) == 1 and len(visits(web, met)) == 2, again


def test_the_same_file_twice_saves_nothing_twice(web: Any, companion: Any) -> None:
    book = taken_along(companion)
    family = fill(book[ROWS], 9, **DONE)
    out = io.BytesIO()
    book.save(out)
    first = brought_back(companion, out.getvalue())
    second = brought_back(companion, out.getvalue())
    assert first["Location"] == second["Location"]
    assert len(visits(web, family)) == 1


def test_answers_to_questions_come_back_with_their_family(web: Any, companion: Any) -> None:
    book = taken_along(companion)
    rows, asked = book[ROWS], book[QUESTIONS]
    rules = {str(v.sqref): v.formula1 for v in asked.data_validations.dataValidation}
    last = max(int(cell.removeprefix("E")) for cell in rules if rules[cell])
    family = asked.cell(last, 1).value
    at = next(r for r in range(2, rows.max_row + 1) if rows.cell(r, 1).value == family)
    fill(rows, at, **DONE)
    first = rules[f"E{last}"].replace("_daftar!", "").replace("$", "").split(":")[0].lstrip("=")
    asked.cell(last, 5).value = book["_daftar"][first].value
    brought_back(companion, book)
    assert states(web)["saved"] == 1
    page = companion.get(f"/keluarga/{family}/").content.decode()
    assert f"<dd>{asked.cell(last, 5).value}</dd>" in page.partition("seen-since")[2]


@pytest.fixture(scope="module")
def plain_book(companion: Any) -> bytes:
    """One workbook of the few families with nothing pressing, for all that can be done to it."""
    with pretend(TODAY):
        answer = companion.post("/kunjungan/lembar/xlsx/", {"bagian": "rest"})
    return bytes(answer.content)


def grown(book: Any) -> None:
    book[ROWS].cell(1, book[ROWS].max_column + 1).value = "Kolom saya"


def widened(book: Any) -> None:
    book[ROWS].cell(3, book[ROWS].max_column + 2).value = "tambahan"


def renamed(book: Any) -> None:
    book[ROWS].cell(1, 4).value = "Alamat baru"


def of_another(book: Any) -> None:
    book[ROWS].cell(2, 1).value = "F00000000000"


def twice(book: Any) -> None:
    for place in range(1, 7):
        book[ROWS].cell(3, place).value = book[ROWS].cell(2, place).value


def older(book: Any) -> None:
    book[ROWS].cell(2, 2).value = "99"


def reworded(book: Any) -> None:
    book[QUESTIONS].cell(2, 4).value = "Apakah kaya?"


def unmarked(book: Any) -> None:
    del book["_tangga"]


def remarked(book: Any) -> None:
    book["_tangga"].cell(1, 1).value = "ImFiYyI:1abc:xyz"


def added(book: Any) -> None:
    book.create_sheet("Catatan saya")


@pytest.mark.parametrize(
    "edit",
    [grown, widened, renamed, of_another, twice, older, reworded, unmarked, remarked, added],
)
def test_what_is_changed_beyond_its_columns_is_refused_whole(
    web: Any, companion: Any, plain_book: bytes, edit: Any
) -> None:
    book = openpyxl.load_workbook(io.BytesIO(plain_book))
    family = fill(book[ROWS], 5, **DONE)
    before = len(visits(web, family))
    edit(book)
    answer = brought_back(companion, book)
    assert answer.status_code == 422
    assert "Tidak satu pun barisnya disimpan" in answer.content.decode()
    assert len(visits(web, family)) == before


def test_what_is_no_workbook_is_refused(companion: Any) -> None:
    for content in (b"PK\x03\x04 nothing", b"MZ program", b"", b"<html></html>"):
        assert brought_back(companion, content or b" ").status_code == 422


def test_the_sheet_of_another_is_refused(web: Any, companion: Any, worker: Any) -> None:
    book = taken_along(companion)
    other = client_of("pendamping_pkh", worker[1], "sinta-lembar", worker[0])
    answer = brought_back(other, book)
    assert answer.status_code == 422
    assert "petugas lain" in answer.content.decode()


def test_rows_that_were_sorted_or_removed_are_still_told(web: Any, companion: Any) -> None:
    book = taken_along(companion)
    many = book[ROWS].max_row - 1
    book[ROWS].delete_rows(7, 3)
    brought_back(companion, book)
    assert sum(states(web).values()) == many


def test_the_print_has_a_sheet_a_family_and_a_code_each(companion: Any) -> None:
    page = companion.get("/kunjungan/lembar/cetak/").content.decode()
    sheets = page.count('<article class="visit-sheet">')
    assert sheets > 0
    assert page.count('<svg class="code"') == sheets + 1
