"""The charts of a simulation, as SVG that reads on a screen, on paper and without colour.

Drawn from what was found alone, so the same figures give the same bytes.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from tangga.engine.charts import FIRST, INK, QUIET, SECOND, finished, svg
from tangga.engine.simulate.compare import TOGETHER
from tangga.rules.days import month_of
from tangga.texts import Language, say

if TYPE_CHECKING:
    import altair as alt

    from tangga.engine.simulate.run import Simulated

WIDE, ROW, MOST_AREAS, SMALL = 460, 30, 24, 260
MILLION = 1_000_000
SHAPES = ("circle", "diamond", "cross")


def charts(found: Simulated, language: Language) -> dict[str, str]:
    """Name of a chart -> its SVG; a chart of which there is nothing to show is not there."""
    drawn = {
        "cost": _cost(found, language),
        "by_decile": _by_decile(found, language),
        "by_area": _by_area(found, language),
        "through_time": _through_time(found, language),
    }
    return {name: svg(chart, language) for name, chart in drawn.items() if chart is not None}


def programme_name(found: Simulated, code: str, language: Language) -> str:
    """What a programme is called; of all together, that."""
    if code == TOGETHER:
        return say("simulate.together", language)
    if code in found.today.programmes:
        return found.today.programmes[code][0].labels[language]
    return code


def _points(
    rows: Sequence[Mapping[str, object]], kinds: Sequence[str], x: Mapping[str, Any], y: Any
) -> alt.LayerChart:
    """One mark a row and kind, told apart by shape; a line joins those of a row."""
    import altair as alt

    scale = alt.Scale(domain=list(kinds), range=[QUIET, FIRST, SECOND][: len(kinds)])
    shape = alt.Scale(domain=list(kinds), range=list(SHAPES[: len(kinds)]))
    base = alt.Chart(alt.Data(values=list(rows)))
    line = base.mark_line(color=QUIET, strokeWidth=1).encode(
        x=alt.X("value:Q", **x), y=y, detail="row:N"
    )
    points = base.mark_point(size=110, strokeWidth=2, opacity=1).encode(
        x=alt.X("value:Q", **x),
        y=y,
        color=alt.Color("kind:N", scale=scale, sort=list(kinds)),
        shape=alt.Shape("kind:N", scale=shape, sort=list(kinds)),
    )
    return line + points


def _cost(found: Simulated, language: Language) -> alt.TopLevelMixin | None:
    """What each programme costs a year: today, in the scenario, and if all who fit were served."""
    import altair as alt

    kinds = [
        say("simulate.today", language),
        say("simulate.scenario", language),
        say("simulate.all_who_fit", language),
    ]
    rows = []
    for code in found.affected.programmes:
        cost, everybody = found.figures["cost", code], found.figures["cost_of_all", code]
        if everybody[1] is None:
            continue
        name = programme_name(found, code, language)
        for kind, value in zip(kinds, (*cost, everybody[1]), strict=True):
            rows.append({"row": name, "kind": kind, "value": (value or 0) / MILLION})
    if not any(row["value"] for row in rows) or found.same(TOGETHER):
        return None
    x = {"title": say("simulate.million_rupiah", language), "scale": alt.Scale(zero=True),
         "axis": alt.Axis(format=",.0f", tickCount=6)}  # fmt: skip
    y = alt.Y("row:N", title=None, sort=None, axis=alt.Axis(labelLimit=200))
    chart = _points(rows, kinds, x, y).properties(width=WIDE, height=ROW * len(rows) // 3 + ROW)
    return _headed(chart, "cost", found, language)


def _by_decile(found: Simulated, language: Language) -> alt.TopLevelMixin | None:
    """How many families of each decile are served, today and under the scenario."""
    import altair as alt

    kinds = [say("simulate.today", language), say("simulate.scenario", language)]
    unknown = say("simulate.not_known_short", language)
    rows, order = [], []
    for group in found.by_group:
        if group["kind"] != "decile" or group["programme"] != TOGETHER:
            continue
        value = str(group["value"])
        name = unknown if value == "not_known" else value
        order.append(name)
        for kind, key in zip(kinds, ("receives", "served"), strict=True):
            rows.append({"row": name, "kind": kind, "value": group[key]})
    if not any(row["value"] for row in rows) or found.same(TOGETHER):
        return None
    x = {"title": say("simulate.families_served", language), "scale": alt.Scale(zero=True),
         "axis": alt.Axis(format=",.0f", tickCount=6, tickMinStep=1)}  # fmt: skip
    y = alt.Y("row:N", title=say("simulate.decile", language), sort=order)
    chart = _points(rows, kinds, x, y).properties(width=WIDE, height=ROW * len(order))
    return _headed(chart, "by_decile", found, language)


def _by_area(found: Simulated, language: Language) -> alt.TopLevelMixin | None:
    """Families that come in, to the right, and go out, to the left, in each area."""
    import altair as alt

    rows = []
    for area in _areas(found):
        for key, sign in (("families_out", -1), ("families_in", 1)):
            many = int(str(area[key]))
            name = f"{area['name']} ({area['area']})"
            label = f"{'+' if sign > 0 else '−'}{many}" if many else ""
            rows.append({"row": name, "value": sign * many, "label": label})
    if not any(row["value"] for row in rows):
        return None
    y = alt.Y("row:N", title=None, sort=None, axis=alt.Axis(labelLimit=240))
    most = 1.2 * max(abs(int(str(row["value"]))) for row in rows)  # room for the figures
    x = alt.X("value:Q", title=say("simulate.out_in", language),
              scale=alt.Scale(domain=[-most, most], nice=False),
              axis=alt.Axis(format="+,.0f", tickCount=6, tickMinStep=1))  # fmt: skip
    base = alt.Chart(alt.Data(values=rows)).encode(x=x, y=y)
    bars = base.mark_bar(height=14).encode(
        color=alt.condition("datum.value > 0", alt.value(FIRST), alt.value("#ffffff")),
        stroke=alt.value(INK),
    )
    labels = [
        base.transform_filter(f"datum.value {sign} 0").mark_text(align=align, dx=dx, color=INK)
        for sign, align, dx in ((">", "left", 5), ("<", "right", -5))
    ]
    layers = alt.layer(bars, *(one.encode(text="label:N") for one in labels))
    chart = layers.properties(width=WIDE, height=ROW * len(rows) // 2)
    return _headed(chart, "by_area", found, language)


def _areas(found: Simulated) -> list[dict[str, object]]:
    """The narrowest level of areas that a chart has room for, of all programmes together."""
    here: list[dict[str, object]] = []
    for level in found.areas.levels:
        rows = [
            row
            for row in found.by_area
            if row["level"] == level and row["programme"] == TOGETHER and row["area"] is not None
        ]
        if level != next(iter(found.areas.levels)) and 0 < len(rows) <= MOST_AREAS:
            here = rows
    return here


def _through_time(found: Simulated, language: Language) -> alt.TopLevelMixin | None:
    """The difference that the scenario makes, month by month, with its band."""
    import altair as alt

    if found.time is None:
        return None
    from tangga.engine.simulate.through_time import COST, MEASURES, rows

    listed: dict[str, list[dict[str, object]]] = {name: [] for name in MEASURES}
    for month, measure, _, _, low, median, high in rows(found.time, month_of(found.day)):
        if not found.time.differs(str(measure)):
            continue
        scale = MILLION if measure == COST else 1
        band = {"low": low, "median": median, "high": high}
        shown = {name: float(str(value)) / scale for name, value in band.items()}
        listed[str(measure)].append({"month": str(month), **shown})
    parts = []
    for measure in filter(found.time.differs, MEASURES):
        x = alt.X("month:T", title=None, axis=alt.Axis(format="%m/%Y", labelAngle=0, tickCount=4))
        y = {"title": say(f"simulate.time_{measure}", language)}
        base = alt.Chart(alt.Data(values=listed[measure])).encode(x=x)
        band = base.mark_area(color=QUIET, opacity=0.35).encode(y=alt.Y("low:Q", **y), y2="high:Q")
        line = base.mark_line(color=FIRST, strokeWidth=2).encode(y=alt.Y("median:Q", **y))
        parts.append((band + line).properties(width=SMALL, height=SMALL // 2))
    if not parts:
        return None
    lines = [alt.hconcat(*parts[n : n + 2]) for n in range(0, len(parts), 2)]
    chart = alt.vconcat(*lines)
    return _headed(chart, "through_time", found, language)


def _headed(
    chart: alt.TopLevelMixin, name: str, found: Simulated, language: Language
) -> alt.TopLevelMixin:
    reads = say(f"simulate.chart_{name}_reads", language)
    title = say(f"simulate.chart_{name}", language)
    return finished(chart, title, [found.scenario.titles[language], *reads.split("\n")])
