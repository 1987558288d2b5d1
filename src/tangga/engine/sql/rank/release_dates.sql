-- One row is what rows of rankings say of their release, as they say it, and the release that it is;
-- key: source, release, released_on, as_of. `name`: its own, else its date. `number` counts the
-- releases of all sources from the oldest on; null where the rows come after the day, and are not
-- seen. `current`: it is the newest that its source has on the day.
WITH said AS (
  SELECT source, release, released_on, as_of, count(*) AS records FROM $rows GROUP BY ALL
),
named AS (
  SELECT *, coalesce(released_on, as_of) AS dated,
         coalesce(release, CAST(coalesce(released_on, as_of) AS VARCHAR), 'undated') AS name
  FROM said
),
placed AS (
  -- A row without any date is of the day of its release.
  SELECT *, coalesce(dated, min(dated) OVER (PARTITION BY name), DATE '$on') <= DATE '$on' AS seen
  FROM named
),
numbered AS (
  SELECT name, seen, coalesce(min(released_on), min(as_of)) AS on_date,
         row_number() OVER (
           PARTITION BY seen ORDER BY coalesce(min(released_on), min(as_of), DATE '$on'), name
         ) AS number
  FROM placed GROUP BY name, seen
)
SELECT p.source, p.release, p.released_on, p.as_of, p.records, p.name, n.on_date, p.seen,
       CASE WHEN p.seen THEN n.number END AS number,
       coalesce(p.seen AND n.number = max(n.number) FILTER (WHERE p.seen) OVER (PARTITION BY p.source), FALSE)
         AS current,
       dense_rank() OVER (ORDER BY p.source) AS place
FROM placed AS p JOIN numbered AS n ON p.name = n.name AND p.seen = n.seen
ORDER BY ALL
