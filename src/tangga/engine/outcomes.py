"""Outcomes that surveys measure, beside their targets: official poverty and extreme poverty.

They are published figures with a source, of the pack (`outcomes/*.csv` of its folder) and of the
workspace; where both say something of the same, the workspace's row stands. None is computed from
deciles, which rank families and measure nothing.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from tangga.engine.area_tree import area_tree
from tangga.engine.office_files import (
    Cell,
    Mistakes,
    OfficeRow,
    Wrong,
    area_of,
    coded,
    decimal,
    read_files,
    refuse,
    whole,
    words,
    year,
)
from tangga.engine.plan.rows import relation_of
from tangga.engine.runner import Steps
from tangga.engine.workspace import Workspace
from tangga.rules.on_date import OnDate

FOLDER = "outcomes"
SURVEY, TARGET = "survey", "target"
COLUMNS = {
    "year": "INTEGER",
    "level": "VARCHAR",
    "area": "VARCHAR",
    "measure": "VARCHAR",
    "unit": "VARCHAR",
    "survey": "DECIMAL(19, 4)",
    "survey_month": "INTEGER",
    "target": "DECIMAL(19, 4)",
    "target_year": "INTEGER",
    "difference": "DECIMAL(19, 4)",
    "survey_source": "VARCHAR",
    "target_source": "VARCHAR",
}
Measures = Sequence[Mapping[str, Any]]
"""What the policy says of each: id, labels, unit."""
Key = tuple[str, str, str, int, int]


@dataclass(frozen=True, order=True)
class Figure:
    """One published figure. month: of the survey, 0 where only the year is known."""

    area: str
    measure: str
    kind: str
    year: int
    month: int
    value: Decimal
    source: str

    @property
    def key(self) -> Key:
        """What it is the figure of: there is one of each."""
        return self.area, self.measure, self.kind, self.year, self.month


@dataclass(frozen=True)
class Beside:
    """A year's survey, the last one in it, beside the target of that year or the next one after."""

    area: str
    measure: str
    year: int
    survey: Figure | None
    target: Figure | None

    @property
    def difference(self) -> Decimal | None:
        """Survey less target; None where one of them is not there."""
        return self.survey.value - self.target.value if self.survey and self.target else None


def write_outcomes(steps: Steps, today: OnDate) -> None:
    """Write `outcomes`: one row a year, area and measure; empty without measures in the policy."""
    measures, tree = measures_of(today), area_tree(steps.ctx.workspace.pack_areas)
    figures = read_outcomes(steps.ctx.workspace, measures) if measures else []
    units = {one["id"]: one["unit"] for one in measures}
    rows = [_row(one, tree.level(one.area), units) for one in beside(figures, today.day)]
    steps.whole(FOLDER, f"SELECT * FROM {relation_of(COLUMNS, rows)} ORDER BY area, measure, year")


def measures_of(today: OnDate) -> Measures:
    """The measures of the day; empty where the policy has none."""
    version = today.settings.get("outcomes")
    return () if version is None else version.says["measure"]


def read_outcomes(workspace: Workspace, measures: Measures) -> list[Figure]:
    """Every figure of the pack and the workspace, sorted; UserError with every mistake."""
    columns = _columns(workspace, measures)
    percents = {one["id"] for one in measures if one["unit"] == "percent"}
    shipped = sorted((workspace.pack.dir / FOLDER).glob("*.csv"))
    found: dict[Key, Figure] = {}
    for files in (shipped, workspace.csv_files(FOLDER)):
        mistakes = Mistakes()
        rows = read_files(files, columns, mistakes)
        refuse(_mistakes(rows, percents), mistakes)
        found |= {one.key: one for one in map(_figure, rows)}
    return sorted(found.values())


def beside(figures: Iterable[Figure], on: date) -> list[Beside]:
    """Surveys and targets by year, sorted. A survey of a time after `on` is not known yet."""
    surveys: dict[tuple[str, str, int], Figure] = {}
    targets: dict[tuple[str, str, int], Figure] = {}
    for one in sorted(figures):
        of = (one.area, one.measure, one.year)
        if one.kind == TARGET:
            targets[of] = one
        elif (one.year, one.month) <= (on.year, on.month):
            surveys[of] = one
    return [
        Beside(*of, surveys.get(of), _next(targets, *of)) for of in sorted({*surveys, *targets})
    ]


def _next(
    targets: Mapping[tuple[str, str, int], Figure], area: str, measure: str, year: int
) -> Figure | None:
    ahead = [of for of in targets if of[:2] == (area, measure) and of[2] >= year]
    return targets[min(ahead)] if ahead else None


def _row(one: Beside, level: str, units: Mapping[str, str]) -> tuple[object, ...]:
    survey, target = one.survey, one.target
    said = (survey.value, survey.month or None) if survey else (None, None)
    aimed = (target.value, target.year) if target else (None, None)
    sources = (survey and survey.source, target and target.source)
    return (
        one.year, level, one.area, one.measure, units[one.measure],
        *said, *aimed, one.difference, *sources,
    )  # fmt: skip


def _columns(workspace: Workspace, measures: Measures) -> dict[str, Cell]:
    return {
        "year": year(),
        "month": Cell(_month, needed=False, default=0),
        "area": area_of(workspace.pack_areas, needed=False),
        "measure": coded({one["id"]: one["labels"].values() for one in measures}),
        "kind": coded(workspace.pack.codes.get("outcome_kind") or {SURVEY: (), TARGET: ()}),
        "value": decimal(),
        "source": words(),
    }


def _month(text: str) -> int:
    value: int = whole(least=1).read(text)
    if value > 12:
        raise Wrong("is no month from 1 to 12")
    return value


def _figure(row: OfficeRow) -> Figure:
    return Figure(
        *(row[c] for c in ("area", "measure", "kind", "year", "month", "value", "source"))
    )


def _mistakes(
    rows: Iterable[OfficeRow], percents: Collection[str]
) -> Iterator[tuple[OfficeRow, str, str | None]]:
    seen: dict[Key, OfficeRow] = {}
    for row in rows:
        one = _figure(row)
        if one.key in seen:
            first = seen[one.key]
            yield row, f"says the same as {first.file.name}, line {first.line}", "Keep one of them"
        seen.setdefault(one.key, row)
        if one.measure in percents and one.value > 100:
            yield row, f"{one.value} of a hundred", None
        if one.measure not in percents and one.value != int(one.value):
            yield row, f"{one.value} is no whole number", None
        if one.kind == TARGET and one.month:
            yield row, "a target is of a year, not of a month", "Leave the month empty"
