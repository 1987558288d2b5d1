"""No page leads its reader to what is not there or not theirs."""

from __future__ import annotations

import re
from collections import Counter, deque
from typing import Any
from urllib.parse import urljoin, urlsplit

import pytest
from django.urls import Resolver404, resolve

from tangga.registry.load import pack_dir
from tangga.web.access import load_access

ROLES = load_access(pack_dir("indonesia")).roles
WIDE = {"country": "", "province": "18"}
MOST_OF_A_KIND = 2
"""Pages walked of each address: further ones of it are alike."""

MOST_PAGES = 220
LEFT_ALONE = ("/keluar/", "/akun/keluar/", "/static/")


@pytest.mark.slow
@pytest.mark.parametrize("role", ROLES)
def test_every_link_of_every_page_opens(web: Any, role: str) -> None:
    client = web.client(role, _area(web, role))
    wrong: list[tuple[str, str, int]] = []
    walked = _walk(client, wrong)
    assert not wrong, wrong
    assert walked > (8 if ROLES[role].about_families else 3)


def _area(web: Any, role: str) -> str:
    """An area of the role's first level, with families in it."""
    level = ROLES[role].levels[0]
    length = {"regency": 4, "district": 6, "village": 10}
    if level in WIDE:
        return WIDE[level]
    import psycopg

    with psycopg.connect(web.superuser_url) as con:
        query = "SELECT left(area, %s) FROM r_1.family_index WHERE length(area) = 10 LIMIT 1"
        return str(con.execute(query, [length[level]]).fetchone()[0])


def _walk(client: Any, wrong: list[tuple[str, str, int]]) -> int:
    """Breadth first from the front page; how many pages were opened."""
    waiting, known, each = deque([("/", "")]), {"/"}, Counter[str]()
    opened = 0
    while waiting and opened < MOST_PAGES:
        path, origin = waiting.popleft()
        answer = client.get(path)
        opened += 1
        if answer.status_code not in (200, 302):
            wrong.append((origin, path, answer.status_code))
            continue
        for link in _leads(path, answer):
            if link not in known and _wanted(link, each):
                known.add(link)
                waiting.append((link, path))
    return opened


def _leads(path: str, answer: Any) -> list[str]:
    """Where an answer sends its reader, or lets them go."""
    if answer.status_code == 302:
        return [str(answer["Location"])]
    if "text/html" not in answer.get("Content-Type", "") or answer.streaming:
        return []
    return _links(path, answer.content.decode())


def _links(page: str, html: str) -> list[str]:
    """Addresses of this service that a page leads to, without the part behind #."""
    found = (one.replace("&amp;", "&") for one in re.findall(r'<a\b[^>]*?\bhref="([^"]*)"', html))
    joined = (urlsplit(urljoin("http://here" + page, one)) for one in found)
    return [
        one.path + (f"?{one.query}" if one.query else "") for one in joined if one.netloc == "here"
    ]


def _wanted(link: str, each: Counter[str]) -> bool:
    """Whether few pages of this address, with these words in its query, were walked yet."""
    path, _, query = link.partition("?")
    if path.startswith(LEFT_ALONE):
        return False
    try:
        route = resolve(path).route
    except Resolver404:
        route = path
    kind = route + "?" + "&".join(sorted(part.partition("=")[0] for part in query.split("&")))
    each[kind] += 1
    return each[kind] <= MOST_OF_A_KIND
