-- One row is one family in a release in force, or in the one before it, with its rank in both as
-- codes; key: family_id. Whoever is in none in force is compared by the newest pair that it left.
SELECT o.family_id, p.now, p.before, o.code,
       coalesce(list_max(list_filter(o.ranks, lambda r: r // 100 = p.before)) % 100, $absent)
         AS code_before
FROM $official AS o JOIN $pairs AS p ON o.now = p.now
UNION ALL
SELECT family_id, pair.now, pair.before, $absent, pair.code FROM (
  SELECT o.family_id, max({'now': p.now, 'before': p.before, 'code': r.rank % 100}) AS pair
  FROM (SELECT * FROM $official WHERE now IS NULL) AS o, unnest(o.ranks) AS r(rank)
  JOIN $pairs AS p ON r.rank // 100 = p.before
  GROUP BY o.family_id
)
