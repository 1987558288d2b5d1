"""Workbooks: no cell is a formula, the head says what the list is, rows stay in order."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import openpyxl
import pytest

from tangga.web.lists.order import Key, behind, keys, total
from tangga.web.sheets.book import MOST_SIGNS, Column, Head, harmless, write_book


@pytest.mark.parametrize(
    "text", ["=1+1", "+62811", "-5", "@SUM(A1)", "\t=1", "|calc", "%0A", "\n=x"]
)
def test_no_text_begins_a_formula(text: str) -> None:
    assert harmless(text) == f"'{text}"


def test_other_texts_stay_and_the_longest_are_cut() -> None:
    assert harmless("SITI = 1") == "SITI = 1"
    assert len(harmless("x" * 40_000)) == MOST_SIGNS


def test_a_workbook_holds_its_head_and_rows(tmp_path: Path) -> None:
    columns = [
        Column("Nama"),
        Column("NIK", "number_text"),
        Column("Hari", "day"),
        Column("Rp", "number"),
    ]
    rows = [("=CMD()", "0011223344556677", date(2026, 1, 31), 1500), (None, None, None, None)]
    head = Head("Daftar & lain", [("Wilayah", "-"), ("Kapan", "=NOW()")], warning="RAHASIA & utuh")
    assert write_book(tmp_path / "a.xlsx", head, columns, rows) == 2
    sheet = openpyxl.load_workbook(tmp_path / "a.xlsx").active
    lines = list(sheet.iter_rows(values_only=True))
    assert lines[0][0] == "Daftar & lain" and lines[3][0] == "RAHASIA & utuh"
    assert lines[2][1] == "'=NOW()" and lines[1][1] == "'-"
    assert lines[6][:2] == ("'=CMD()", "0011223344556677") and lines[6][3] == 1500
    assert "RAHASIA" in sheet.oddHeader.left.text and "RAHASIA" in sheet.oddFooter.left.text
    assert all(cell.data_type != "f" for row in sheet.iter_rows() for cell in row)


def test_an_order_is_read_and_made_total() -> None:
    order = total(keys("t.a DESC, t.b NULLS FIRST, t.a"))
    assert order == (Key("t.a", down=True), Key("t.b", nulls_first=True), Key("t.ctid"))
    with pytest.raises(ValueError, match="no order"):
        keys("t.a; DROP TABLE x")


@pytest.mark.parametrize("down", [False, True])
@pytest.mark.parametrize("first", [False, True])
@pytest.mark.parametrize("value", [None, 2])
def test_behind_a_row_comes_what_the_order_puts_there(
    down: bool, first: bool, value: int | None
) -> None:
    key = Key("t.a", down, first)
    text, params = behind([key], [value])
    assert params == [] if value is None else params == [2]
    if value is None:
        assert ("IS NOT NULL" in text) is first
    else:
        assert ("IS NULL" in text) is not first and (" < " in text) is down
    assert key.back.back == key
