"""How every chart looks: SVG that reads on a screen, on paper and without colour.

Drawn without a browser, from figures alone, so the same figures give the same bytes. Fonts are the
reader's own; nothing is loaded from anywhere.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from tangga.texts import Language

if TYPE_CHECKING:
    import altair as alt

INK, QUIET, FAINT = "#1a1a1a", "#595959", "#d4d4d4"
FIRST, SECOND = "#0b5394", "#c8702a"
"""Two colours that differ in lightness as well, and for those who do not see red from green."""
_GROUPING = {"grouping": [3], "currency": ["", ""]}
LOCALES: Mapping[Language, Mapping[str, object]] = {
    "id": {"decimal": ",", "thousands": ".", "percent": "\u00a0%", **_GROUPING},
    "en": {"decimal": ".", "thousands": ",", "percent": "\u00a0%", **_GROUPING},
}


def svg(chart: alt.TopLevelMixin, language: Language) -> str:
    """A chart as SVG, its numbers written as the language writes them."""
    import vl_convert

    found = vl_convert.vegalite_to_svg(
        _plain(chart.to_dict()), format_locale=LOCALES[language], allowed_base_urls=[]
    )
    return str(found)


def _plain(spec: dict[str, Any]) -> dict[str, Any]:
    """Without the address of a schema that nobody fetches."""
    return {key: value for key, value in spec.items() if key != "$schema"}


def finished(chart: alt.TopLevelMixin, title: str, subtitle: Sequence[str]) -> alt.TopLevelMixin:
    """The chart with its heading, and lines of how to read it."""
    import altair as alt

    heading = alt.Title(title, subtitle=list(subtitle), anchor="start", offset=14)
    axis = {
        "labelColor": INK,
        "titleColor": INK,
        "tickColor": QUIET,
        "domainColor": QUIET,
        "gridColor": FAINT,
        "titleFontWeight": "normal",
        "labelFontSize": 11,
        "titleFontSize": 12,
        "labelFlush": False,
    }
    styled = chart.properties(title=heading, background="white", padding=12)
    styled = styled.configure(font="sans-serif").configure_axis(**axis)
    styled = styled.configure_view(stroke=None).configure_title(
        color=INK,
        subtitleColor=QUIET,
        fontSize=15,
        subtitleFontSize=12,
        subtitleLineHeight=16,
        subtitlePadding=5,
    )
    return styled.configure_legend(
        labelColor=INK,
        titleColor=INK,
        labelFontSize=12,
        orient="top",
        title=None,
        symbolSize=90,
        labelLimit=0,
    )
