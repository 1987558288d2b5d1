-- One row is one family and every rank that releases give it; key: family_id. A rank is written as
-- number of the release * 100 + decile, 0 where the release has the family without one. `now`: the
-- number of the latest release that is still the newest of its source.
WITH ranked AS (
  SELECT r.family_id, r.source, r.source_id, r.as_of, r.latest, r.name, n.number, n.current,
         n.number * 100 + coalesce(r.decile, 0) AS rank
  FROM (
    SELECT *, coalesce(release, CAST(coalesce(released_on, as_of) AS VARCHAR)) AS name
    FROM $rows WHERE coalesce(released_on, as_of) <= DATE '$on' AND family_id IS NOT NULL
  ) AS r JOIN $releases AS n ON r.source = n.source AND r.name = n.name
),
superseded AS (
  SELECT DISTINCT old.source, old.source_id, old.name, old.as_of
  FROM (SELECT * FROM ranked WHERE NOT latest) AS old JOIN ranked AS newer
    ON old.source_id = newer.source_id AND old.source = newer.source AND old.name = newer.name
    AND old.as_of < newer.as_of
)
SELECT family_id, list(rank) AS ranks, max(number) FILTER (WHERE current) AS now
FROM ranked ANTI JOIN superseded USING (source, source_id, name, as_of)
GROUP BY family_id
