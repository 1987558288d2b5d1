"""A number on a dashboard is the number of rows of its list; small numbers cannot be found out."""

from __future__ import annotations

import itertools
import random
from collections import defaultdict
from typing import Any

import pytest
from dashboards import counted, total

from tangga.web.dashboard.suppression import hide_small
from tangga.web.lists.bands import settings
from tangga.web.lists.definitions import definitions, figures, source
from tangga.web.register.tables import NATION

THRESHOLD = 5


@pytest.fixture(scope="module")
def figure_rows(web: Any) -> dict[tuple[str, str, str], int | None]:
    """(area, figure, key) -> value, as the owner sees them."""
    with web.owner() as con:
        con.execute("SELECT set_config('search_path', %s, false)", [_schema(con)])
        rows = con.execute("SELECT area, figure, key, value FROM figures").fetchall()
    return {(area, figure, key): value for area, figure, key, value in rows}


def _schema(con: Any) -> str:
    number = con.execute("SELECT number FROM public.register_current").fetchone()[0]
    return f"r_{number}, public"


# --- Figures and lists ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("role", "area"),
    [("kemensos", ""), ("kepala_dinas", "1811"), ("operator_desa", "village")],
)
def test_every_number_on_a_dashboard_is_the_number_of_rows_of_its_list(
    web: Any, figure_rows: dict[tuple[str, str, str], int | None], role: str, area: str
) -> None:
    code = _a_village(figure_rows) if area == "village" else area
    client = web.client(role, code)
    found = dict(counted(client.get("/")))
    assert len(found) > 20
    differing = {to: many for to, many in found.items() if total(client.get(to)) != many}
    assert differing == {}


def _a_village(rows: dict[tuple[str, str, str], int | None]) -> str:
    known = [(n, area) for (area, figure, _), n in rows.items() if figure == "families" and n]
    return max(one for one in known if len(one[1]) == 10)[1]


def test_every_figure_of_every_area_counts_the_rows_of_its_list(
    web: Any, figure_rows: dict[tuple[str, str, str], int | None]
) -> None:
    """All figures, keys and areas at once, against the SQL that the list's page runs."""
    with web.owner() as con:
        con.execute("SELECT set_config('search_path', %s, false)", [_schema(con)])
        day = con.execute("SELECT as_of FROM public.register_releases LIMIT 1").fetchone()[0]
        there = {row[0] for row in con.execute("SELECT relname FROM pg_class WHERE relkind = 'r'")}
        expected: dict[tuple[str, str, str], int] = defaultdict(int)
        for name, figure in figures().items():
            definition = definitions()[figure.list]
            if figure.hidden or definition.table not in there:
                continue
            key = definition.filters[figure.by].sql(day) if figure.by else "''"
            many = figure.sum or "1"
            query = f"SELECT t.area, {key}, {many} {source(definition)}"
            for area, value, number in con.execute(query):
                for around in {NATION, area, *(area[:n] for n in (2, 4, 6))}:
                    expected[around, name, value] += number or 0
    told = {key: value for key, value in figure_rows.items() if not figures()[key[1]].hidden}
    assert {key: value for key, value in told.items() if value} == {
        key: value for key, value in expected.items() if value
    }
    assert len(told) > 500


def test_families_of_a_parent_are_those_of_its_children(
    figure_rows: dict[tuple[str, str, str], int | None],
) -> None:
    """Deciles and rungs part the families: nobody is counted twice, nobody is lost."""
    for area in {area for area, _, _ in figure_rows}:
        whole = figure_rows[area, "families", ""]
        for split in ("families_by_decile", "families_by_rung"):
            parts = [n for (a, f, _), n in figure_rows.items() if (a, f) == (area, split)]
            assert sum(n or 0 for n in parts) == whole
    provinces = [n for (a, f, _), n in figure_rows.items() if f == "families" and len(a) == 2]
    assert sum(n or 0 for n in provinces) == figure_rows[NATION, "families", ""]


def test_nothing_counted_is_zero_and_a_list_that_is_missing_is_unknown(
    figure_rows: dict[tuple[str, str, str], int | None],
) -> None:
    areas = {area for area, _, _ in figure_rows}
    assert {figure_rows[area, "graduated", ""] is not None for area in areas} == {True}


# --- Small numbers --------------------------------------------------------------------------------


def test_rehabilitation_is_told_of_wide_areas_only_and_never_small(
    web: Any, figure_rows: dict[tuple[str, str, str], int | None]
) -> None:
    told = {a: n for (a, figure, _), n in figure_rows.items() if figure == "rehabilitation"}
    assert told and all(len(area) <= 4 for area in told)
    assert all(n is None or n == 0 or n >= THRESHOLD for n in told.values())
    with web.owner() as con:
        con.execute("SELECT set_config('search_path', %s, false)", [_schema(con)])
        exact = con.execute("SELECT count(*) FROM cases WHERE closed IS NULL").fetchone()[0]
        query = "SELECT value FROM figures_case WHERE area = %s AND figure = 'rehabilitation'"
        assert con.execute(query, [NATION]).fetchone()[0] == exact


def test_the_threshold_is_that_of_the_pack(web: Any) -> None:
    from datetime import date

    assert settings("publish", date(2026, 1, 31))["threshold"] == THRESHOLD


@pytest.mark.parametrize("seed", range(60))
def test_what_is_hidden_cannot_be_found_out(seed: int) -> None:
    """Whatever is hidden could be another number too, however one adds and takes away."""
    numbers, parents = _tree(random.Random(seed))
    shown = hide_small(numbers, THRESHOLD, parents)
    for area, value in shown.items():
        assert value is None or value == 0 or value >= THRESHOLD
        assert value is None or value == numbers[area]
    for area in (area for area, value in shown.items() if value is None):
        low, high = _bounds(area, shown, parents)
        assert high - low >= THRESHOLD or high == float("inf"), (area, numbers, shown)


def test_numbers_that_are_large_enough_are_all_told() -> None:
    numbers = {"!": 60, "17": 30, "18": 30, "1701": 10, "1702": 20}
    parents = {"17": "!", "18": "!", "1701": "17", "1702": "17"}
    assert hide_small(numbers, THRESHOLD, parents) == numbers


def test_a_single_small_number_takes_its_smallest_sibling_with_it() -> None:
    numbers = {"!": 60, "11": 3, "12": 17, "13": 40}
    parents = dict.fromkeys(("11", "12", "13"), "!")
    shown = hide_small(numbers, THRESHOLD, parents)
    assert shown == {"!": 60, "11": None, "12": None, "13": 40}


def test_an_only_child_takes_its_parent_with_it() -> None:
    numbers = {"!": 60, "11": 20, "12": 40, "1101": 20, "1201": 3, "1202": 37}
    parents = {"11": "!", "12": "!", "1101": "11", "1201": "12", "1202": "12"}
    shown = hide_small(numbers, THRESHOLD, parents)
    assert shown["1201"] is None and shown["1202"] is None
    assert shown["11"] == 20 and shown["12"] == 40


def _tree(dice: random.Random) -> tuple[dict[str, int], dict[str, str]]:
    """A nation, provinces and regencies, whose numbers add up."""
    numbers: dict[str, int] = {"!": 0}
    parents: dict[str, str] = {}
    for province in range(dice.randint(1, 4)):
        code = f"{11 + province}"
        parents[code], numbers[code] = "!", 0
        for regency in range(dice.randint(1, 4)):
            inner = f"{code}{regency + 1:02}"
            parents[inner] = code
            numbers[inner] = dice.choice((0, 0, 1, 2, 3, 4, 5, 7, 12, 30))
            numbers[code] += numbers[inner]
        numbers["!"] += numbers[code]
    return numbers, parents


def _bounds(
    area: str, shown: dict[str, int | None], parents: dict[str, str]
) -> tuple[float, float]:
    """The least and the most that a hidden number can be, by all sums of parents and children.

    Intervals are narrowed until nothing changes: what a careful reader can work out.
    """
    low: dict[str, float] = {a: float(v) if v is not None else 0.0 for a, v in shown.items()}
    high = {a: float(v) if v is not None else float("inf") for a, v in shown.items()}
    children: dict[str, list[str]] = defaultdict(list)
    for child, parent in parents.items():
        children[parent].append(child)
    for _round, (parent, inside) in itertools.product(range(12), children.items()):
        low[parent] = max(low[parent], sum(low[c] for c in inside))
        high[parent] = min(high[parent], sum(high[c] for c in inside))
        for child in inside:
            others = [c for c in inside if c != child]
            low[child] = max(low[child], low[parent] - sum(high[c] for c in others))
            high[child] = min(high[child], high[parent] - sum(low[c] for c in others))
    return low[area], high[area]
