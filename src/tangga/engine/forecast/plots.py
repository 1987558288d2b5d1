"""The charts of a forecast: lines with bands, told apart by dashes and shape, not by colour."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tangga.engine.charts import FIRST, QUIET, SECOND, finished, svg
from tangga.texts import Language, say

if TYPE_CHECKING:
    import altair as alt

    from tangga.engine.forecast.told import Told

WIDTH, HEIGHT = 560, 260
BAND = 0.22
STEPS_WIDTH, STEPS_HEIGHT = 250, 110
MILLION = 1_000_000


def charts(told: Told, language: Language) -> dict[str, str]:
    """Name of a chart -> its SVG; one of which nothing is known is not there."""
    drawn = {
        "cap": _cap(told, language),
        "owed": _owed(told, language),
        "moves": _moves(told, language),
    }
    return {name: svg(chart, language) for name, chart in drawn.items() if chart is not None}


def _heading(name: str, told: Told, language: Language) -> tuple[str, list[str]]:
    title = f"{say(f'forecast.chart_{name}', language)}: {told.place(language)}"
    lines = say(f"forecast.chart_{name}_reads", language).split("\n")
    if told.way.version is not None:
        says = told.way.version.says
        lines.append(say("forecast.chart_band", language, low=says["low"], high=says["high"]))
    return title, lines


def _time() -> alt.X:
    import altair as alt

    return alt.X("month:T", title=None, axis=alt.Axis(format="%m/%Y", labelAngle=0, tickCount=6))


def _cap(told: Told, language: Language) -> alt.TopLevelMixin | None:
    """Who reaches the cap in each month: bars by arithmetic, a band of those still there."""
    import altair as alt

    rows = told.months.get("reaches_cap", [])
    if not any(row["exact"] for row in rows):
        return None
    base = alt.Chart(alt.Data(values=rows)).encode(x=_time())
    y = {"title": say("forecast.families_month", language)}
    bars = base.mark_bar(color=QUIET, opacity=0.45, width=5).encode(y=alt.Y("exact:Q", **y))
    parts: list[Any] = [bars]
    if told.way.version is not None:
        parts.append(base.mark_rule(color=FIRST, strokeWidth=2).encode(y="low:Q", y2="high:Q"))
        point = base.mark_point(color=FIRST, filled=True, opacity=1, size=22, shape="diamond")
        parts.append(point.encode(y="median:Q"))
    chart = alt.layer(*parts).properties(width=WIDTH, height=HEIGHT)
    return finished(chart, *_heading("cap", told, language))


def _owed(told: Told, language: Language) -> alt.TopLevelMixin | None:
    """Rupiah owed a month: a line by arithmetic; with draws, a dashed line and its band."""
    import altair as alt

    rows = told.months.get("owed", [])
    if not any(row["exact"] for row in rows):
        return None
    change = {row["month"]: row for row in told.months.get("owed_change", [])}
    data = [_with_change(row, change.get(row["month"])) for row in rows]
    base = alt.Chart(alt.Data(values=data)).encode(x=_time())
    y = alt.Y("exact:Q", title=say("forecast.million_month", language), scale=alt.Scale(zero=True))
    parts: list[Any] = []
    if change:
        band = base.mark_area(color=SECOND, opacity=BAND).encode(y="low:Q", y2="high:Q")
        middle = base.mark_line(color=SECOND, strokeDash=[5, 3], strokeWidth=2)
        parts += [band, middle.encode(y="median:Q")]
    parts.append(base.mark_line(color=FIRST, strokeWidth=2).encode(y=y))
    chart = alt.layer(*parts).properties(width=WIDTH, height=HEIGHT)
    return finished(chart, *_heading("owed", told, language))


def _with_change(row: dict[str, Any], change: dict[str, Any] | None) -> dict[str, Any]:
    exact = row["exact"]
    found = {"month": row["month"], "exact": exact / MILLION}
    if change is not None:
        ends = ("low", "median", "high")
        found |= {end: (exact + (change[end] or 0)) / MILLION for end in ends}
    return found


def _moves(told: Told, language: Language) -> alt.TopLevelMixin | None:
    """Each thing that is drawn, a small chart: the middle of the futures, and their band."""
    import altair as alt

    if told.way.version is None:
        return None
    small = [_small(told, measure, language) for measure in told.drawn if measure != "owed_change"]
    chart = alt.concat(*small, columns=2, spacing=18)
    return finished(chart, *_heading("moves", told, language))


def _small(told: Told, measure: str, language: Language) -> alt.TopLevelMixin:
    import altair as alt

    rows = _by_year(told, measure)
    base = alt.Chart(alt.Data(values=rows)).encode(
        x=alt.X("year:O", title=say("forecast.year_axis", language), axis=alt.Axis(labelAngle=0))
    )
    y = alt.Y("median:Q", title=None, scale=alt.Scale(zero=True, nice=True))
    band = base.mark_rule(color=FIRST, strokeWidth=7, opacity=0.35).encode(y="low:Q", y2="high:Q")
    point = base.mark_point(color=FIRST, filled=True, opacity=1, size=55).encode(y=y)
    named = alt.Title(told.name(measure, language), fontSize=11, anchor="start")
    return (band + point).properties(width=STEPS_WIDTH, height=STEPS_HEIGHT, title=named)


def _by_year(told: Told, measure: str) -> list[dict[str, Any]]:
    return [
        {key: row[key] for key in ("year", "low", "median", "high")}
        for row in told.years
        if row["measure"] == measure and row["programme"] is None
    ]
