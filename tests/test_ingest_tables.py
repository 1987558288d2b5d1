"""Ingest of workbooks and Parquet files, written by other programs."""

from __future__ import annotations

import datetime
import decimal
import io
import re
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import openpyxl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import xlsxwriter
from openpyxl.worksheet.worksheet import Worksheet

from small_workspace import HEADER, PEOPLE, ROWS, read
from tangga.engine.ingest.workbook import column_number, letters
from tangga.errors import BrokenFile

HEAD = ["id", "nik", "nama"]
Sheets = dict[str, Callable[[Worksheet], None]]


def book(*rows: list[Any], merged: tuple[str, ...] = ()) -> bytes:
    """A workbook of one sheet."""

    def fill(sheet: Worksheet) -> None:
        for row in rows:
            sheet.append(row)
        for cells in merged:
            sheet.merge_cells(cells)

    return books({"Data": fill})


def books(sheets: Sheets, hidden: str = "") -> bytes:
    """A workbook of several sheets."""
    made = openpyxl.Workbook()
    made.remove(made.worksheets[0])
    for name, fill in sheets.items():
        sheet = made.create_sheet(name)
        fill(sheet)
        sheet.sheet_state = "hidden" if name == hidden else "visible"
    out = io.BytesIO()
    made.save(out)
    return out.getvalue()


def said(folder: Path, files: dict[str, bytes | str], more: str = "") -> str:
    """What ingest says of a broken file."""
    with pytest.raises(BrokenFile) as caught:
        read(folder, files, more)
    return str(caught.value)


def test_a_workbook_is_read_as_text(tmp_path: Path) -> None:
    day = datetime.date(1990, 1, 2)
    raw = book(
        [*HEAD, "lahir", "jumlah", "aktif"],
        [1, "0018110101900001", "SITI", day, 2.5, True],
        [2, 1811010101900002, None, "02-01-1990", 3, None],
    )
    found = read(tmp_path, {"a.xlsx": raw})
    assert found.rows == [
        (2, "1", "0018110101900001", "SITI", "1990-01-02 00:00:00", "2.5", "true"),
        (3, "2", "1811010101900002", None, "02-01-1990", "3", None),
    ]
    assert (found.files[0]["format"], found.files[0]["header_row"]) == ("xlsx", 1)


def test_titles_blank_rows_and_an_offset(tmp_path: Path) -> None:
    rows = [[], [None, None, "DAFTAR"], [], [None, *HEAD], [None, 1, 2, "A"], [], [None, 3, 4, "B"]]
    found = read(tmp_path, {"a.xlsx": book(*rows)})
    assert found.rows == [(5, "1", "2", "A"), (7, "3", "4", "B")]
    assert (found.files[0]["rows_in"], found.files[0]["header_row"]) == (2, 4)


def test_blank_texts_are_no_row(tmp_path: Path) -> None:
    raw = io.BytesIO()
    with xlsxwriter.Workbook(raw) as made:
        sheet = made.add_worksheet()
        for number, row in enumerate([HEAD, ["1", "2", "A"], [" ", "", "  "], ["3", "4", " B "]]):
            for place, cell in enumerate(row):
                sheet.write_string(number, place, cell)
    assert read(tmp_path, {"a.xlsx": raw.getvalue()}).rows == [
        (2, "1", "2", "A"),
        (4, "3", "4", " B "),
    ]


def test_cells_merged_over_rows_give_each_row_their_value(tmp_path: Path) -> None:
    rows = [HEAD, [1, "111", "A"], [2, None, "B"], [None, None, None], [3, None, "C"], [4, 5, "D"]]
    found = read(tmp_path, {"a.xlsx": book(*rows, merged=("B2:B5", "B6:C6"))})
    assert [row[2] for row in found.rows] == ["111", "111", "111", "5"]
    assert found.files[0]["notes"].splitlines() == [
        "merged cells (B2:B5): each row was given the value",
        "cells merged across columns (B6:C6): the value is in the first",
    ]


def test_a_header_of_two_rows(tmp_path: Path) -> None:
    rows = [["id", "nik", "ORANG", None], [None, None, "nama", "umur"], [1, 2, "A", 30]]
    found = read(tmp_path, {"a.xlsx": book(*rows, merged=("A1:A2", "B1:B2", "C1:D1"))})
    assert found.rows == [(3, "1", "2", "A", "30")]


def test_formulas_with_their_stored_value(tmp_path: Path) -> None:
    raw = io.BytesIO()
    with xlsxwriter.Workbook(raw) as made:
        sheet = made.add_worksheet()
        sheet.write_row(0, 0, HEAD)
        sheet.write_row(1, 0, [1, "111"])
        sheet.write_formula(1, 2, '="SI"&"TI"', None, "SITI")
    assert read(tmp_path, {"a.xlsx": raw.getvalue()}).rows == [(2, "1", "111", "SITI")]


def test_formulas_without_a_stored_value(tmp_path: Path) -> None:
    needed = book(HEAD, [1, "=A2", "A"])
    message = said(tmp_path, {"a.xlsx": needed})
    assert "data/a.xlsx, line 2, column nik: cell B2 holds a formula" in message
    assert "let it calculate, save it again" in message
    other = book([*HEAD, "no"], [1, 2, "A", "=ROW()"])
    found = read(tmp_path, {"a.xlsx": other})
    assert found.rows == [(2, "1", "2", "A", None)]
    assert found.files[0]["notes"].startswith("formulas without a stored value in 'no', from row 2")


def test_errors_in_cells_are_noted(tmp_path: Path) -> None:
    raw = io.BytesIO()
    with xlsxwriter.Workbook(raw) as made:
        sheet = made.add_worksheet()
        sheet.write_row(0, 0, [*HEAD, "hitung"])
        sheet.write_row(1, 0, [1, "111", "A"])
        sheet.write_formula(1, 3, "=1/0", None, "#DIV/0!")
        sheet.write_formula(2, 3, "=1/0", None, "#DIV/0!")
    found = read(tmp_path, {"a.xlsx": raw.getvalue()})
    assert found.rows == [(2, "1", "111", "A", None)]
    assert found.files[0]["notes"] == "errors such as #N/A in 'hitung', from row 2 on: left empty"


def _people(sheet: Worksheet) -> None:
    sheet.append(HEAD)
    sheet.append([1, 2, "A"])


def test_several_sheets(tmp_path: Path) -> None:
    raw = books({"Januari": _people, "Februari": _people, "Kosong": lambda _: None})
    assert "Write sheet = \"...\" in the descriptor, one of: 'Januari', 'Februari'" in said(
        tmp_path, {"a.xlsx": raw}
    )
    assert len(read(tmp_path, {"a.xlsx": raw}, 'sheet = "Februari"').rows) == 1
    assert "no such sheet: 'Maret'. Its visible sheets: 'Januari'" in said(
        tmp_path, {"a.xlsx": raw}, 'sheet = "Maret"'
    )


def test_hidden_and_empty_sheets_do_not_count(tmp_path: Path) -> None:
    raw = books({"Data": _people, "Kode": _people, "Sheet2": lambda _: None}, hidden="Kode")
    assert len(read(tmp_path, {"a.xlsx": raw}).rows) == 1


BROKEN_BOOKS = {
    "absent": (book(["id", "nama"], [1, "A"]), "column 'nik', which the descriptor needs"),
    "duplicate": (book([*HEAD, "NIK"], [1, 2, "A", 3]), "columns 2 and 4 are both 'nik'"),
    "empty": (book(), "empty file: no sheet holds anything"),
    "cut short": (book(HEAD, [1, 2, "A"])[:-100], "damaged"),
    "text": ((HEADER + ROWS).encode(), "the name says xlsx, but it is none"),
    "other zip": (b"PK\x03\x04" + b"x" * 100, "damaged"),
}


@pytest.mark.parametrize("case", BROKEN_BOOKS)
def test_a_broken_workbook(tmp_path: Path, case: str) -> None:
    content, words = BROKEN_BOOKS[case]
    assert words in said(tmp_path, {"a.xlsx": content})
    skipped = read(tmp_path, {"a.xlsx": content}, 'on_broken_file = "skip"')
    assert skipped.files[0]["status"] == "skipped"


def test_a_workbook_inside_a_zip_and_under_another_name(tmp_path: Path) -> None:
    raw = book(HEAD, [1, 2, "A"])
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("x.xlsx", raw)
    assert read(tmp_path, {"a.zip": out.getvalue()}).rows == [(2, "1", "2", "A")]
    (tmp_path / "data" / "a.zip").unlink()
    assert read(tmp_path, {"a.csv": raw}).rows == [(2, "1", "2", "A")]


def test_a_workbook_with_prefixed_xml(tmp_path: Path) -> None:
    """Some writers put a prefix before every element; merged cells and rows count all the same."""
    raw = io.BytesIO(book(HEAD, [1, "111", "A"], [2, None, "B"], merged=("B2:B3",)))
    out = io.BytesIO()
    with zipfile.ZipFile(raw) as old, zipfile.ZipFile(out, "w") as new:
        for name in old.namelist():
            text = old.read(name)
            if "sheet1" in name:
                text = re.sub(rb"<(/?)(?=\w)", rb"<\1x:", text)
                text = text.replace(b"xmlns=", b"xmlns:x=")
            new.writestr(name, text)
    assert [row[2] for row in read(tmp_path, {"a.xlsx": out.getvalue()}).rows] == ["111", "111"]


@pytest.mark.parametrize(("number", "text"), [(0, "A"), (25, "Z"), (26, "AA"), (702, "AAA")])
def test_letters_of_columns(number: int, text: str) -> None:
    assert letters(number) == text
    assert column_number(text.encode()) == number


def parquet(columns: dict[str, Any], **options: Any) -> bytes:
    """A Parquet file."""
    out = io.BytesIO()
    pq.write_table(pa.table(columns), out, **options)
    return out.getvalue()


def test_parquet_with_other_types(tmp_path: Path) -> None:
    raw = parquet(
        {
            "id": [1, 2],
            "nik": [1811010101900001.0, float("nan")],
            "nama": ["A", None],
            "lahir": [datetime.date(1990, 1, 2), None],
            "nilai": [decimal.Decimal("2.50"), decimal.Decimal("-1.00")],
            "ukur": [0.1, 1e300],
            "aktif": [True, False],
            "daftar": [[1, 2], []],
            "bytes": [b"abc", b"d"],
        }
    )
    found = read(tmp_path, {"a.parquet": raw})
    assert found.rows == [
        (1, "1", "1811010101900001", "A", "1990-01-02", "2.50", "0.1", "true", "[1, 2]", "abc"),
        (2, "2", None, None, None, "-1.00", "1e+300", "false", "[]", "d"),
    ]
    assert (found.files[0]["format"], found.files[0]["rows_in"]) == ("parquet", 2)


def test_parquet_keeps_its_order(tmp_path: Path) -> None:
    rows = 300_000
    columns = {"id": range(rows), "nik": ["1"] * rows, "nama": ["A"] * rows}
    raw = parquet({name: list(values) for name, values in columns.items()}, row_group_size=7_000)
    found = read(tmp_path, {"a.parquet": raw})
    table = found.table("raw_s")
    assert [row["_line"] for row in table] == list(range(1, rows + 1))
    assert all(int(row["id"]) == row["_line"] - 1 for row in table)


def test_a_broken_parquet(tmp_path: Path) -> None:
    raw = parquet({"id": [1], "nik": ["2"], "nama": ["A"]})
    assert "not a Parquet file that can be read" in said(tmp_path, {"a.parquet": raw[:-9]})
    assert "is none" in said(tmp_path, {"a.parquet": b"x" + raw[1:]})
    short = parquet({"id": [1], "nama": ["A"]})
    assert "column 'nik'" in said(tmp_path, {"a.parquet": short})


def test_all_formats_give_the_same_rows(tmp_path: Path) -> None:
    cells = [["1", "111", "A"], ["2", "222", "B"]]
    text = "\n".join(",".join(row) for row in [HEAD, *cells])
    files = {
        "a.csv": text,
        "b.xlsx": book(HEAD, *cells),
        "c.parquet": parquet(dict(zip(HEAD, zip(*cells, strict=True), strict=True))),
    }
    rows = [row[1:] for row in read(tmp_path, files, descriptor=PEOPLE).rows]
    assert rows == [tuple(row) for row in cells] * 3
