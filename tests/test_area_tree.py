"""Which area lies in which."""

from __future__ import annotations

import duckdb
import pytest

from tangga.engine.area_tree import COUNTRY, area_tree, asked_area
from tangga.errors import UserError
from tangga.registry.areas import Areas, load_areas
from tangga.registry.load import pack_dir

TREE = area_tree(load_areas(pack_dir("indonesia")))


def test_levels_from_the_country_down() -> None:
    assert dict(TREE.levels) == {
        "country": 0, "province": 2, "regency": 4, "district": 6, "village": 10,
    }  # fmt: skip
    assert [TREE.level(code) for code in ("", "17", "1771", "177103", "1771031001")] == list(
        TREE.levels
    )
    with pytest.raises(KeyError):
        TREE.level("177")
    assert TREE.below("country") == "province"
    assert TREE.below("village") is None


def test_an_area_is_asked_for_by_its_code_and_a_name_finds_it() -> None:
    assert asked_area(TREE.areas, "18.11") == "1811"
    assert asked_area(TREE.areas, None) == asked_area(TREE.areas, "") == COUNTRY
    assert asked_area(Areas("own", {}, {}), "99") == "99"
    for wrong, near in (
        ("mesuji", r"Did you mean 1811 \(Kabupaten Mesuji\)"),
        ("Lampng", r"Did you mean 18 \(Lampung\)"),
        ("99", "Write its code, such as 18.11"),
    ):
        with pytest.raises(UserError, match=f"is no area of the pack: '{wrong}'.*{near}"):
            asked_area(TREE.areas, wrong)


def test_each_area_has_one_above_it() -> None:
    assert TREE.parent("1771031001") == "177103"
    assert TREE.parent("17") == COUNTRY
    assert TREE.parent(COUNTRY) is None
    assert TREE.name("1771") == "Kota Bengkulu"
    assert TREE.above(["1771", "181105"]) == ["", "17", "1771", "18", "1811", "181105"]


def test_the_same_in_sql() -> None:
    rows = duckdb.sql(f"SELECT {TREE.sql(repr('1811052001'))} AS up").fetchall()
    assert [(up["level"], up["area"]) for (up,) in rows] == [
        ("country", ""), ("province", "18"), ("regency", "1811"),
        ("district", "181105"), ("village", "1811052001"),
    ]  # fmt: skip


def test_a_pack_without_areas_has_the_country_alone() -> None:
    tree = area_tree(Areas("", {}, {}))
    assert list(tree.levels) == ["country"]
    assert tree.name(COUNTRY) == ""
