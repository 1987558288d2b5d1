-- One row is one family (or person in none) on a list of whom the register proper knows nobody: to
-- look for, never added by itself; key: source, family_id, person_id. `cards`, `source_ids`: as the
-- list has them. `name`: whom the list names first. `in_review`: how many of them a clerk may still
-- find to be in the register, under links that wait.
WITH lacking AS (SELECT * FROM $listed_families WHERE NOT known),
theirs AS (
  SELECT m.source, m.unit, l.rid, l.pid, s.relation, r.source_id, r.name, r.kk AS card,
         q.rid IS NOT NULL AS in_review
  FROM lacking AS m JOIN $listed AS l ON m.source = l.source AND m.unit = l.unit
  JOIN $records AS r ON l.rid = r.rid JOIN $spine AS s ON l.rid = s.rid LEFT JOIN $waiting AS q ON l.rid = q.rid
),
told AS (
  SELECT source, unit, arg_min(name, {'unsaid': relation = 0, 'relation': relation, 'rid': rid}) AS name,
         count(DISTINCT pid) FILTER (WHERE in_review) AS in_review,
         string_agg(DISTINCT card, ', ' ORDER BY card) AS cards,
         string_agg(source_id, ', ' ORDER BY source_id) AS source_ids
  FROM theirs GROUP BY source, unit
)
SELECT m.source, m.village, m.family_id, $person_id AS person_id, t.name, t.cards,
       m.persons AS persons, t.in_review, t.source_ids
FROM lacking AS m JOIN told AS t ON m.source = t.source AND m.unit = t.unit
ORDER BY m.source, m.village NULLS LAST, m.family_id NULLS LAST, m.pid
