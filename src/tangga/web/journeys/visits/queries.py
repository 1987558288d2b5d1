"""What the pages of visits ask of the database, beside the models."""

from __future__ import annotations

from collections.abc import Mapping

from tangga.web.family.queries import FAMILY, PAGE, PEOPLE, Part
from tangga.web.register.made import INDEX

CONSUMED = """
EXISTS (SELECT FROM public.register_consumed AS c JOIN public.register_current AS now
        ON now.number = c.number WHERE c.correction_id = {id}::text)
"""
"""Whether the release in force has taken up a visit."""

SINCE = Part(
    "families",
    f"""SELECT json_agg(json_build_object('id', v.id, 'worker', v.worker, 'by_id', v.by_id,
    'planned_on', v.planned_on, 'on_date', v.on_date, 'purpose', v.purpose, 'result', v.result,
    'facts', v.facts, 'version', v.version, 'at', v.at, 'area', v.area)
    ORDER BY v.on_date, v.at)
    FROM public.visits_visit AS v WHERE v.family_id = %(id)s AND NOT v.dropped
    AND NOT {CONSUMED.format(id="v.id")}""",
)
"""A family's visits that no release holds yet, the oldest first; planned ones first of all."""

FORM: Mapping[str, Part] = {
    "family": FAMILY,
    "people": PEOPLE,
    "visit": PAGE["visit"],
    "last_visit": PAGE["last_visit"],
    "workers": PAGE["workers"],
    "since": SINCE,
}
"""What the form needs to know of a family."""

MINE = f"""
SELECT f.family_id, f.area, f.head_name, f.rt, f.rw, f.members, f.rung, f.due_move, f.cap_list,
       f.months_left, f.programmes_unknown, f.visit_why, f.visit_since, f.visit_deadline,
       f.visit_questions, f.place_kind, d.address, l.last_seen
FROM {INDEX} AS f
CROSS JOIN LATERAL ({{address}}) AS d
CROSS JOIN LATERAL ({{last}}) AS l
WHERE f.workers @> ARRAY[%(worker)s]
ORDER BY f.area, f.rw, f.rt, f.family_id
LIMIT %(most)s
"""
LAST = "SELECT max(v.on_date) AS last_seen FROM visits AS v WHERE v.family_id = f.family_id"
NO_LAST = "SELECT NULL::date AS last_seen"
ADDRESS = "SELECT a.address FROM families AS a WHERE a.family_id = f.family_id LIMIT 1"
NO_ADDRESS = "SELECT NULL::text AS address"

SINCE_OF = f"""
SELECT v.family_id, v.id, v.worker, v.planned_on, v.on_date, v.purpose, v.result, v.version,
       v.facts, v.by_id, {CONSUMED.format(id="v.id")} AS taken
FROM public.visits_visit AS v
WHERE v.family_id = ANY(%s) AND NOT v.dropped
ORDER BY v.on_date NULLS FIRST, v.at
"""
QUESTIONS = "SELECT family_id, questions FROM visits_asked WHERE family_id = ANY(%s)"

REVISITS = f"""
SELECT r.family_id, r.visited_on, r.again_by, r.worker
FROM revisits AS r
WHERE r.revisited_on IS NULL AND r.worker IS DISTINCT FROM %(worker)s AND r.again_by >= %(today)s
  AND NOT EXISTS (
    SELECT FROM public.visits_visit AS v WHERE v.family_id = r.family_id AND v.on_date IS NOT NULL
      AND v.purpose = ANY(%(purposes)s) AND v.worker <> coalesce(r.worker, '')
      AND NOT {CONSUMED.format(id="v.id")})
ORDER BY r.again_by, r.family_id LIMIT %(most)s
"""
"""Families drawn to be visited once more, by somebody else than who came."""

ROWS_OF = f"""
SELECT f.family_id, f.area, f.head_name, f.rt, f.rw, f.members, f.rung, f.due_move, f.cap_list,
       f.months_left, f.programmes_unknown, f.visit_why, f.visit_since, f.visit_deadline,
       f.visit_questions, f.place_kind, d.address, l.last_seen
FROM unnest(%(ids)s::text[]) AS asked(id)
CROSS JOIN LATERAL (SELECT * FROM {INDEX} AS i WHERE i.family_id = asked.id LIMIT 1) AS f
CROSS JOIN LATERAL ({{address}}) AS d
CROSS JOIN LATERAL ({{last}}) AS l
"""
UNASSIGNED = f"""
SELECT f.family_id FROM {INDEX} AS f
WHERE f.needs_visit AND f.workers = '{{}}'
ORDER BY f.visit_deadline NULLS LAST, f.area, f.family_id LIMIT %(most)s
"""
"""Families of the area to be visited whom no worker has."""

CASES = """
SELECT DISTINCT c.family_id FROM cases AS c
WHERE c.by = %s AND c.closed IS NULL AND c.family_id IS NOT NULL LIMIT %s
"""
VERSIONS = """
SELECT v.family_id, sum(v.version)::int AS version FROM public.visits_visit AS v
WHERE v.family_id = ANY(%s) AND v.on_date IS NOT NULL GROUP BY v.family_id
"""
"""What is recorded of each family's visits, as one number that only grows."""

PLACE = "SELECT f.area, f.status FROM families AS f WHERE f.family_id = %s"

STRUCK = """
SELECT e.family_id, e.event, e.shock, e.on_date, e.worker
FROM public.overlay_event AS e
WHERE e.ended IS NULL AND e.family_id <> '' AND NOT e.cased AND e.event = ANY(%(events)s)
  AND (e.worker = %(worker)s OR e.family_id = ANY(%(ids)s))
  AND NOT EXISTS (SELECT FROM public.register_consumed AS c JOIN public.register_current AS now
                  ON now.number = c.number WHERE c.correction_id = e.correction_id)
ORDER BY e.on_date, e.at LIMIT %(most)s
"""
"""What the field recorded of families since the release: of the worker's own records, and of those
whose ids are given."""
