"""What the search asks of the register. Rows outside the viewer's area do not exist for it."""

from __future__ import annotations

BY_NUMBER = """
SELECT DISTINCT family_id, person_id, area FROM (
    SELECT family_id, person_id, area FROM persons WHERE nik_index = ANY (%(blind)s)
    UNION ALL
    SELECT family_id, NULL, area FROM families WHERE kk_index = ANY (%(blind)s)
    UNION ALL
    SELECT family_id, NULL, area FROM persons WHERE kk_index = ANY (%(blind)s)
) AS found
ORDER BY family_id, person_id NULLS LAST
LIMIT 50
"""
"""Whoever bears a number, and the family of a card: by its blind index alone."""

PEOPLE = """
SELECT p.person_id, p.family_id, p.area, p.name AS found_name, p.birth_year AS found_year,
       p.status, NULL::text AS way, f.head_name, f.rung, f.decile
FROM (
    SELECT unnest(%(people)s::text[]) AS person_id
    UNION
    SELECT person_id FROM persons WHERE family_id = ANY (%(families)s::text[])
) AS wanted
-- One by one, by their keys: PostgreSQL cannot guess how many rows an area holds, and reads all.
CROSS JOIN LATERAL (SELECT * FROM person_index WHERE person_id = wanted.person_id LIMIT 1) AS p
LEFT JOIN LATERAL (
    SELECT head_name, rung, decile FROM family_index WHERE family_id = p.family_id LIMIT 1
) AS f ON true
ORDER BY p.area, p.name, p.person_id LIMIT 200
"""
"""Who they are, where a number leads to more than one family."""

BY_NAME = """
SELECT s.person_id, s.family_id, s.area, s.found_name, s.found_year, s.status, s.way,
       f.head_name, f.rung, f.decile
FROM (
    SELECT *, row_number() OVER (
        ORDER BY array_position(%(ways)s, way), likeness DESC, found_name, person_id
    ) AS place
    FROM search_persons(%(name)s, %(year)s, %(area_from)s, %(area_to)s, %(most)s)
) AS s
LEFT JOIN LATERAL (
    -- Family by family: PostgreSQL cannot guess how many rows an area holds, and would read all.
    -- Only of the page that is shown: two hundred families cost as much as the search itself.
    SELECT head_name, rung, decile FROM family_index
    WHERE family_id = s.family_id AND s.place > %(after)s AND s.place <= %(until)s LIMIT 1
) AS f ON true
ORDER BY s.place
"""
"""Names like one, the most alike first; of those after..until also how their family stands."""
