"""Pictures as SVG: escaped, in proportion, with words."""

from __future__ import annotations

import re

from tangga.web.charts.bars import bar, longest
from tangga.web.charts.choropleth import shade
from tangga.web.charts.clock import Band, clock
from tangga.web.charts.ladder import Rung, ladder
from tangga.web.charts.svg import Said, element, link, picture
from tangga.web.charts.tiles import Place, tiles

SAID = Said("Judul", "Isi gambar")


def widths(svg: str, class_: str) -> list[float]:
    return [
        float(w) for w in re.findall(rf'width="([\d.]+)" height="[\d.]+" class="{class_}"', svg)
    ]


def test_whatever_stands_in_a_picture_is_escaped() -> None:
    found = element("text", "<b>&", title='"x"', x=1.25, y=None)
    assert found == '<text title="&#34;x&#34;" x="1.2">&lt;b&gt;&amp;</text>'


def test_parts_of_a_bar_are_as_long_as_their_shares() -> None:
    svg = bar([(50, "a"), (25, "b")], 100)
    assert (widths(svg, "a"), widths(svg, "b")) == ([50], [25])
    assert 'aria-hidden="true"' in svg


def test_a_bar_is_never_longer_than_its_track_nor_invisible() -> None:
    assert widths(bar([(300, "a"), (5, "b")], 100), "a") == [100]
    assert widths(bar([(1, "a")], 100_000), "a") == [0.8]
    assert widths(bar([(0, "a")], 100), "a") == [0]
    assert widths(bar([(0, "a")], 0), "a") == [0]


def test_the_longest_of_numbers_that_may_be_unknown() -> None:
    assert longest([1, None, 3]) == 3
    assert longest([None]) == 0


def test_a_picture_without_links_is_an_image_and_one_with_links_a_group() -> None:
    alone = picture("x", SAID, 10, 10, element("rect"))
    linked = picture("x", SAID, 10, 10, link("/daftar/", element("rect"), label="Lima"))
    assert 'role="img"' in alone and 'role="group"' in linked
    for one in (alone, linked):
        assert (
            '<title id="x-title">Judul</title>' in one and 'aria-labelledby="x-title x-text"' in one
        )
    assert 'aria-label="Lima"' in linked


def test_the_rungs_of_the_ladder_go_from_the_ground_up() -> None:
    rungs = [Rung("Bawah", "9", 1.0, "/a"), Rung("Atas", "1", 0.1)]
    svg = ladder(SAID, rungs, Rung("Tanah", "3", 0.0))
    at = {
        name: float(re.findall(rf'y="([\d.]+)"[^>]*>{name}<', svg)[0]) for name in ("Bawah", "Atas")
    }
    assert at["Atas"] < at["Bawah"]
    assert svg.count("<a ") == 1 and svg.index("Atas") < svg.index("Bawah") < svg.index("Tanah")


def test_columns_of_the_clock_follow_their_numbers() -> None:
    svg = clock(SAID, [Band("a", "0", 10, "10"), Band("b", "60+", 5, "5", tone="past")])
    heights = [float(h) for h in re.findall(r'height="([\d.]+)" class="column', svg)]
    assert heights == [120, 60]
    assert 'class="column past"' in svg


def test_the_surface_of_a_circle_follows_the_number_and_the_unknown_is_none() -> None:
    places = [Place("1", "A", 100, "100", 4, "/1"), Place("2", "B", 25, "25", 1, "/2")]
    html = tiles([*places, Place("3", "C", None, "tidak diketahui", 0, "/3")])
    sizes = [float(r) for r in re.findall(r'r="([\d.]+)"', html)]
    assert sizes[0] == 2 * sizes[1]
    assert 'class="none"' in html and html.count("<a ") == 3


def test_shades_are_equal_steps_from_nothing() -> None:
    assert [shade(n, 100) for n in (0, 19, 20, 99, 100)] == [0, 0, 1, 4, 4]
    assert shade(0, 0) == 0
