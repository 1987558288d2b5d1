"""The pages of the areas: whose they are, what they say, how light they are."""

from __future__ import annotations

import dataclasses
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from dashboards import links

from tangga.web.charts.boundaries import check_boundaries, shapes_of, simplified
from tangga.web.pack import areas

REGENCY, OTHER = "1811", "1771"
MOST_QUERIES = 12
MOST_BYTES = 150_000
SVG = re.compile(r"<svg[^>]*>.*?</svg>", re.DOTALL)


@pytest.fixture(scope="module")
def village(web: Any) -> str:
    """The first village of the regency that has families."""
    with web.owner() as con:
        number = con.execute("SELECT number FROM public.register_current").fetchone()[0]
        query = f"SELECT min(area) FROM r_{number}.family_index WHERE area LIKE '1811______'"
        return str(con.execute(query).fetchone()[0])


def page(client: Any, to: str = "/") -> str:
    response = client.get(to)
    assert response.status_code == 200, to
    return str(response.content.decode())


# --- Whose area -----------------------------------------------------------------------------------


def test_everybody_begins_with_their_own_area(web: Any, village: str) -> None:
    assert "<h1>Indonesia</h1>" in page(web.client("kemensos"))
    assert f"<h1>{areas().name(REGENCY)}</h1>" in page(web.client("kepala_dinas", REGENCY))
    assert f"<h1>{areas().name(village)}</h1>" in page(web.client("operator_desa", village))


@pytest.mark.parametrize("code", ["1771", "17", "18", "1801", "1811052999", "9", "x", "18%27--"])
def test_another_area_and_none_at_all_get_the_same_answer(web: Any, code: str) -> None:
    client = web.client("kepala_dinas", REGENCY)
    response = client.get(f"/wilayah/{code}/")
    assert response.status_code == 404
    assert client.get("/wilayah/").status_code == 404


def test_a_village_sees_no_number_of_any_other_area(web: Any, village: str) -> None:
    text = page(web.client("operator_desa", village))
    codes = re.findall(r"wilayah[=/](\d+)", text)
    assert codes and set(codes) == {village}


def test_the_areas_inside_are_those_of_the_viewer(web: Any) -> None:
    found = [one.to for one in links(web.client("dinas_provinsi", "18").get("/"))]
    inner = [to for to in found if re.fullmatch(r"/wilayah/\d+/", to)]
    assert inner and all(to.startswith("/wilayah/18") for to in inner)


def test_down_to_a_village_by_links_alone(web: Any) -> None:
    client, to, seen = web.client("kemensos"), "/", []
    for _level in range(4):
        inner = [one.to for one in links(client.get(to)) if one.to.startswith("/wilayah/")]
        to = max(inner, key=len)
        seen.append(len(to))
        assert client.get(to).status_code == 200
    assert seen == sorted(set(seen)) and len(to) == len("/wilayah/1811052001/")


def test_nobody_without_figures_comes_in(web: Any) -> None:
    assert web.client().get("/").status_code == 302
    assert web.client("administrator").get("/wilayah/").status_code in (403, 404)


@pytest.mark.parametrize(
    ("role", "area", "to"),
    [("administrator", "18", "/akun/"), ("disdukcapil", "1811", "/cari/")],
)
def test_who_sees_no_figures_is_led_to_their_own_work(
    web: Any, role: str, area: str, to: str
) -> None:
    answer = web.client(role, area).get("/")
    assert answer.status_code == 302 and answer["Location"] == to
    assert web.client(role, area).get(to).status_code == 200


def test_who_opens_no_lists_sees_numbers_without_links(web: Any) -> None:
    response = web.client("bupati", REGENCY).get("/")
    assert not [one for one in links(response) if one.to.startswith("/daftar/")]
    assert "Setiap angka menuju daftarnya" not in response.content.decode()


# --- Rehabilitation -------------------------------------------------------------------------------


def test_only_the_case_team_is_led_to_cases(web: Any) -> None:
    team = web.client("pendamping_rehsos", REGENCY).get("/")
    others = web.client("kepala_dinas", REGENCY).get("/")
    lists = [one.to for one in links(team) if one.to.startswith("/daftar/rehabilitation/")]
    assert not [one for one in links(others) if one.to.startswith("/daftar/rehabilitation/")]
    with web.owner() as con:
        number = con.execute("SELECT number FROM public.register_current").fetchone()[0]
        query = f"SELECT count(*) FROM r_{number}.cases WHERE closed IS NULL AND area LIKE '1811%'"
        assert bool(lists) == bool(con.execute(query).fetchone()[0])


# --- What a page is made of -----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("role", "area"), [("kemensos", ""), ("kepala_dinas", REGENCY), ("pendamping_rehsos", REGENCY)]
)
def test_a_dashboard_asks_little_and_weighs_little(web: Any, role: str, area: str) -> None:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    client = web.client(role, area)
    client.get("/")
    with CaptureQueriesContext(connection) as asked:
        response = client.get("/")
    questions = [q for q in asked.captured_queries if q["sql"] not in ("BEGIN", "COMMIT")]
    assert len(questions) <= MOST_QUERIES, [q["sql"] for q in questions]
    assert len(response.content) < MOST_BYTES


def test_pictures_have_words_and_no_style_of_their_own(web: Any) -> None:
    text = page(web.client("kepala_dinas", REGENCY))
    assert "style=" not in text and "<style" not in text
    assert not re.search(r"<script(?! src=\"/static/tangga/)", text)
    pictures = SVG.findall(text)
    assert len(pictures) > 20
    for one in pictures:
        hidden = 'aria-hidden="true"' in one.split(">")[0]
        described = "<title" in one and "<desc" in one and "aria-labelledby=" in one
        assert hidden or described, one[:200]


def test_a_picture_with_links_is_a_group_and_each_link_says_what_it_counts(web: Any) -> None:
    text = page(web.client("kepala_dinas", REGENCY))
    ladder = next(one for one in SVG.findall(text) if "picture ladder" in one)
    assert 'role="group"' in ladder
    labels = re.findall(r'<a href="[^"]+" aria-label="([^"]+)"', ladder)
    assert labels and all(re.fullmatch(r".+: [\d.]+", label) for label in labels)


def test_ids_of_a_page_are_its_own(web: Any) -> None:
    found = re.findall(r'\bid="([^"]+)"', page(web.client("kepala_dinas", REGENCY)))
    assert len(found) == len(set(found))


def test_families_without_a_rank_are_a_bar_of_their_own(web: Any) -> None:
    text = page(web.client("kepala_dinas", REGENCY))
    assert "Belum berperingkat" in text and "decile=-" in text
    assert 'class="unranked"' in text


def test_the_page_in_english(web: Any) -> None:
    client = web.client("kepala_dinas", REGENCY)
    client.cookies["bahasa"] = "en"
    text = page(client)
    assert '<html lang="en">' in text
    assert "Families by decile" in text and "Keluarga menurut desil" not in text
    assert "Family Hope Programme" in text


@pytest.mark.parametrize("asked", ["?tahun=2025", "?tahun=99999", "?tahun=x", "?gambar=nothing:1"])
def test_year_and_picture_are_chosen_by_the_address(web: Any, asked: str) -> None:
    text = page(web.client("kepala_dinas", REGENCY), f"/{asked}")
    year = "2025" if asked == "?tahun=2025" else "2026"
    assert f"Target dan capaian {year}" in text


def test_pagu_disbursed_and_received_stand_apart_and_the_rest_is_said(web: Any) -> None:
    text = page(web.client("dinas_provinsi", "17"), "/?tahun=2025")
    assert "Pagu" in text and "Disalurkan" in text and "Diterima" in text
    assert "belum dirinci per wilayah Rp" in text


def test_official_poverty_is_named_a_survey(web: Any) -> None:
    text = page(web.client("kepala_dinas", OTHER))
    assert "Hasil survei resmi" in text and "11,91 %" in text


def test_a_village_is_told_whose_official_figures_it_sees(web: Any, village: str) -> None:
    text = page(web.client("operator_desa", village))
    assert f"Angka {areas().name(REGENCY)}; wilayah ini tidak punya angka sendiri" in text


def test_before_the_first_release_there_is_a_page_all_the_same(fresh_web: Any) -> None:
    client = fresh_web.client("kemensos")
    with fresh_web.owner() as con:
        con.execute("UPDATE public.register_current SET number = NULL")
    assert "Belum ada rilis yang dimuat" in page(client)


# --- Boundaries -----------------------------------------------------------------------------------


@pytest.fixture
def boundaries(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """Two squares: one area with dots in its code, one without."""
    from django.conf import settings

    file = tmp_path / "areas.geojson"
    features = [_square("18.11", 105.0), _square("1801", 106.0), _square("not a code", 107.0)]
    file.write_text(json.dumps({"type": "FeatureCollection", "features": features}))
    changed = dataclasses.replace(settings.ENV, boundaries=str(file))
    monkeypatch.setattr(settings, "ENV", changed)
    yield file


def _square(code: str, west: float) -> dict[str, Any]:
    ring = [[west, -4.0], [west + 1, -4.0], [west + 1, -3.0], [west, -3.0], [west, -4.0]]
    geometry = {"type": "Polygon", "coordinates": [ring]}
    properties = {"name": "x", "kode": code, "n": 3}
    return {"type": "Feature", "properties": properties, "geometry": geometry}


def test_areas_are_drawn_in_the_boundaries_that_the_office_gave(web: Any, boundaries: Path) -> None:
    text = page(web.client("dinas_provinsi", "18"))
    drawn = next(one for one in SVG.findall(text) if "picture map" in one)
    assert drawn.count("<path") == 2
    assert 'href="/wilayah/1811/"' in drawn and "bukan peta" not in text
    assert "<table" in text.split("picture map")[1]


def test_a_broken_file_of_boundaries_costs_the_map_and_not_the_page(
    web: Any, boundaries: Path
) -> None:
    boundaries.write_text("{")
    text = page(web.client("dinas_provinsi", "18"))
    assert "bukan peta" in text and "picture map" not in text


def test_without_boundaries_circles_are_no_map(web: Any) -> None:
    text = page(web.client("dinas_provinsi", "18"))
    assert "bukan peta" in text and "picture map" not in text


def test_a_file_that_is_no_map_is_refused_in_words(tmp_path: Path) -> None:
    from tangga.errors import UserError

    file = tmp_path / "x.geojson"
    file.write_text("{")
    with pytest.raises(UserError, match="GeoJSON"):
        check_boundaries(file)
    file.write_text('{"features": []}')
    with pytest.raises(UserError, match="no feature"):
        check_boundaries(file)


def test_an_island_of_many_points_is_drawn_with_few(tmp_path: Path) -> None:
    import math

    ring = [
        (math.cos(n / 500 * math.tau) * 100, math.sin(n / 500 * math.tau) * 100) for n in range(501)
    ]
    kept = simplified(ring[:250], 0.7)
    assert 10 < len(kept) < 40
    assert kept[0] == ring[0] and kept[-1] == ring[249]


def test_shapes_of_areas_that_a_file_lacks_are_none(boundaries: Path) -> None:
    assert shapes_of(boundaries, ["1811"]) is not None
    assert shapes_of(boundaries, ["1701"]) is None
    assert shapes_of(None, ["1811"]) is None
