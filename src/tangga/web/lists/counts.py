"""How many rows a list has in each area below: from the figures, where one counts just these rows,
else by counting. Both are the same number: a figure is made by counting its list.
"""

from __future__ import annotations

from tangga.web.database.rows import rows
from tangga.web.database.scope import LAST
from tangga.web.lists.definitions import WHOLE, Figure
from tangga.web.lists.kept import Kept
from tangga.web.lists.opened import Opened
from tangga.web.lists.rows_of import Wanted
from tangga.web.register.tables import NATION

FIGURES = """
SELECT area, value FROM figures
WHERE figure = %s AND key = %s AND (area = %s OR (length(area) = %s AND area >= %s AND area < %s))
ORDER BY area
"""
ELSEWHERE = "?"
"""Stands for rows of the nation that lie in no area."""


MOST_REMEMBERED = 2000

counted: Kept[list[tuple[str, int]]] = Kept(MOST_REMEMBERED)


def parts(opened: Opened) -> list[tuple[str, int]]:
    """How many rows in each area just inside; shorter codes stand for themselves.

    Nothing where the release lacks the list.
    """
    wanted = opened.wanted
    if wanted is None:
        return []
    figure = _figure(wanted)
    if figure is None:
        question = wanted.question(opened.digits)
        return counted.of(
            opened.viewer, opened.release, question, lambda: wanted.parts(opened.digits)
        )
    key = next(iter(wanted.chosen.params.values()), WHOLE)
    return _told(wanted.area, figure.name, key, opened.digits)


def _told(area: str, figure: str, key: str, digits: int) -> list[tuple[str, int]]:
    own = area or NATION
    params = [figure, key, own, digits, area, f"{area}{LAST}"]
    told = {str(row["area"]): int(row["value"]) for row in rows(FIGURES, params)}
    total = told.pop(own, 0)
    left = total - sum(told.values())
    below = [(code, many) for code, many in told.items() if many]
    return [*below, *([(area or ELSEWHERE, left)] if left else [])]


def _figure(wanted: Wanted) -> Figure | None:
    """The figure that counts exactly the rows wanted; None where there is none."""
    definition, narrowed = wanted.definition, wanted.chosen
    if definition.case or wanted.exact or len(narrowed.conditions) > 1:
        return None
    by = next(iter(narrowed.params), WHOLE)
    if len(narrowed.params) != len(narrowed.conditions) or (by and by not in definition.filters):
        return None
    plain = (one for one in definition.figures.values() if not (one.sum or one.hidden))
    return next((one for one in plain if one.by == by), None)
