"""`tangga forecast`."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from tangga.cli import screen
from tangga.engine.forecast.report import EXACT
from tangga.engine.forecast.told import Row, Told
from tangga.engine.forecast.write import Wish
from tangga.engine.forecast.write import forecast as write_forecast
from tangga.rules.policy import IN_FORCE
from tangga.texts import LANGUAGES, both

BETWEEN = " / "
MONEY = ("owed", "owed_sure", "owed_not_listed", "owed_change")
MILLION = 1_000_000


def forecast(
    directory: Path, *, years: int, seed: int, draws: int, area: str | None, out: Path | None
) -> None:
    """Forecast from the last complete run, print what comes year by year, and where it stands."""
    wish = Wish(years=years, seed=seed, draws=draws, area=area or "", out=out)
    with screen.bars() as report:

        def say(step: str, done: int, of: int) -> None:
            report(both(f"forecast.step_{step}", between=BETWEEN), done, of)

        written = write_forecast(directory, wish, say)
    told = written.told
    screen.out.print(_cap(told), soft_wrap=True)
    _print(told, "forecast.part_exact", _exact(told))
    if told.way.version is None:
        screen.out.print(both("forecast.not_drawn"), soft_wrap=True)
    else:
        _print(told, "forecast.part_drawn", _drawn(told))
    for name, many in told.not_known.items():
        if many:
            screen.out.print(both(f"forecast.unknown_{name}", many=many), soft_wrap=True)
    screen.out.print(both("forecast.written", folder=written.folder), soft_wrap=True)


def _cap(told: Told) -> str:
    if told.cap is None:
        return both("forecast.no_cap")
    period = told.cap.period
    state = "in_force" if period.status == IN_FORCE else "announced"
    return both(f"forecast.cap_{state}", months=told.cap.says["months"], basis=period.basis)


def _exact(told: Told) -> list[list[object]]:
    """A row a measure: what is known by arithmetic, year by year."""
    found: dict[str, list[object]] = {}
    for row in told.years:
        if row["measure"] in EXACT and row["programme"] is None:
            found.setdefault(row["measure"], []).append(_shown(row, "exact"))
    return [[_name(told, measure), *found[measure]] for measure in EXACT if measure in found]


def _drawn(told: Told) -> list[list[object]]:
    """A row a measure: what is drawn, the middle and the band."""
    found: dict[str, list[object]] = {}
    for row in told.years:
        if row["median"] is not None and row["programme"] is None:
            found.setdefault(row["measure"], []).append(_band(row))
    return [[_name(told, measure), *found[measure]] for measure in told.drawn if measure in found]


def _band(row: Row) -> str:
    """Thousands are parted by a blank, which is right in both languages."""
    ends = (_shown(row, end) for end in ("median", "low", "high"))
    return "{} ({}…{})".format(*(f"{end:,}".replace(",", "\N{NO-BREAK SPACE}") for end in ends))


def _shown(row: Row, which: str) -> int:
    """A number; money in millions of rupiah, to the nearest."""
    return round(row[which] / MILLION) if row["measure"] in MONEY else row[which]


def _name(told: Told, measure: str) -> str:
    key = f"{measure}_million" if measure in MONEY else measure
    names = (told.name(key, language) for language in LANGUAGES)
    return BETWEEN.join(dict.fromkeys(names))


def _print(told: Told, title: str, table: Sequence[Sequence[object]]) -> None:
    until = {row["year"]: row["until"] for row in told.years}
    heads = [both("forecast.year_to", between=BETWEEN)]
    heads += [f"{until[year]:%m/%Y}" for year in sorted(until)]
    screen.print_table(heads, table, title=both(title, between=BETWEEN))
