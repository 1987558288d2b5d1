"""A number on a dashboard is the number of rows of its list; small numbers cannot be found out."""

from __future__ import annotations

from collections import defaultdict
from typing import Any

import pytest
from dashboards import counted, total

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
