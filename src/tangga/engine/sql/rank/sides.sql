-- One row is one family in either release of a pair, with its rank in both as codes; key: family_id. Of
-- several pairs (a source has releases of its own) the newest one counts that still has the family.
WITH sides AS (
  SELECT now, before, now AS number, TRUE AS is_now FROM $pairs
  UNION ALL SELECT now, before, before, FALSE FROM $pairs
),
both_sides AS (
  SELECT h.family_id, s.now, s.before, coalesce(max($code) FILTER (WHERE s.is_now), $absent) AS code,
         coalesce(max($code) FILTER (WHERE NOT s.is_now), $absent) AS code_before
  FROM $history AS h JOIN sides AS s ON h.number = s.number
  GROUP BY h.family_id, s.now, s.before
),
best AS (
  SELECT family_id, max({
    'there': code <> $absent, 'now': now, 'before': before, 'code': code, 'code_before': code_before
  }) AS pair
  FROM both_sides GROUP BY family_id
)
SELECT family_id, pair.now AS now, pair.before AS before, pair.code AS code,
       pair.code_before AS code_before
FROM best
