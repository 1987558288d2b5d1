"""A workbook is somebody else's XML: nothing in it is declared, and none of it grows when read."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

import openpyxl
import pytest

from tangga.engine.ingest.workbook import Workbook
from tangga.errors import UserError

LAUGHS = '<!DOCTYPE x [<!ENTITY a "' + "ha" * 50 + '"><!ENTITY b "' + "&a;" * 50 + '">]>'
OUTSIDE = '<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]>'
BEGIN = '<?xml version="1.0" encoding="UTF-{}"?>'
PART = "xl/workbook.xml"


def workbook(declared: str, encoding: str) -> bytes:
    """An ordinary workbook, one part of which declares something first, in an encoding."""
    plain, out = io.BytesIO(), io.BytesIO()
    book = openpyxl.Workbook()
    book.active["A1"] = "nik"
    book.save(plain)
    with zipfile.ZipFile(plain) as source, zipfile.ZipFile(out, "w") as target:
        for name in source.namelist():
            content = source.read(name)
            if name == PART and declared:
                text = content.decode().partition("?>")[2] or content.decode()
                sign = encoding.replace("utf-", "")
                content = (BEGIN.format(sign) + declared + text).encode(encoding)
            target.writestr(name, content)
    return out.getvalue()


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
@pytest.mark.parametrize("declared", [LAUGHS, OUTSIDE], ids=["laughs", "outside"])
def test_a_workbook_that_declares_anything_is_damaged(
    declared: str, encoding: str, tmp_path: Path
) -> None:
    """Also in two bytes a sign, where the declaration is not found by its letters."""
    file = tmp_path / "buku.xlsx"
    file.write_bytes(workbook(declared, encoding))
    with pytest.raises(UserError), Workbook(file, "buku.xlsx"):
        pass


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
@pytest.mark.parametrize("declared", [LAUGHS, OUTSIDE], ids=["laughs", "outside"])
def test_and_so_is_one_of_visits(declared: str, encoding: str, tmp_path: Path) -> None:
    from tangga.web.journeys.visits.book_in import Unreadable, read_book

    file = tmp_path / "kunjungan.xlsx"
    file.write_bytes(workbook(declared, encoding))
    with pytest.raises(Unreadable):
        read_book(file)


def test_an_ordinary_one_is_read(tmp_path: Path) -> None:
    file = tmp_path / "buku.xlsx"
    file.write_bytes(workbook("", "utf-8"))
    with Workbook(file, "buku.xlsx") as book:
        assert list(book.sheets) == ["Sheet"]
