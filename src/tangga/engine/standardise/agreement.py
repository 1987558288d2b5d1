"""Where a national number says something else than its record: warnings, the value is kept."""

from __future__ import annotations

from collections.abc import Iterable

from tangga.engine.standardise.checks import Check
from tangga.engine.standardise.expressions import sql
from tangga.engine.standardise.fields import Surroundings
from tangga.engine.standardise.numbers import NumberSpec


def agreements(around: Surroundings, carried: Iterable[str]) -> list[Check]:
    """The warnings that can be asked of rows with these columns; never null."""
    have = set(carried)
    found: list[Check] = []
    for name, spec in around.numbers.items():
        if name in have and name == spec.columns[0]:
            found += _of_number(name, spec, have)
    return found


def _of_number(name: str, spec: NumberSpec, have: set[str]) -> list[Check]:
    found = []
    repeated = spec.date.get("of")
    if repeated in have:
        found.append(_check(name, "birth_date", _date_differs(spec, repeated)))
    if spec.date.get("female_day_offset") and "sex" in have:
        found.append(_check(name, "sex", _sex_differs(spec)))
    if spec.area.get("compare") and "village" in have:
        found.append(_check(name, "area", _area_differs(spec)))
    return found


def _check(name: str, what: str, condition: str) -> Check:
    return Check(name, f"{name}_{what}_differs", sql(f"coalesce({condition}, FALSE)"))


def _digits(spec: NumberSpec, start: int, length: int) -> str:
    """The digits at a place as a number."""
    type = "BIGINT" if spec.length <= 18 else "HUGEINT"
    behind = 10 ** (spec.length - (start - 1) - length)
    return f'CAST("{spec.columns[0]}" AS {type}) // {behind} % {10**length}'


def _date_differs(spec: NumberSpec, other: str) -> str:
    """ddmmyy inside, with or without the offset, against the date beside it."""
    inside = _digits(spec, spec.date["start"], 6)
    offset = int(spec.date.get("female_day_offset", 0))
    date = f'(day("{other}") * 10000 + month("{other}") * 100 + year("{other}") % 100)'
    return f"{inside} - {date} NOT IN (0, {offset}0000)"


def _sex_differs(spec: NumberSpec) -> str:
    day = _digits(spec, spec.date["start"], 2)
    return f"""({day} > {spec.date["female_day_offset"]}) <> ("sex" = 'female')"""


def _area_differs(spec: NumberSpec) -> str:
    start, compared = spec.area["start"], spec.area["compare"]
    part = f'substr("{spec.columns[0]}", {start}, {compared})'
    return f'length("village") >= {compared} AND {part} <> left("village", {compared})'
