"""The charts of a plan, as SVG: who starts what in which year, and what lasts of it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tangga import texts
from tangga.engine.charts import FIRST, finished, svg
from tangga.engine.optimise.problem import POOR_YEARS
from tangga.engine.optimise.shadow import by_year
from tangga.engine.optimise.states import HELD
from tangga.texts import Language

if TYPE_CHECKING:
    import altair as alt

    from tangga.engine.optimise.plan import Plan

WIDTH, HEIGHT, ROW = 420, 240, 64


def charts(plan: Plan, language: Language) -> dict[str, str]:
    """Name of a chart -> its SVG."""
    second = "avoided" if plan.problem.aim == POOR_YEARS else "lasting"
    drawn = {"started": _started(plan, language), second: _lasting(plan, language)}
    return {name: svg(chart, language) for name, chart in drawn.items()}


def _say(key: str, language: Language, **values: object) -> str:
    return texts.say(f"optimise.{key}", language, **values)


def _finished(
    name: str, chart: alt.TopLevelMixin, plan: Plan, language: Language
) -> alt.TopLevelMixin:
    reads = _say(f"chart_{name}_reads", language).split("\n")
    mark = plan.stated.says["assumption"][language]
    return finished(chart, _say(f"chart_{name}", language), [*reads, *_folded(mark)])


def _folded(words: str, most: int = 75) -> list[str]:
    """Words in lines that a chart has room for."""
    lines = [""]
    for word in words.split():
        if len(lines[-1]) + len(word) + 1 > most:
            lines.append("")
        lines[-1] = f"{lines[-1]} {word}".strip()
    return lines


def _started(plan: Plan, language: Language) -> alt.TopLevelMixin:
    """Families that start an intervention in a year: a row of bars each, each with its
    own scale, for a few beside hundreds would not be seen; numbers on top."""
    import altair as alt

    families = plan.families_by_year.sum(axis=(0, 1))
    rows = [
        {
            "way": way.labels[language],
            "year": str(plan.first + year),
            "families": round(float(many)),
        }
        for k, way in enumerate(plan.stated.interventions)
        if HELD not in way.says["kinds"]
        or families[k + 1].sum() >= plan.stated.says["smallest_cell"]
        for year, many in enumerate(families[k + 1])
    ]
    names = [way.labels[language] for way in plan.stated.interventions]
    names = [name for name in names if any(row["way"] == name and row["families"] for row in rows)]
    rows = [row for row in rows if row["way"] in names] or _nothing(plan, language)
    base = alt.Chart(alt.Data(values=rows)).encode(
        x=alt.X("year:O", title=None, axis=alt.Axis(labelAngle=0)),
        y=alt.Y("families:Q", title=None, axis=alt.Axis(tickCount=3, format=",.0f")),
    )
    bars = base.mark_bar(color=FIRST, width=30)
    figures = base.mark_text(dy=-6, fontSize=10).encode(text=alt.Text("families:Q", format=",.0f"))
    chart = (bars + figures).properties(width=WIDTH, height=ROW).facet(
        row=alt.Row("way:N", title=None, sort=names,
                    header=alt.Header(labelAngle=0, labelAlign="left", labelAnchor="start",
                                      labelOrient="top", labelFontSize=12)),
        spacing=6,
    ).resolve_scale(y="independent")  # fmt: skip
    return _finished("started", chart, plan, language)


def _nothing(plan: Plan, language: Language) -> list[dict[str, Any]]:
    return [{"way": _say("nothing", language), "year": str(plan.first), "families": 0}]


def _lasting(plan: Plan, language: Language) -> alt.TopLevelMixin:
    """Expected lasting graduations by year: a point, and the range of the assumptions as a line."""
    import altair as alt

    effects, families = plan.problem.effects, plan.families_by_year
    ends = {"value": plan.problem.effects, **plan.effects_at_ends}
    poor = plan.problem.aim == POOR_YEARS
    found = {
        name: by_year(effects, families, one.avoided if poor else one.graduates * one.lasts)
        for name, one in ends.items()
    }
    rows = [
        {
            "year": str(plan.first + year),
            **{name: float(values[year]) for name, values in found.items()},
        }
        for year in range(len(found["value"]))
    ]
    base = alt.Chart(alt.Data(values=rows)).encode(
        x=alt.X("year:O", title=None, axis=alt.Axis(labelAngle=0, grid=False))
    )
    title = _say("poor_years" if poor else "lasting_graduations", language)
    scale = alt.Scale(zero=True, nice=True)
    bars = base.mark_rule(color=FIRST, strokeWidth=2).encode(
        y=alt.Y("low:Q", title=title, scale=scale), y2="high:Q"
    )
    points = base.mark_point(filled=True, opacity=1, size=90, color=FIRST).encode(y="value:Q")
    figures = base.mark_text(dx=10, align="left", fontSize=11).encode(
        y="value:Q", text=alt.Text("value:Q", format=",.0f")
    )
    chart = (bars + points + figures).properties(width=WIDTH, height=HEIGHT)
    return _finished("avoided" if poor else "lasting", chart, plan, language)
