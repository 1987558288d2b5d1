"""For the tests of lists and of the search: what a page and a workbook hold."""

from __future__ import annotations

import re
from html import unescape
from io import BytesIO
from typing import Any, NamedTuple

import openpyxl

ROW = re.compile(r"<tr[^>]*>(<td.*?)</tr>", re.DOTALL)
CELL = re.compile(r"<td[^>]*>(.*?)</td>", re.DOTALL)
NEXT = re.compile(r'rel="next" href="([^"]+)"')
TOTAL = re.compile(r'data-total="(\d+)"')
FAMILY = re.compile(r'href="/keluarga/([^"/]+)/"')
TAG = re.compile(r"<[^>]+>")


class Page(NamedTuple):
    """One page of a list. rows: the words of each; after: the next page's address."""

    rows: list[tuple[str, ...]]
    total: int
    after: str
    text: str


def read(response: Any) -> Page:
    """What a page of a list holds."""
    assert response.status_code == 200, response.status_code
    text = response.content.decode()
    rows = [
        tuple(unescape(TAG.sub("", cell)).strip() for cell in CELL.findall(row))
        for row in ROW.findall(text)
    ]
    total, after = TOTAL.search(text), NEXT.search(text)
    return Page(rows, int(total[1]) if total else 0, unescape(after[1]) if after else "", text)


def all_pages(client: Any, address: str) -> list[Page]:
    """Each page from an address on."""
    found = [read(client.get(address))]
    while found[-1].after:
        found.append(read(client.get(found[-1].after)))
        assert len(found) < 200
    return found


class Sheet(NamedTuple):
    """A workbook. head: what stands above the names of the columns."""

    head: list[str]
    names: list[str]
    rows: list[tuple[Any, ...]]
    header: str
    footer: str


def workbook(response: Any, first: str) -> Sheet:
    """The workbook of a download; first: the name of its first column."""
    assert response.status_code == 200, response.status_code
    book = openpyxl.load_workbook(BytesIO(b"".join(response.streaming_content)))
    sheet = book.active
    lines = [tuple(row) for row in sheet.iter_rows(values_only=True)]
    at = next(n for n, line in enumerate(lines) if line[0] == first)
    head = [" ".join(str(one) for one in line if one is not None) for line in lines[:at]]
    names = [str(one) for one in lines[at]]
    return Sheet(
        head, names, lines[at + 1 :], str(sheet.oddHeader.left.text), str(sheet.oddFooter.left.text)
    )
