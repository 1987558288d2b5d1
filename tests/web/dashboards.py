"""For the tests of dashboards: what a page shows, as its reader finds it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from html.parser import HTMLParser
from typing import Any, NamedTuple

TOTAL = re.compile(r'data-total="(\d+)"')


class Link(NamedTuple):
    """One link of a page: where to, and its words."""

    to: str
    text: str


class _Links(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.found: list[Link] = []
        self._open: list[tuple[str, str, list[str]]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "a":
            said = dict(attrs)
            self._open.append((said.get("href") or "", said.get("aria-label") or "", []))

    def handle_data(self, data: str) -> None:
        if self._open:
            self._open[-1][2].append(data)

    def handle_endtag(self, tag: str) -> None:
        if tag == "a" and self._open:
            to, label, words = self._open.pop()
            self.found.append(Link(to, label or "".join(words).strip()))


def links(response: Any) -> list[Link]:
    """Every link, with its label where it has one."""
    parser = _Links()
    parser.feed(response.content.decode())
    return parser.found


def counted(response: Any) -> Iterator[tuple[str, int]]:
    """Every list that a number leads to, and that number: lists of lines of plans are no counts."""
    for link in links(response):
        if link.to.startswith("/daftar/") and "?" in link.to and not _of_plans(link.to):
            yield link.to, number(link.text)


def _of_plans(to: str) -> bool:
    return to.startswith(("/daftar/targets/", "/daftar/budget/", "/daftar/readiness/"))


def number(text: str) -> int:
    """The last number of some words: 4.130 in Indonesian."""
    return int(re.findall(r"\d[\d.]*", text)[-1].replace(".", ""))


def total(response: Any) -> int:
    """How many rows a list says that it has."""
    found = TOTAL.search(response.content.decode())
    assert found, response.content.decode()[:500]
    return int(found[1])
