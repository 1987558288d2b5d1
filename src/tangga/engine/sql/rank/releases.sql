-- One row is one official release of one source as of the day; key: source, name. `number` counts
-- the releases of all sources from the oldest on; the source's latest is `current`.
WITH named AS (
  SELECT source, coalesce(release, CAST(coalesce(released_on, as_of) AS VARCHAR)) AS name, release,
         min(released_on) AS released_on, min(as_of) AS as_of
  FROM $rows WHERE coalesce(released_on, as_of) <= DATE '$on' GROUP BY ALL
),
numbered AS (
  SELECT name, coalesce(min(released_on), min(as_of)) AS on_date,
         row_number() OVER (ORDER BY coalesce(min(released_on), min(as_of)), name) AS number
  FROM named GROUP BY name
)
SELECT DISTINCT n.source, n.name, n.release, u.on_date, u.number,
       u.number = max(u.number) OVER (PARTITION BY n.source) AS current
FROM named AS n JOIN numbered AS u ON n.name = u.name
