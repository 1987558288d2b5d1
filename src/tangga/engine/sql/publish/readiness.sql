-- One row is one family and one measure of how ready its data are; key: family, measure.
SELECT b.village AS area, r.family_id AS family, m.measure,
       CASE m.answer WHEN TRUE THEN 'ready' WHEN FALSE THEN 'not_ready' ELSE 'not_known' END AS state,
       1 AS families
FROM (SELECT family_id FROM $facts) AS f
JOIN (SELECT family_id, fresh, matched >= persons AS matched FROM $family_readiness) AS r
  ON r.family_id = f.family_id
JOIN (SELECT family_id, village FROM $families) AS b ON b.family_id = f.family_id,
LATERAL (SELECT unnest(['fresh', 'matched']) AS measure, unnest([r.fresh, r.matched]) AS answer) AS m
