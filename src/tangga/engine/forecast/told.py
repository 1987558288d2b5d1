"""What a report, a chart and a screen tell of a forecast: figures, read once from its tables."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from tangga.engine.area_tree import AreaTree
from tangga.engine.forecast.calendar import Calendar
from tangga.engine.forecast.exact import Outlook
from tangga.engine.forecast.expected import Expected
from tangga.engine.forecast.owed import BY_MONTH
from tangga.engine.forecast.rates import Rate
from tangga.rules.policy import Dated, Settings
from tangga.texts import Language, say

Row = dict[str, Any]
SUMMED = ("reaches_cap", "exempt", "last_component", "owed")


@dataclass(frozen=True)
class Way:
    """How the drawn part came about. version: of the settings; None: nothing is drawn."""

    version: Dated[Settings] | None
    rates: list[Rate]
    expected: Expected | None
    draws: int
    seed: int


@dataclass(frozen=True)
class Told:
    """The figures of one area.

    years: its rows of `by_year`; months: of `by_month`, all programmes together, by measure. below:
    of each area one level down, the sums of the whole time by arithmetic, by measure. not_known:
    how many there are of whom something that decides is not known.
    """

    run: str
    calendar: Calendar
    cap: Dated[Settings] | None
    area: str
    tree: AreaTree
    way: Way
    programmes: Mapping[str, Mapping[str, str]]
    years: list[Row]
    months: Mapping[str, list[Row]]
    below: Mapping[str, Mapping[str, int]]
    not_known: Mapping[str, int]

    @property
    def day(self) -> date:
        """The day of the run."""
        return self.calendar.day

    @property
    def drawn(self) -> list[str]:
        """The measures that are drawn, in the order of a report."""
        if self.way.version is None:
            return []
        steps = [rate.id for rate in self.way.rates]
        return [*steps, "dies_out", "births", "deaths", "owed_change"]

    def place(self, language: Language) -> str:
        """The area's name."""
        return self.tree.name(self.area) if self.area else say("forecast.everywhere", language)

    def name(self, measure: str, language: Language) -> str:
        """What a measure is called: a step by the pack's own words."""
        for rate in self.way.rates:
            if rate.id == measure:
                return str(rate.assumed["labels"][language])
        return say(f"forecast.measure_{measure}", language)


def tell(outlook: Outlook, area: str, tree: AreaTree, way: Way) -> Told:
    """Read the figures of an area from the tables of a forecast."""
    run = outlook.run
    programmes = {id_: one.labels for id_, (one, _) in run.today.programmes.items()}
    return Told(
        run.folder.name,
        outlook.calendar,
        outlook.cap,
        area,
        tree,
        way,
        programmes,
        _years(outlook, area),
        _months(outlook, area),
        _below(outlook, area, tree),
        _not_known(outlook, area, way.expected),
    )


def _years(outlook: Outlook, area: str) -> list[Row]:
    names = ("year", "since", "until", "programme", "measure", "exact", "low", "median", "high")
    sql = f"SELECT {', '.join(names)} FROM by_year WHERE area = '{area}' ORDER BY ALL"
    return [dict(zip(names, row, strict=True)) for row in outlook.run.rows(sql)]


def _months(outlook: Outlook, area: str) -> dict[str, list[Row]]:
    names = ("month", "exact", "low", "median", "high")
    found: dict[str, list[Row]] = {}
    for measure, *row in outlook.run.rows(
        f"SELECT measure, strftime(month, '%Y-%m-%d'), {', '.join(names[1:])} FROM by_month "
        f"WHERE area = '{area}' AND programme IS NULL ORDER BY measure, month"
    ):
        found.setdefault(measure, []).append(dict(zip(names, row, strict=True)))
    return found


def _below(outlook: Outlook, area: str, tree: AreaTree) -> dict[str, dict[str, int]]:
    """Of the first level down that has more than one area, so that the table says something."""
    level: str | None = tree.level(area)
    measures = ", ".join(f"'{measure}'" for measure in SUMMED)
    while level is not None and (level := tree.below(level)) is not None:
        found: dict[str, dict[str, int]] = {}
        for code, measure, many in outlook.run.rows(
            "SELECT area, measure, CAST(sum(exact) AS BIGINT) FROM by_year "
            f"WHERE level = '{level}' AND measure IN ({measures}) AND programme IS NULL "
            "GROUP BY area, measure ORDER BY area, measure"
        ):
            found.setdefault(code, {})[measure] = many
        if len(found) > 1:
            return found
    return {}


def _not_known(outlook: Outlook, area: str, expected: Expected | None) -> dict[str, int]:
    asked = {
        "climbs": "kind = 'not_known'",
        "last_component": "last_component_ends IS NULL "
        "AND last_component_ends_earliest IS NOT NULL",
    }
    if outlook.cap is not None:
        asked["reaches_cap"] = "reaches_cap IS NULL AND reaches_cap_earliest IS NOT NULL"
    listed = ", ".join(f"count(*) FILTER ({test})" for test in asked.values())
    inside = f"starts_with(coalesce(village, ''), '{area}')"
    (row,) = outlook.run.rows(f"SELECT {listed} FROM {outlook.families} WHERE {inside}")
    found = dict(zip(asked, row, strict=True))
    open_ = f"SELECT coalesce(sum(not_known), 0)::BIGINT FROM {BY_MONTH} WHERE k = 1 AND {inside}"
    ((found["owed"],),) = outlook.run.rows(open_)
    if expected is not None:
        found["birth_date"] = expected.unknown
    return found
