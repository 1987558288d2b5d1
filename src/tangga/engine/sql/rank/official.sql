-- One row is one family in one official release as of the day; key: family_id, number. `number`
-- counts the releases from the oldest on. `current`: the release is the latest of a source that
-- holds the family. low, high: the ranks given, 0 where the release has the family without one.
WITH received AS ($rows),
named AS (
  SELECT *, coalesce(release, CAST(on_date AS VARCHAR)) AS name FROM received
  WHERE on_date <= DATE '$on'
),
releases AS (
  SELECT name, coalesce(min(released_on), min(on_date)) AS first_on,
         row_number() OVER (ORDER BY coalesce(min(released_on), min(on_date)), name) AS number
  FROM named GROUP BY name
),
dated AS (
  SELECT n.family_id, n.source, n.decile, r.number, r.first_on, n.release, n.source_id,
         n.as_of, n.latest
  FROM named AS n JOIN releases AS r ON n.name = r.name
),
latest AS (SELECT source, max(number) AS number FROM dated GROUP BY source),
standing AS (
  SELECT * FROM dated ANTI JOIN (
    SELECT old.source, old.source_id, old.number, old.as_of FROM dated AS old JOIN dated AS newer
      ON old.source = newer.source AND old.source_id = newer.source_id
      AND old.number = newer.number AND old.as_of < newer.as_of
    WHERE NOT old.latest
  ) AS superseded USING (source, source_id, number, as_of)
)
SELECT s.family_id, s.number, min(s.release) AS release, min(s.first_on) AS on_date,
       bool_or(s.number = l.number) AS current, min(coalesce(s.decile, 0)) AS low,
       max(coalesce(s.decile, 0)) AS high
FROM standing AS s JOIN latest AS l ON s.source = l.source
WHERE s.family_id IS NOT NULL GROUP BY s.family_id, s.number
