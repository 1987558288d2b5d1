"""Whose money is whose: own, shared with what is left above, carried forward, or not known."""

from __future__ import annotations

from tangga.engine.area_tree import AreaTree
from tangga.engine.optimise.amounts import Pool, pools
from tangga.registry.areas import Areas

TREE = AreaTree(Areas("own", {}, {}), {"country": 0, "province": 2, "regency": 4})
AREAS = ("1701", "1771", "1811")


def found(figures: dict[tuple[str, str, int], int], years: range = range(2026, 2027)) -> list[Pool]:
    return pools(figures, AREAS, years, TREE)


def test_an_area_with_a_figure_of_its_own_has_that_and_no_more() -> None:
    (one,) = found({("a", "1811", 2026): 50})
    assert (one.area, one.amount, one.areas) == ("1811", 50, (2,))


def test_those_without_one_share_what_is_left_above() -> None:
    """447 for the province, 58 of it for its city: 389 for the others, and never 505."""
    one, two = found({("a", "17", 2026): 447, ("a", "1771", 2026): 58})
    assert (one.area, one.amount, one.areas) == ("17", 389, (0,))
    assert (two.area, two.amount, two.areas) == ("1771", 58, (1,))


def test_the_country_is_above_the_provinces_and_less_what_they_have() -> None:
    of_country, of_province = found({("a", "", 2026): 100, ("a", "17", 2026): 30})
    assert (of_country.amount, of_country.areas) == (70, (2,))
    assert (of_province.amount, of_province.areas) == (30, (0, 1))


def test_more_given_than_there_is_leaves_nothing() -> None:
    one, _ = found({("a", "17", 2026): 10, ("a", "1771", 2026): 58})
    assert (one.area, one.amount) == ("17", 0)


def test_a_year_without_a_figure_has_the_last_one_before() -> None:
    listed = found({("a", "1811", 2026): 5, ("a", "1811", 2028): 7}, range(2025, 2030))
    assert [(one.year, one.of_year, one.amount) for one in listed] == [
        (2026, 2026, 5),
        (2027, 2026, 5),
        (2028, 2028, 7),
        (2029, 2028, 7),
    ]


def test_what_nobody_wrote_is_not_there() -> None:
    assert found({}) == []
    assert {n for one in found({("a", "18", 2026): 5}) for n in one.areas} == {2}


def test_what_a_province_has_given_away_is_not_the_countrys_again() -> None:
    figures = {("a", "", 2026): 100, ("a", "17", 2026): 30}
    figures |= {("a", "1701", 2026): 10, ("a", "1771", 2026): 20}
    (of_country, *_) = found(figures)
    assert (of_country.amount, of_country.areas) == (70, (2,))


def test_a_figure_of_a_village_is_inside_that_of_the_areas_above() -> None:
    (one,) = found({("a", "18", 2026): 100, ("a", "1811052001", 2026): 40})
    assert (one.area, one.amount, one.areas) == ("18", 100, (2,))
