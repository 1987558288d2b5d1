"""*Capaian triwulan*: targets and what was recorded towards them, by area."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from tangga.texts import long_date, number, say
from tangga.web.dashboard.places import level_of
from tangga.web.database.rows import rows
from tangga.web.database.scope import LAST
from tangga.web.lists.release import Held
from tangga.web.lists.words import word
from tangga.web.pack import area_name
from tangga.web.papers.reports.made import Made, NoReport, Quarter

TABLE = "pace"
LINES = """
SELECT t.area, t.pilar, t.measure, t.programme, t.target, t.achieved, t."of", t.lasted
FROM pace AS t
WHERE t.year = %s AND coalesce(t.worker, '') = '' AND NOT coalesce(t.hidden, false)
    AND t.area >= %s AND t.area < %s AND length(t.area) <= %s
    AND (t.target IS NOT NULL OR t.achieved > 0)
ORDER BY t.area, t.pilar NULLS FIRST, t.measure, t.programme NULLS FIRST
"""
SHOWN = {"country": 2, "province": 4, "regency": 6, "district": 10, "village": 10}
"""Digits of the areas just inside, which are told too."""


def targets(release: Held, area: str) -> Made:
    """Up to the day of the release; NoReport where it has no targets."""
    if not release.has(TABLE):
        raise NoReport("no_targets")
    quarter = Quarter.of(release.as_of)
    asked = [quarter.year, area or "!", f"{area}{LAST}", SHOWN[level_of(area)]]
    found = rows(LINES, asked)
    if not found:
        raise NoReport("no_targets")
    until = long_date(release.as_of, "id")
    return Made(
        kind="capaian_triwulan",
        area=area,
        about={
            "year": quarter.year,
            "quarter": say("web_papers.quarter_until", "id", number=quarter.number, day=until),
            "release": release.name,
            "as_of": release.as_of,
        },
        rows=[_row(one, release.as_of) for one in found],
    )


def _row(one: Mapping[str, Any], day: date) -> dict[str, Any]:
    said = [area_name(one["area"])]
    said += [word(codes, one[codes], "id", day) for codes in ("pilar", "programme") if one[codes]]
    return {
        "measure": word("measure", one["measure"], "id", day),
        "who": " · ".join(said),
        "target": _target(one),
        "achieved": _whole(one["achieved"]),
        "share": _share(one),
        "stands": _whole(one["lasted"]),
    }


def _target(one: Mapping[str, Any]) -> int | str | None:
    """How many; of a share, how many in a hundred."""
    aimed = _whole(one["target"])
    return f"{aimed} %" if aimed is not None and one["of"] is not None else aimed


def _whole(value: Any) -> int | None:
    return None if value is None else int(value)


def _share(one: Mapping[str, Any]) -> str | None:
    """The achievement in a hundred of the target, or of what it is a share of."""
    of = one["of"] if one["of"] is not None else one["target"]
    if not of or one["achieved"] is None:
        return None
    tenth = round(1000 * float(one["achieved"]) / float(of))
    return f"{number(tenth // 10, 'id')},{tenth % 10} %"
