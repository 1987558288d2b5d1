"""The charts of a model card, as SVG that reads on a screen, on paper and without colour.

They are drawn from the report alone, so the same figures give the same bytes. Fonts are the
reader's own, nothing is loaded from anywhere.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from tangga import texts
from tangga.engine.charts import FIRST, QUIET, SECOND, finished, svg
from tangga.texts import Language

if TYPE_CHECKING:
    import altair as alt

Report = Mapping[str, Any]
SIDE = 320
ROW = 26
CALIBRATED = {"0.4": "poorest_40", "0.2": "poorest_20"}


def charts(report: Report, language: Language) -> dict[str, str]:
    """Name of a chart -> its SVG. report: as `report.as_dict` makes it. A chart of which nothing
    is known is not there."""
    drawn = {
        "calibration": _calibration(report, language),
        "tenths": _tenths(report, language),
        "groups": _groups(report, language),
        "concentration": _concentration(report, language),
    }
    return {name: svg(chart, language) for name, chart in drawn.items() if chart is not None}


def _said(key: str, language: Language, **values: object) -> str:
    return texts.say(f"plots.{key}", language, **values)


def _percent(field: str, title: str, highest: float = 1.0) -> dict[str, Any]:
    import altair as alt

    return {
        "shorthand": f"{field}:Q",
        "title": title,
        "scale": alt.Scale(domain=[0, highest], nice=False),
        "axis": alt.Axis(format=".0%", tickCount=6),
    }


def _calibration(report: Report, language: Language) -> alt.TopLevelMixin | None:
    """Of those told a chance of 60 %, six in ten should be poor: points on the diagonal."""
    import altair as alt

    rows = [
        {"of": _said(name, language), "said": part["said"], **part["found"]}
        for of, name in CALIBRATED.items()
        for part in report["calibration"].get(of, [])
        if part["said"] is not None and part["found"]["value"] is not None
    ]
    if not rows:
        return None
    kinds = [_said(name, language) for name in CALIBRATED.values()]
    ends = alt.Data(values=[{"x": 0, "y": 0}, {"x": 1, "y": 1}])
    diagonal = alt.Chart(ends).mark_line(color=QUIET, strokeDash=[3, 3], strokeWidth=1)
    diagonal = diagonal.encode(x="x:Q", y="y:Q")
    x = alt.X(**_percent("said", _said("chance_said", language)))
    colour = alt.Color("of:N", scale=alt.Scale(domain=kinds, range=[FIRST, SECOND]), sort=kinds)
    base = alt.Chart(alt.Data(values=rows))
    bars = base.mark_rule(strokeWidth=1.5).encode(x=x, y="low:Q", y2="high:Q", color=colour)
    shape = alt.Shape("of:N", scale=alt.Scale(domain=kinds, range=["circle", "diamond"]))
    points = base.mark_point(filled=True, opacity=1, size=80).encode(
        x=x,
        y=alt.Y(**_percent("value", _said("share_found", language))),
        color=colour,
        shape=shape,
    )
    chart = (diagonal + bars + points).properties(width=SIDE, height=SIDE)
    return finished(chart, *_heading("calibration", report, language))


def _heading(name: str, report: Report, language: Language) -> tuple[str, list[str]]:
    """Title, and lines of how to read it."""
    whom = texts.say(f"judge.{report['whom']}", language)
    mean = _said(report["tenths_are"], language)
    reads = _said(f"{name}_reads", language, whom=whom, mean=mean)
    return _said(name, language), reads.split("\n")


def _tenths(report: Report, language: Language) -> alt.TopLevelMixin | None:
    """What tenths of the people, by score, have: as predicted, and as the survey saw it."""
    import altair as alt

    rows = [
        {"tenth": place, "predicted": part["predicted"], **part["observed"]}
        for place, part in enumerate(report["tenths"], start=1)
        if part["predicted"] is not None and part["observed"]["value"] is not None
    ]
    if not rows:
        return None
    names = [_said("observed", language), _said("predicted", language)]
    money = {"title": report["unit"], "scale": alt.Scale(zero=True, nice=True)}
    x = alt.X("tenth:O", title=_said("tenth", language), axis=alt.Axis(labelAngle=0, grid=False))
    base = alt.Chart(alt.Data(values=rows)).encode(x=x)
    ranges = base.mark_rule(color=FIRST, strokeWidth=1.5).encode(y="low:Q", y2="high:Q")
    legend = alt.Scale(domain=names, range=[FIRST, SECOND])
    shapes = alt.Scale(domain=names, range=["circle", "stroke"])
    seen = base.transform_calculate(of=f"'{names[0]}'").mark_point(filled=True, opacity=1, size=80)
    told = base.transform_calculate(of=f"'{names[1]}'")
    told = told.mark_point(strokeWidth=3, size=260, opacity=1)
    marks = [
        part.encode(
            y=alt.Y(f"{field}:Q", **money),
            color=alt.Color("of:N", scale=legend, sort=names),
            shape=alt.Shape("of:N", scale=shapes, sort=names),
        )
        for part, field in ((told, "predicted"), (seen, "value"))
    ]
    chart = alt.layer(ranges, *marks).properties(width=SIDE * 1.4, height=SIDE * 0.8)
    return finished(chart, *_heading("tenths", report, language))


def _groups(report: Report, language: Language) -> alt.TopLevelMixin | None:
    """Of the poorest 40 % in each group, the share that is missed; household size first."""
    import altair as alt

    rows = [row for row in (_group(group, language) for group in report["groups"]) if row]
    whole = report["targeting"]["0.4"]["exclusion"]["value"]
    if not rows or whole is None:
        return None
    rows.sort(key=lambda row: not row["size"])
    kinds = {True: _said("few_cases", language), False: _said("enough_cases", language)}
    rows = [{**row, "kind": kinds[row["few"]]} for row in rows]
    groupings = list(dict.fromkeys(row["grouping"] for row in rows))
    return finished(
        alt.vconcat(
            *(_grouping(rows, name, whole, kinds, language) for name in groupings), spacing=8
        ),
        *_heading("groups", report, language),
    )


def _group(group: Mapping[str, Any], language: Language) -> dict[str, Any] | None:
    missed = group["exclusion"]["0.4"]
    if missed["value"] is None:
        return None
    size = group["grouping"] == "household_size"
    name = texts.say("judge.household_size", language) if size else group["grouping"]
    word = group["group"]
    word = texts.say("judge.group_not_known", language) if word is None else word
    word = word.replace(">=", "≥")
    return {"grouping": name, "group": word, "size": size, "few": group["few"], **missed}


def _grouping(
    rows: Sequence[Mapping[str, Any]],
    name: str,
    whole: float,
    kinds: Mapping[bool, str],
    language: Language,
) -> alt.TopLevelMixin:
    import altair as alt

    mine = [row for row in rows if row["grouping"] == name]
    x = _percent("value", _said("missed", language)) if name == rows[-1]["grouping"] else None
    axis = {"axis": alt.Axis(format=".0%", tickCount=6, labels=x is not None, ticks=x is not None)}
    title = x["title"] if x else None
    scale = alt.Scale(domain=[0, 1], nice=False)
    y = alt.Y("group:N", sort=[row["group"] for row in mine], title=name,
              axis=alt.Axis(titleAngle=0, titleAlign="left", titleX=-225, titleFontWeight="bold",
                            labelLimit=130, minExtent=100, maxExtent=100, ticks=False,
                            domain=False))  # fmt: skip
    base = alt.Chart(alt.Data(values=mine)).encode(y=y)
    line = alt.Chart(alt.Data(values=[{"whole": whole}]))
    line = line.mark_rule(color=QUIET, strokeDash=[3, 3]).encode(x="whole:Q")
    bars = base.mark_rule(color=FIRST, strokeWidth=1.5).encode(
        x="low:Q",
        x2="high:Q",
        opacity=alt.Opacity(
            "few:N", scale=alt.Scale(domain=[False, True], range=[1, 0.4]), legend=None
        ),
    )
    fill = alt.Scale(domain=[kinds[False], kinds[True]], range=[FIRST, "white"])
    points = base.mark_point(filled=True, opacity=1, size=80, stroke=FIRST, strokeWidth=1.5).encode(
        x=alt.X("value:Q", title=title, scale=scale, **axis),
        fill=alt.Fill("kind:N", scale=fill, sort=[kinds[False], kinds[True]]),
    )
    return (line + bars + points).properties(width=SIDE, height=ROW * len(mine))


def _concentration(report: Report, language: Language) -> alt.TopLevelMixin | None:
    """Who has how much: people put in order by what they have, and by their score."""
    import altair as alt

    curves = report["curves"]
    if not curves["by_outcome"]:
        return None
    x, title = curves["share_of_people"], _said("share_of_outcome", language)
    whom = texts.say(f"judge.{report['whom']}", language)
    names = {
        "by_outcome": (_said("by_outcome", language), FIRST, [1, 0]),
        "by_score": (_said("by_score", language), SECOND, [7, 3]),
        "equal": (_said("equal", language), QUIET, [2, 3]),
    }
    values = {**curves, "equal": x}
    rows = [
        {"curve": name, "x": at, "y": share}
        for key, (name, _, _) in names.items()
        for at, share in zip(x, values[key], strict=True)
    ]
    domain, colours, dashes = (list(part) for part in zip(*names.values(), strict=True))
    lines = alt.Chart(alt.Data(values=rows)).mark_line(strokeWidth=2).encode(
        x=alt.X(**_percent("x", _said("share_of_people", language, whom=whom))),
        y=alt.Y(**_percent("y", title)),
        color=alt.Color("curve:N", scale=alt.Scale(domain=domain, range=colours), sort=domain),
        strokeDash=alt.StrokeDash("curve:N", scale=alt.Scale(domain=domain, range=dashes)),
    )  # fmt: skip
    chart = lines.properties(width=SIDE, height=SIDE)
    return finished(chart, *_heading("concentration", report, language))
