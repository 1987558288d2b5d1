"""Which families stand where today, and who cares for them."""

from __future__ import annotations

from typing import Any

from tangga.rules.days import month_of
from tangga.web.database.rows import rows, value
from tangga.web.family.classes import classes
from tangga.web.journeys.climb.records import see_release
from tangga.web.journeys.climb.wanted import wanted
from tangga.web.policy.book import book
from tangga.web.today import today

MOVED = """
SELECT DISTINCT ON (e.family_id) e.family_id, e.event, e.rung, e.on_date
FROM public.overlay_event AS e
WHERE e.event IN ('rung_move', 'rung_left') AND e.track = '' AND e.person_id = ''
    AND e.ended IS NULL
    AND NOT EXISTS (SELECT 1 FROM public.register_consumed AS c
        JOIN public.register_current AS n ON n.number = c.number
        WHERE c.correction_id = e.correction_id)
ORDER BY e.family_id, e.on_date DESC, e.at DESC
"""
ON_RUNG = f"""
WITH moved AS MATERIALIZED ({MOVED})
SELECT f.family_id, f.village, coalesce(i.head_name, '') AS head, f.on_date, f.since_release,
       c.months_protected
FROM (
    SELECT m.family_id, m.area AS village, NULL::date AS on_date, true AS since_release
    FROM moves AS m
    WHERE m.person_id IS NULL AND m.rung = %(rung)s
        AND NOT EXISTS (SELECT 1 FROM moved AS o WHERE o.family_id = m.family_id)
    UNION
    SELECT o.family_id, x.area, o.on_date, false
    FROM moved AS o CROSS JOIN LATERAL (
        SELECT g.area FROM families AS g WHERE g.family_id = o.family_id LIMIT 1) AS x
    WHERE o.event = 'rung_move' AND o.rung = %(rung)s
) AS f
LEFT JOIN LATERAL (SELECT * FROM family_index AS i WHERE i.family_id = f.family_id LIMIT 1) AS i
    ON true
LEFT JOIN LATERAL (
    SELECT k.months_protected FROM family_clock AS k WHERE k.family_id = f.family_id LIMIT 1) AS c
    ON true
ORDER BY f.village, f.family_id
LIMIT %(most)s OFFSET %(past)s
"""
NEAR = f"""
WITH moved AS MATERIALIZED ({MOVED})
SELECT n.family_id, n.area AS village, coalesce(i.head_name, '') AS head, n.months_protected,
       n.months_protected + %(since)s AS months, n.must_climb_adults, n.must_climb_most, n.place,
       q.since, greatest(n.extended_until, x.until) AS extended_until
FROM near_cap AS n
LEFT JOIN LATERAL (
    SELECT k.head_name FROM family_index AS k WHERE k.family_id = n.family_id LIMIT 1) AS i ON true
LEFT JOIN LATERAL (
    SELECT c.since FROM cap_queue AS c WHERE c.family_id = n.family_id LIMIT 1) AS q ON true
LEFT JOIN LATERAL (
    SELECT max(e.until) AS until FROM public.overlay_event AS e
    WHERE e.family_id = n.family_id AND e.event = 'extension' AND e.ended IS NULL) AS x ON true
WHERE n.months_protected + %(since)s >= %(least)s
    AND (%(below)s::integer IS NULL OR n.months_protected + %(since)s < %(below)s)
    AND coalesce(n.must_climb_most, 1) > 0
    -- Past the cap by the release, and not in its queue: nothing was to be decided about it.
    AND (%(below)s::integer IS NOT NULL OR q.since IS NOT NULL OR x.until IS NOT NULL
        OR n.extended_until IS NOT NULL OR n.months_protected < %(least)s
        OR coalesce(n.must_climb_adults, 0) = 0)
    AND NOT EXISTS (SELECT 1 FROM moved AS o WHERE o.family_id = n.family_id
        AND o.rung IS DISTINCT FROM %(supported)s)
ORDER BY (greatest(n.extended_until, x.until) > %(today)s) NULLS FIRST,
    n.months_protected DESC, n.family_id
LIMIT %(most)s OFFSET %(past)s
"""
DUE = f"""
WITH moved AS MATERIALIZED ({MOVED})
SELECT m.family_id, m.area AS village, coalesce(i.head_name, '') AS head, NULL::date AS on_date
FROM moves AS m
LEFT JOIN LATERAL (
    SELECT k.head_name FROM family_index AS k WHERE k.family_id = m.family_id LIMIT 1) AS i ON true
WHERE m.person_id IS NULL AND m.move = %(move)s
    AND NOT EXISTS (SELECT 1 FROM moved AS o WHERE o.family_id = m.family_id)
ORDER BY m.area, m.family_id LIMIT %(most)s
"""
GRADUATED = """
SELECT g.family_id, f.area AS village, coalesce(i.head_name, '') AS head,
       max(g.graduated_on) AS graduated_on,
       array_remove(array_agg(DISTINCT g.fell_on) || coalesce(l.falls, '{}'), NULL) AS falls,
       max(v.seen) AS seen_on
FROM (
    SELECT family_id, graduated_on, fell_on FROM graduations
    UNION ALL
    SELECT e.family_id, e.on_date, NULL FROM public.overlay_event AS e
    WHERE e.event = 'rung_move' AND e.rung = %(graduated)s AND e.ended IS NULL
) AS g
CROSS JOIN LATERAL (
    SELECT x.area FROM families AS x WHERE x.family_id = g.family_id LIMIT 1) AS f
LEFT JOIN LATERAL (
    SELECT k.head_name FROM family_index AS k WHERE k.family_id = g.family_id LIMIT 1) AS i ON true
LEFT JOIN LATERAL (
    SELECT array_agg(e.on_date) AS falls FROM public.overlay_event AS e
    WHERE e.family_id = g.family_id AND e.event = 'rung_move' AND e.ended IS NULL
        AND e.rung = ANY(%(back)s)) AS l ON true
LEFT JOIN LATERAL (
    SELECT max(t.on_date) AS seen FROM (
        SELECT w.on_date FROM visits AS w WHERE w.family_id = g.family_id
            AND w.result = ANY(%(complete)s)
        UNION ALL
        SELECT y.on_date FROM public.visits_visit AS y WHERE y.family_id = g.family_id
            AND y.result = ANY(%(complete)s) AND NOT y.dropped) AS t) AS v ON true
WHERE (%(only)s::text[] IS NULL OR g.family_id = ANY(%(only)s::text[]))
    -- One that was undone since a release has taken it in is none.
    AND NOT EXISTS (SELECT FROM public.work_item AS u
        JOIN public.work_item AS d ON d.id = u.parent_id
        WHERE u.kind = 'restoration' AND u.state = 'restored' AND d.kind = 'graduation'
            AND d.family_id = g.family_id AND d.closed_on = g.graduated_on)
GROUP BY g.family_id, f.area, i.head_name, l.falls
ORDER BY max(g.graduated_on) DESC, g.family_id
LIMIT %(most)s OFFSET %(past)s
"""
WORKER = "SELECT a.worker FROM assignments AS a WHERE a.family_id = %s AND a.pilar = %s LIMIT 1"


def on_rung(rung: str, *, most: int = 50, past: int = 0) -> list[dict[str, Any]]:
    """Families whose headline rung is this one today: by the release, or by a move since."""
    if see_release() is None:
        return []
    return rows(ON_RUNG, {"rung": rung, "most": most, "past": past})


def near_cap(least: int, below: int | None, *, most: int | None, past: int) -> list[dict[str, Any]]:
    """Families by their months, with those since the release: from `least` on, below `below`."""
    release = see_release()
    if release is None or not classes(release["number"]).says_something("near_cap"):
        return []
    day = today()
    gone = max(0, month_of(day) - month_of(release["as_of"]))
    params = {
        "supported": wanted().supported,
        "since": gone,
        "least": least,
        "below": below,
        "today": day,
    }
    return rows(_without(NEAR, release, "cap_queue"), {**params, "most": most, "past": past})


def waiting_at_cap(least: int) -> int:
    """How many families are past the cap with no extension in force: the queue as a number."""
    found = near_cap(least, None, most=None, past=0)
    day = today()
    return sum(
        row["extended_until"] is None or row["extended_until"] < day
        for row in found
        if row["must_climb_adults"]
    )


def due(move: str, *, most: int) -> list[dict[str, Any]]:
    """Families of which the release says that a move is due, and that have not moved since."""
    if see_release() is None:
        return []
    return rows(DUE, {"move": move, "most": most})


def graduated(
    *, most: int | None, past: int, only: list[str] | None = None
) -> list[dict[str, Any]]:
    """Families that graduated, by the release or since, with their falls and the last visit. only:
    of these alone."""
    release = see_release()
    if release is None:
        return []
    complete = list(book().policy.on(today()).clock.says["complete_visit"])
    said = {"graduated": wanted().graduated, "back": list(wanted().back)}
    sql = _without(_without(GRADUATED, release, "graduations"), release, "visits")
    return rows(sql, {**said, "complete": complete, "most": most, "past": past, "only": only})


NOTHING = {
    "cap_queue": "(SELECT NULL::text AS family_id, NULL::date AS since WHERE false)",
    "graduations": "(SELECT NULL::text AS family_id, NULL::date AS graduated_on,"
    " NULL::date AS fell_on WHERE false)",
    "visits": "(SELECT NULL::text AS family_id, NULL::date AS on_date, NULL::text AS result"
    " WHERE false)",
}


def _without(sql: str, release: dict[str, Any], table: str) -> str:
    """The same query where the release lacks a table: no rows in its place."""
    if table in classes(release["number"]).held:
        return sql
    return sql.replace(f"FROM {table} ", f"FROM {NOTHING[table]} ").replace(
        f"FROM {table}\n", f"FROM {NOTHING[table]} AS t\n"
    )


def worker_of(family_id: str) -> str:
    """Who accompanies a family; '' where nobody is said to."""
    release = see_release()
    if release is None or not classes(release["number"]).says_something("assignments"):
        return ""
    return value(WORKER, [family_id, wanted().pilar]) or ""
