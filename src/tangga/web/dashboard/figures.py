"""The numbers of the dashboards, made once when a release is loaded.

    make_figures(making)        # a step of register.loading.derived

`figures`: area, figure, key, value; one row an area at every level (NATION for the country), figure
and key. Each is the number of rows of the list it is defined with (web.lists.definitions), so both
agree by construction. value NULL: hidden, since few families stand behind it. `figures_case` holds
the same of the case team's lists, with nothing hidden.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from typing import TYPE_CHECKING, Any

from psycopg import sql

from tangga.rules.small_numbers import hidden_areas
from tangga.web.dashboard.counting import statements
from tangga.web.lists.bands import PUBLISH, settings
from tangga.web.lists.definitions import WHOLE, Figure, definitions
from tangga.web.lists.fitting import Has, fitted
from tangga.web.register.loading.schema import CASE_TEAM, by_area
from tangga.web.register.made import MADE
from tangga.web.register.tables import NATION

if TYPE_CHECKING:
    from tangga.web.register.loading.derived import Making

CREATE = """
CREATE TEMPORARY TABLE counted (
    figure text NOT NULL, area text NOT NULL, key text NOT NULL, value bigint NOT NULL
);
CREATE TABLE figures (
    area text NOT NULL COLLATE "C", figure text NOT NULL, key text NOT NULL, value bigint,
    PRIMARY KEY (area, figure, key)
);
CREATE TABLE figures_case (
    area text NOT NULL COLLATE "C", figure text NOT NULL, key text NOT NULL, value bigint NOT NULL,
    PRIMARY KEY (area, figure, key)
);
"""
ROLL_UP = """
INSERT INTO {table} (area, figure, key, value)
SELECT up.area, c.figure, c.key, sum(c.value)
FROM counted AS c
CROSS JOIN LATERAL (
    SELECT DISTINCT unnest(ARRAY[{nation}, c.area, {above}]) AS area
) AS up
WHERE c.figure = ANY ({figures})
GROUP BY up.area, c.figure, c.key
"""
# Of a list that the release brings, nothing counted is none, not unknown.
ZEROES = """
INSERT INTO {table} (area, figure, key, value)
SELECT a.area, f.figure, '', 0
FROM (SELECT DISTINCT area FROM figures UNION SELECT {nation}) AS a
CROSS JOIN unnest({figures}::text[]) AS f (figure)
ON CONFLICT DO NOTHING
"""
FINISH = """
DROP TABLE counted;
CREATE INDEX ON figures (figure, key, area);
ANALYZE figures;
ANALYZE figures_case;
"""
OF_CASES = "SELECT area, figure, value FROM figures_case WHERE key = '' AND figure = ANY (%s)"


def make_figures(making: Making) -> Mapping[str, sql.Composable]:
    """Count every figure of the lists that this release can fill."""
    making.con.execute(CREATE)
    has = _has(making)
    fitting = (fitted(one, has) for one in definitions().values())
    there = [one for one in fitting if one.figures]
    for text in statements(there, _day(making)):
        # Our own files' SQL, checked when they were read: nothing of it comes from a request.
        making.con.execute(text.encode())
    of_all = [figure for each in there for figure in each.figures.values()]
    _roll_up(making, "figures", [one for one in of_all if not one.hidden])
    _roll_up(making, "figures_case", [one for one in of_all if one.hidden])
    _tell_large_ones(making, [one.name for one in of_all if one.hidden])
    making.con.execute(FINISH)
    return {
        "figures": by_area(),
        "figures_case": sql.SQL("({}) AND {}").format(by_area(), CASE_TEAM),
    }


def _has(making: Making) -> Has:
    def has(table: str, column: str | None) -> bool:
        if table in MADE:  # By an earlier step.
            return True
        return column in making.columns.get(table, ()) if column else table in making.columns

    return has


def _day(making: Making) -> date:
    return date.fromisoformat(str(making.release.said["as_of"])[:10])


def _roll_up(making: Making, table: str, figures: Iterable[Figure]) -> None:
    """From each row's own area to every area around it."""
    figures = list(figures)
    above = sql.SQL(", ").join(
        sql.SQL("left(c.area, {})").format(sql.Literal(length))
        for length in making.areas.lengths.values()
    )
    into = sql.Identifier(table)
    names = [one.name for one in figures]
    _run(making, ROLL_UP, table=into, nation=NATION, above=above, figures=names)
    whole = [one.name for one in figures if not one.by]
    _run(making, ZEROES, table=into, nation=NATION, figures=whole)


def _tell_large_ones(making: Making, names: list[str]) -> None:
    """Into `figures` what may be told of the case team's: wide areas, and no small numbers."""
    says = settings(PUBLISH, _day(making))
    lengths = making.areas.lengths
    most = lengths.get(says.get("case_level", ""), 0)
    told: dict[str, dict[str, int]] = {}
    for area, figure, value in making.con.execute(OF_CASES, [names]).fetchall():
        if area == NATION or (area.isdigit() and len(area) <= most):
            told.setdefault(figure, {})[area] = value
    for figure, numbers in told.items():
        hidden = hidden_areas(numbers, says["threshold"], _parents(numbers, lengths))
        rows = [
            (area, figure, WHOLE, None if area in hidden else value)
            for area, value in numbers.items()
        ]
        with making.con.cursor() as cursor:
            cursor.executemany("INSERT INTO figures VALUES (%s, %s, %s, %s)", rows)


def _parents(areas: Iterable[str], lengths: Mapping[str, int]) -> dict[str, str]:
    """Each area -> the one just around it; a province's is the nation."""
    found = {}
    for area in areas:
        shorter = [length for length in lengths.values() if length < len(area)]
        if area != NATION:
            found[area] = area[: max(shorter)] if shorter else NATION
    return found


def _run(making: Making, text: str, **parts: Any) -> None:
    composed = {
        name: part if isinstance(part, sql.Composable) else sql.Literal(part)
        for name, part in parts.items()
    }
    making.con.execute(sql.SQL(text).format(**composed))
