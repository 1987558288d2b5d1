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
FROM search_persons(%(name)s, %(year)s, %(area_from)s, %(area_to)s, %(most)s) AS s
LEFT JOIN LATERAL (
    -- Family by family: PostgreSQL cannot guess how many rows an area holds, and would read all.
    SELECT head_name, rung, decile FROM family_index WHERE family_id = s.family_id LIMIT 1
) AS f ON true
ORDER BY array_position(%(ways)s, s.way), s.likeness DESC, s.found_name, s.person_id
"""
"""Names like one, the most alike first."""
