"""Lists of plans, budget and what stands beside them: whose rows a number of a dashboard opens."""

from __future__ import annotations

import re
from html import unescape
from typing import Any

import pytest
from dashboards import Link, links, number, total

REGENCY = "1811"


@pytest.fixture(scope="module")
def opened(web: Any) -> list[Link]:
    """Links of the regency's dashboard to lists of plans, each year's."""
    client = web.client("kepala_dinas", REGENCY)
    years = set(re.findall(r"\?tahun=(\d{4})", client.get("/").content.decode()))
    pages = [client.get(to) for to in ("/", *(f"/?tahun={year}" for year in sorted(years)))]
    found = [link for page in pages for link in links(page)]
    return list(dict.fromkeys(found))


def of(opened: list[Link], name: str) -> list[Link]:
    return [link for link in opened if link.to.startswith(f"/daftar/{name}/?")]


def test_what_was_achieved_opens_its_own_line(web: Any, opened: list[Link]) -> None:
    """Not those of areas inside or of workers, and never none: also what is of all pilar."""
    client = web.client("kepala_dinas", REGENCY)
    found = of(opened, "targets")
    assert any("pilar=-" in link.to for link in found)
    for link in found:
        page = client.get(link.to)
        text = unescape(page.content.decode())
        assert 1 <= total(page) <= 3, link
        assert "Pilar: belum diketahui" not in text
        achieved = int(re.findall(r"\d[\d.]*", link.text)[0].replace(".", ""))
        assert re.search(rf">\s*{achieved:,}\s*<".replace(",", "[.]"), text), link


def test_two_sources_of_funds_open_two_lists(web: Any, opened: list[Link]) -> None:
    client = web.client("kepala_dinas", REGENCY)
    found = of(opened, "budget")
    assert found and all("fund_source=" in link.to for link in found)
    assert len({link.to for link in found}) == len(found)
    for link in found:
        page = client.get(link.to)
        assert total(page) >= 1 and number(link.text), link
        assert "Fokus: belum diketahui" not in unescape(page.content.decode())


def test_areas_of_every_level_are_not_called_villages(web: Any) -> None:
    client = web.client("kepala_dinas", REGENCY)
    for name in ("targets", "budget", "outcomes"):
        text = client.get(f"/daftar/{name}/").content.decode()
        head = text[text.index("<thead") : text.index("</thead>")]
        assert "Desa/kelurahan" not in head and "Wilayah" in head
    workers = client.get("/daftar/targets/?level=worker").content.decode()
    assert ">worker<" not in workers and "Petugas" in workers


def test_the_other_language_keeps_what_was_asked(web: Any) -> None:
    client = web.client("operator_kabkota", REGENCY)
    asked = "/daftar/families/?desil=2"
    text = client.get(asked).content.decode()
    to = unescape(re.findall(r'name="ke" value="([^"]*)"', text)[0])
    assert to == asked
    back = client.post("/bahasa/", {"bahasa": "en", "ke": to})
    assert back.headers["Location"] == asked


@pytest.mark.parametrize("role", ["operator_kabkota", "kepala_desa"])
def test_a_family_leads_to_no_area_that_is_closed(web: Any, role: str) -> None:
    with web.owner() as con:
        release = con.execute("SELECT number FROM public.register_current").fetchone()[0]
        family, area = con.execute(
            f"SELECT family_id, area FROM r_{release}.family_index WHERE area LIKE '1811______' "
            "ORDER BY family_id LIMIT 1"
        ).fetchone()
    client = web.client(role, area if role == "kepala_desa" else REGENCY)
    for part in ("", "riwayat/", "lembar/"):
        page = client.get(f"/keluarga/{family}/{part}")
        to = {link.to for link in links(page) if link.to.startswith("/wilayah/")}
        assert part or to
        assert all(client.get(one).status_code == 200 for one in to)
        assert "Lampung" in page.content.decode()
