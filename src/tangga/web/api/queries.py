"""The SQL of the API. Policies of the database decide which rows there are for a token."""

from __future__ import annotations

RELEASE = """
SELECT r.number, r.release, r.as_of
FROM public.register_current AS c JOIN public.register_releases AS r USING (number)
"""

# Families in the order of pages: by area, then id, behind the last one of the page before.
PAGE = """
SELECT f.family_id, f.area FROM families AS f
WHERE f.area >= %(low)s AND f.area < %(high)s
  AND (%(family)s = '' OR f.family_id = %(family)s)
  AND (f.area, f.family_id) > (%(after_area)s, %(after_id)s)
ORDER BY f.area, f.family_id
LIMIT %(most)s
"""
ROWS_OF = """
WITH page AS MATERIALIZED ({page})
SELECT t.family_id, {person} AS person_id, page.area, {columns}
FROM page CROSS JOIN LATERAL (
    -- Family by family, by its index: how many rows an area holds, the planner cannot guess.
    SELECT * FROM {table} WHERE family_id = page.family_id OFFSET 0
) AS t
WHERE {where}
ORDER BY page.area, page.family_id, {order}
"""
LAST_OF = """
SELECT area, family_id, n FROM (
    SELECT area, family_id, row_number() OVER (ORDER BY area, family_id) AS n FROM ({page}) AS p
) AS numbered ORDER BY n DESC LIMIT 1
"""

FAMILIES = """
SELECT f.family_id, f.area, f.head_name, f.members, f.rung, f.due_move, f.decile, f.decile_used,
       f.months_protected, f.months_left, f.programmes, f.programmes_waiting,
       f.programmes_unknown, f.needs_visit, f.visit_deadline
FROM family_index AS f
WHERE f.area >= %(low)s AND f.area < %(high)s
  AND (f.area, f.family_id) > (%(after_area)s, %(after_id)s)
  AND {filters}
ORDER BY f.area, f.family_id
LIMIT %(most)s
"""
FILTERS = {
    "rung": "f.rung = %(rung)s",
    "due_move": "f.due_move = %(due_move)s",
    "decile": "f.decile = %(decile)s",
    "programme": "f.programmes @> ARRAY[%(programme)s::text]",
    "waiting": "f.programmes_waiting @> ARRAY[%(waiting)s::text]",
    "needs_visit": "f.needs_visit = %(needs_visit)s",
    "months_left_at_most": "f.cap_list IS NOT NULL AND f.months_left <= %(months_left_at_most)s",
}
"""Filter of families -> its condition."""

ONE = "SELECT {columns}, t.area, t.family_id FROM {table} AS t WHERE t.{key} = %(id)s"
MEMBERS = """
SELECT {columns}, t.area, t.family_id, t.person_id FROM persons AS t
WHERE t.family_id = %(id)s ORDER BY t.birth_year NULLS LAST, t.person_id
"""
PERSON = """
SELECT {columns}, t.area, t.family_id, t.person_id FROM persons AS t WHERE t.person_id = %(id)s
"""

SEARCH = """
SELECT s.person_id, s.family_id, s.area, s.found_name AS name, s.found_year AS birth_year, s.sex,
       s.likeness, {numbers}
FROM search_persons(%(name)s, %(birth_year)s, %(low)s, %(high)s, %(most)s) AS s
CROSS JOIN LATERAL (SELECT * FROM persons WHERE person_id = s.person_id LIMIT 1) AS t
ORDER BY s.likeness DESC, s.found_name, s.person_id
"""
LOOKUP = """
SELECT t.person_id, t.family_id, t.area, t.name, t.birth_year, t.sex, NULL::real AS likeness,
       {numbers}
FROM persons AS t
WHERE t.{index} = ANY (%(blinds)s)
ORDER BY t.person_id
LIMIT 50
"""

FIGURES = "SELECT figure, key, value FROM figures WHERE area = %(area)s ORDER BY figure, key"
FIGURES_CASE = "SELECT figure, key, value FROM figures_case WHERE area = %(area)s"

# A release's tables do not change, so a row's place in its table is an order that stays.
LIST = """
SELECT {family} AS family_id, {person} AS person_id, t.area, t.ctid::text AS place, {columns}
{source} {and_} t.area >= %(low)s AND t.area < %(high)s
  AND (t.area, t.ctid) > (%(after_area)s, %(after_place)s::tid)
  AND {filters}
ORDER BY t.area, t.ctid
LIMIT %(most)s
"""
