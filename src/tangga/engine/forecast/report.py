"""A forecast in words: Markdown, one language at a time, arithmetic and draws apart."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from tangga.engine.forecast.rates import Rate
from tangga.engine.forecast.told import SUMMED, Told
from tangga.rules.policy import IN_FORCE
from tangga.texts import Language, long_date, month, number, say

EXACT = (
    *("reaches_cap", "exempt", "no_able_adult", "last_component", "components_end"),
    *("owed", "owed_sure", "owed_not_listed"),
)
TAKEN = ("home", "support", "school", "recorded", "rules", "places", "newborn", "left")
MANY_AREAS = 40


def report_text(told: Told, language: Language, charts: Sequence[str]) -> str:
    """The report in Markdown; charts: names of those that stand beside it."""
    parts = [
        *_heading(told, language),
        *_cap(told, language),
        *_table(told, language, "exact", _exact_rows(told, language)),
        *_table(told, language, "drawn", _drawn_rows(told, language)),
        *(f"![{say(f'forecast.chart_{c}', language)}]({c}.{language}.svg)\n" for c in charts),
        *_areas(told, language),
        *_assumed(told, language),
        *_unknown(told, language),
    ]
    return "\n".join(parts)


def _heading(told: Told, language: Language) -> Iterator[str]:
    calendar = told.calendar
    yield f"# {say('forecast.title', language, area=told.place(language))}\n"
    until = month(calendar.now + calendar.months, language)
    day = long_date(told.day, language)
    yield say("forecast.rests_on", language, until=until, day=day, run=told.run) + "\n"
    yield say("forecast.two_parts", language) + "\n"


def _cap(told: Told, language: Language) -> Iterator[str]:
    """In force, announced only, or none: what a list of those near the cap may be used for."""
    cap = told.cap
    if cap is None:
        yield say("forecast.no_cap", language) + "\n"
        return
    state = "in_force" if cap.period.status == IN_FORCE else "announced"
    months = cap.says["months"]
    yield say(f"forecast.cap_{state}", language, months=months, basis=cap.period.basis) + "\n"


def _table(told: Told, language: Language, part: str, rows: list[list[str]]) -> Iterator[str]:
    if not rows:
        yield say("forecast.not_drawn", language) + "\n"
        return
    heads = [say("forecast.what", language)]
    for year, row in sorted({row["year"]: row for row in told.years}.items()):
        span = {end: f"{row[end]:%m/%Y}" for end in ("since", "until")}
        heads.append(say("forecast.year", language, n=year, **span))
    yield f"## {say(f'forecast.part_{part}', language)}\n"
    way = told.way
    if way.version is not None and part == "drawn":
        ends = {"low": way.version.says["low"], "high": way.version.says["high"]}
        yield say("forecast.band", language, draws=way.draws, seed=way.seed, **ends) + "\n"
    yield from _markdown(heads, rows)


def _markdown(heads: list[str], rows: list[list[str]]) -> Iterator[str]:
    yield f"| {' | '.join(heads)} |"
    yield "| --- |" + " ---: |" * (len(heads) - 1)
    for row in rows:
        yield f"| {' | '.join(row)} |"
    yield ""


def _exact_rows(told: Told, language: Language) -> list[list[str]]:
    rows = told.years
    found = []
    for measure in EXACT:
        own = [r for r in rows if r["measure"] == measure]
        for programme in sorted({r["programme"] for r in own}, key=lambda p: p or ""):
            figures = [_said(r["exact"], language) for r in own if r["programme"] == programme]
            found.append([_named(told, measure, programme, language), *figures])
    return found


def _drawn_rows(told: Told, language: Language) -> list[list[str]]:
    rows = told.years
    found = []
    for measure in ["reaches_cap", *told.drawn]:
        own = [r for r in rows if r["measure"] == measure and r["median"] is not None]
        for programme in sorted({r["programme"] for r in own}, key=lambda p: p or ""):
            figures = [_band(r, language) for r in own if r["programme"] == programme]
            key = "reaches_cap_still" if measure == "reaches_cap" else measure
            found.append([_named(told, key, programme, language), *figures])
    return found


def _named(told: Told, measure: str, programme: str | None, language: Language) -> str:
    name = told.name(measure, language)
    if programme is None:
        return name
    return f"{name}: {told.programmes.get(programme, {}).get(language, programme)}"


def _said(value: int | None, language: Language) -> str:
    return "-" if value is None else number(int(value), language)


def _band(row: dict[str, Any], language: Language) -> str:
    low, median, high = (_said(row[end], language) for end in ("low", "median", "high"))
    return median if low == high else f"{median} ({low} … {high})"


def _areas(told: Told, language: Language) -> Iterator[str]:
    """The areas one level below, over the whole time, by arithmetic."""
    if not told.below:
        return
    measures = [m for m in SUMMED if any(m in found for found in told.below.values())]
    heads = [say("forecast.area", language)]
    heads += [say(f"forecast.measure_{measure}", language) for measure in measures]
    listed = []
    for area, found in list(told.below.items())[:MANY_AREAS]:
        figures = [_said(found.get(measure), language) for measure in measures]
        listed.append([f"{area} {told.tree.name(area)}", *figures])
    yield f"## {say('forecast.by_area', language)}\n"
    yield from _markdown(heads, listed)
    if len(told.below) > MANY_AREAS:
        yield say("forecast.more_areas", language, many=len(told.below) - MANY_AREAS) + "\n"


def _assumed(told: Told, language: Language) -> Iterator[str]:
    """What is taken for granted, and every rate with its range, source and question."""
    yield f"## {say('forecast.assumed', language)}\n"
    for name in TAKEN:
        yield f"- {say(f'forecast.taken_{name}', language)}"
    yield ""
    if told.way.version is None:
        return
    yield say("forecast.rates", language, basis=told.way.version.period.basis) + "\n"
    keys = ("step", "assumed_rate", "range", "seen", "used", "source")
    yield from _markdown(
        [say(f"forecast.rate_{key}", language) for key in keys],
        [_rate(rate, language) for rate in told.way.rates],
    )
    for rate in told.way.rates:
        if rate.assumed["question"]:
            yield f"- {rate.assumed['labels'][language]}: {rate.assumed['question']}"
    yield ""


def _rate(rate: Rate, language: Language) -> list[str]:
    one = rate.assumed
    seen = say("forecast.moves_seen", language, moves=rate.moves, months=rate.months)
    source = one["source"] or say("forecast.no_source", language)
    used = _tenths(rate.mean, language)
    named = one["labels"][language]
    low, high = (_tenths(one[f"per_thousand_{end}"], language) for end in ("low", "high"))
    return [named, _tenths(one["per_thousand"], language), f"{low} … {high}", seen, used, source]


def _tenths(value: Any, language: Language) -> str:
    text = f"{float(value):.1f}"
    return text.replace(".", ",") if language == "id" else text


def _unknown(told: Told, language: Language) -> Iterator[str]:
    yield f"## {say('forecast.not_known', language)}\n"
    for name, many in told.not_known.items():
        yield f"- {say(f'forecast.unknown_{name}', language, many=many)}"
    yield ""
