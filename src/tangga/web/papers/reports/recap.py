"""*Rekapitulasi*: the figures of an area, a row for each area just inside it, or each village."""

from __future__ import annotations

from tangga.texts import say
from tangga.web.dashboard.places import inside, level_of
from tangga.web.database.rows import rows
from tangga.web.lists.definitions import definitions, figures
from tangga.web.lists.release import Held
from tangga.web.pack import area_name
from tangga.web.papers.content import Column
from tangga.web.papers.reports.made import Made
from tangga.web.register.tables import NATION

WANTED = (
    *("families", "people", "determined", "waiting", "not_known", "unmatched", "gone_recipients"),
    *("near_cap", "past_cap", "due_moves", "graduable", "visits_asked", "unpaid"),
)
"""Figures of the summary, each the number of rows of its list."""

VALUES = """
SELECT area, figure, value FROM figures WHERE key = '' AND figure = ANY (%s) AND area = ANY (%s)
"""


def recap(release: Held, area: str, *, villages: bool = False) -> Made:
    """Every figure that this release has; one that few families stand behind is left open."""
    below = _villages(area) if villages else list(inside().get(area, ()))
    below = below or [area]
    asked = [code or NATION for code in below]
    told = {
        (row["area"], row["figure"]): row["value"] for row in rows(VALUES, [list(WANTED), asked])
    }
    there = [name for name in WANTED if any(figure == name for _, figure in told)]
    columns = [Column("place", {"id": "Wilayah", "en": "Area"}), *map(_column, there)]
    with_figures = [code for code in below if any((code or NATION, name) in told for name in there)]
    return Made(
        kind="rekap",
        area=area,
        about={
            "release": release.name,
            "as_of": release.as_of,
            "level": say(f"web_papers.level_{level_of(below[0])}", "id"),
        },
        rows=[
            {"place": area_name(code), **{n: told.get((code or NATION, n)) for n in there}}
            for code in with_figures
        ],
        columns=columns,
    )


def _villages(area: str) -> list[str]:
    """The villages of an area, in the order of their districts."""
    below = inside().get(area, ())
    return [one for code in below for one in (_villages(code) or [code])]


def _column(name: str) -> Column:
    of = definitions()[figures()[name].list]
    return Column(name, {"id": of.label("id"), "en": of.label("en")}, "number", sum=True)
