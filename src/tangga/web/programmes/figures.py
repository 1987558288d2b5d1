"""Numbers of the pages of programmes: who receives and waits, places, what a round came to."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from psycopg import sql

from tangga.texts import Language
from tangga.web.dashboard.places import row_of
from tangga.web.database.rows import rows
from tangga.web.pack import code_label
from tangga.web.policy.book import book
from tangga.web.programmes.local import is_open
from tangga.web.programmes.models import Quota, Result, ResultFile, Round, Row
from tangga.web.programmes.register import table
from tangga.web.today import today

FIGURES = """
SELECT figure, key, value FROM {figures}
WHERE area = %(area)s AND figure = ANY (%(shown)s) AND key <> ''
"""
SHOWN = {
    "determined_by_programme": "determined",
    "waiting_by_programme": "waiting",
    "not_known_by_programme": "not_known",
}
SINCE = """
SELECT s.programme, s.change, count(DISTINCT s.family_id) AS families
FROM overlay_spell AS s
WHERE s.ended IS NULL AND s.change IN ('open', 'close')
    AND s.area >= %(area)s AND s.area < %(past)s
    AND NOT EXISTS (SELECT FROM public.register_consumed AS c JOIN public.register_current AS n
                    ON n.number = c.number WHERE c.correction_id = s.correction_id)
GROUP BY s.programme, s.change
"""
CAPACITY = """
SELECT c.year, c.programme, c.area, c.places, c.used, c.free, c.waiting FROM {capacity} AS c
WHERE c.area >= %(area)s AND c.area < %(past)s ORDER BY c.programme, c.area, c.year
"""
DIFFERENCES = """
SELECT coalesce(n.family_id, p.family_id) AS family_id,
       coalesce(n.area, p.area) AS area, p.amount AS before, n.amount AS now, n.id AS row_id
FROM (SELECT r.* FROM programmes_row AS r WHERE r.round_id = %(now)s AND r.state = 'pay'
        AND r.sort = 'regular') AS n
FULL JOIN (SELECT r.* FROM programmes_row AS r WHERE r.round_id = %(before)s AND r.state = 'pay'
        AND r.sort = 'regular') AS p
    ON p.family_id = n.family_id AND p.person_id = n.person_id
WHERE n.amount IS DISTINCT FROM p.amount
ORDER BY 2, 1
"""
BY_STATE = """
SELECT x.state, count(*) AS lines, sum(x.amount)::bigint AS amount,
       sum(x.matched)::bigint AS matched, sum(x.unmatched)::bigint AS unmatched
FROM programmes_result AS x WHERE x.round_id = %s GROUP BY x.state ORDER BY x.state
"""
OF_ROWS = """
SELECT r.state, r.sort, r.why, count(*) AS rows, sum(r.amount)::bigint AS amount
FROM programmes_row AS r WHERE r.round_id = %s GROUP BY r.state, r.sort, r.why
ORDER BY r.state, r.sort, r.why
"""


@dataclass(frozen=True)
class Standing:
    """A programme in an area: as the release counts, and what was opened and closed since."""

    programme: str
    label: str
    determiner: str
    determined: int | None
    waiting: int | None
    not_known: int | None
    opened: int
    closed: int
    places: int | None


def programmes(area: str, language: Language) -> list[Standing]:
    """Every programme of the rules, in their order."""
    counted: dict[tuple[str, str], int | None] = {}
    held = table("figures")
    if held is not None:
        params = {"area": row_of(area), "shown": list(SHOWN)}
        for row in rows(sql.SQL(FIGURES).format(figures=held), params):
            counted[SHOWN[row["figure"]], row["key"]] = row["value"]
    params = {"area": area, "past": f"{area}~"}
    since = {(row["programme"], row["change"]): row["families"] for row in rows(SINCE, params)}
    quotas = latest(area)
    found = []
    for one in book().policy.programmes.values():
        if not is_open(one):
            continue
        found.append(
            Standing(
                programme=one.id,
                label=one.labels.get(language, one.id),
                determiner=code_label("determiner", one.determined_by, language),
                **{name: counted.get((name, one.id)) for name in SHOWN.values()},
                opened=since.get((one.id, "open"), 0),
                closed=since.get((one.id, "close"), 0),
                places=quotas.get((one.id, area)),
            )
        )
    return found


def latest(area: str, year: int | None = None) -> dict[tuple[str, str], int]:
    """Places by programme and area in a year (this one), of decided documents."""
    found = Quota.objects.filter(
        state="holds", year=year or today().year, area__startswith=area
    ).order_by("decided_at")
    return {(one.programme, one.area): one.places for one in found}


def capacity(area: str) -> list[dict[str, Any]]:
    """Places in an area, as the workspace's files and the release have them."""
    held = table("capacity")
    if held is None:
        return []
    params = {"area": area, "past": f"{area}~"}
    return rows(sql.SQL(CAPACITY).format(capacity=held), params)


def before(of: Round) -> Round | None:
    """The signed round of the programme and area just before this one."""
    found = Round.objects.filter(
        programme=of.programme,
        area=of.area,
        frozen_at__isnull=False,
        period_end__lt=of.period_start,
    )
    return found.order_by("-period_start", "frozen_at").first()


def differences(of: Round, earlier: Round) -> list[dict[str, Any]]:
    """Families that get another sum than in an earlier round, or only in one of the two."""
    return rows(DIFFERENCES, {"now": of.pk, "before": earlier.pk})


def of_rows(of: Round) -> list[dict[str, Any]]:
    """How many rows of each sort, and their sums."""
    return rows(OF_ROWS, [of.pk])


def count(found: Iterable[dict[str, Any]], state: str) -> int:
    """How many rows stand in a state."""
    return sum(row["rows"] for row in found if row["state"] == state)


def reconciled(of: Round) -> dict[str, Any]:
    """What came back for a round: by state, in sum, and what is still missing."""
    states = rows(BY_STATE, [of.pk])
    totals = {
        key: sum(row[key] or 0 for row in states)
        for key in ("lines", "amount", "matched", "unmatched")
    }
    silent = Row.objects.filter(round=of, state=Row.PAY, results=None)
    return {
        "states": states,
        **totals,
        "files": list(ResultFile.objects.filter(round=of)),
        "silent": silent.count(),
        "silent_amount": sum(silent.values_list("amount", flat=True)),
        "short": int(of.total) - totals["matched"],
    }


def last_results(rows_: Iterable[Row]) -> dict[Any, Result]:
    """The latest result of each of these rows."""
    ids = [row.pk for row in rows_]
    found = Result.objects.filter(row_id__in=ids).select_related("file").order_by("file__at")
    return {one.row_id: one for one in found}
