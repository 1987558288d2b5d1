"""*Laporan bulanan*: one worker's month, counted from the visits that are recorded."""

from __future__ import annotations

import re
from datetime import date
from typing import Any

from tangga.texts import month as month_name
from tangga.web.database.rows import one, rows, value
from tangga.web.lists.release import Held
from tangga.web.pack import area_name, code_label
from tangga.web.papers.reports.made import Made, NoReport
from tangga.web.register.made import INDEX
from tangga.web.today import today

WORKER = """
SELECT w.worker, w.name, w.pilar, w.area FROM workers AS w
WHERE w.worker = %s ORDER BY w.as_of DESC LIMIT 1
"""
OF_THE_RELEASE = """
SELECT v.family_id, v.on_date, v.result FROM visits AS v
WHERE v.worker = %(worker)s AND v.on_date >= %(first)s AND v.on_date < %(after)s
"""
SINCE = """
SELECT v.family_id, v.on_date, v.result FROM public.visits_visit AS v
WHERE v.worker = %(worker)s AND v.on_date >= %(first)s AND v.on_date < %(after)s
"""
# A visit that came back with a release is one visit.
VISITS = f"""
SELECT v.family_id, v.on_date, max(v.result) AS result, max(f.head_name) AS name,
    max(f.area) AS area
FROM ({{visits}}) AS v LEFT JOIN {INDEX} AS f ON f.family_id = v.family_id
GROUP BY v.family_id, v.on_date ORDER BY v.on_date, name, v.family_id
"""
FAMILIES = f"SELECT count(*) FROM {INDEX} AS f WHERE f.workers @> ARRAY[%s]"
ASKED = f"""
SELECT count(*) FROM visits_asked AS t JOIN {INDEX} AS f ON f.family_id = t.family_id
WHERE f.workers @> ARRAY[%s]
"""
GRADUATED = f"""
SELECT count(*) FROM graduations AS t JOIN {INDEX} AS f ON f.family_id = t.family_id
WHERE f.workers @> ARRAY[%s] AND t.graduated_on >= %s AND t.graduated_on < %s
"""
TARGET = """
SELECT sum(t.value)::integer FROM targets AS t
WHERE t.worker = %s AND t.year = %s AND t.measure = 'graduations'
"""
MONTH = re.compile(r"(\d{4})-(0[1-9]|1[0-2])")


def first_of(text: str) -> date:
    """The first day of a month such as 2026-01. NoReport for anything else, and for the future."""
    found = MONTH.fullmatch(text)
    day = date(int(found[1]), int(found[2]), 1) if found else None
    if day is None or day > today():
        raise NoReport("no_such_period")
    return day


def monthly(release: Held, worker: str, first: date, own: str) -> Made:
    """Visits of a month, and how the year stands. own: the area of who asks, in which the report
    stays. NoReport for a worker that is not of that area."""
    known = one(WORKER, [worker]) if worker and release.has("workers", "worker") else None
    if known is None:
        raise NoReport("no_worker")
    found = _visits(release, worker, first, _after(first))
    year = date(first.year, 1, 1)
    until = _after(first)
    visited = {row["family_id"] for row in _visits(release, worker, year, until)}
    graduations = [worker, year, until]
    return Made(
        kind="laporan_bulanan",
        area=_area(known["area"], own),
        about={
            "worker": " · ".join(part for part in (known["name"], worker) if part),
            "pilar": code_label("pilar", known["pilar"], "id"),
            "month": month_name(first.year * 12 + first.month - 1, "id"),
            "release": release.name,
            "families": int(value(FAMILIES, [worker])),
            "visited_year": len(visited),
            "asked": int(value(ASKED, [worker])) if release.has("visits_asked") else 0,
            "graduated": _count(release, "graduations", GRADUATED, graduations),
            "target": _target(release, worker, first.year),
        },
        rows=[
            {
                "on_date": row["on_date"],
                "name": row["name"] or row["family_id"],
                "place": area_name(row["area"]) if row["area"] else "",
                "result": code_label("visit_result", row["result"], "id") if row["result"] else "",
                "family_id": row["family_id"],
            }
            for row in found
        ],
    )


def _visits(release: Held, worker: str, first: date, after: date) -> list[dict[str, Any]]:
    """What the release holds, and what was recorded here since."""
    visits = [SINCE, OF_THE_RELEASE] if release.has("visits", "worker") else [SINCE]
    asked = {"worker": worker, "first": first, "after": after}
    return rows(VISITS.format(visits=" UNION ".join(visits)), asked)


def _after(first: date) -> date:
    return date(first.year + first.month // 12, first.month % 12 + 1, 1)


def _area(code: str | None, own: str) -> str:
    return code if code and code[:1].isdigit() and code.startswith(own) else own


def _count(release: Held, table: str, query: str, asked: list[Any]) -> int:
    return int(value(query, asked)) if release.has(table) else 0


def _target(release: Held, worker: str, year: int) -> int | None:
    if not release.has("targets", "worker"):
        return None
    found = value(TARGET, [worker, year])
    return None if found is None else int(found)
