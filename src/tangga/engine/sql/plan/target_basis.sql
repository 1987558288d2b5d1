-- One row is one area in which families of the register live, at every level: what targets rest on.
-- Key: level, area.
WITH villages AS (
  SELECT coalesce(village, '') AS village, count(*) AS families FROM $facts GROUP BY 1
),
cared AS (
  SELECT coalesce(village, '') AS village, count(*) FILTER (WHERE in_care) AS in_care,
         count(*) FILTER (WHERE graduable) AS graduable,
         count(*) FILTER (WHERE in_care AND graduable IS NULL) AS graduable_not_known
  FROM $care GROUP BY 1
),
levels AS (
  SELECT unnest($levels) AS place, families, coalesce(in_care, 0) AS in_care,
         coalesce(graduable, 0) AS graduable, coalesce(graduable_not_known, 0) AS graduable_not_known
  FROM (SELECT * FROM villages LEFT JOIN cared USING (village))
)
SELECT place.level AS level, place.area AS area, CAST(sum(families) AS BIGINT) AS families,
       CAST(sum(in_care) AS BIGINT) AS in_care, CAST(sum(graduable) AS BIGINT) AS graduable,
       CAST(sum(graduable_not_known) AS BIGINT) AS graduable_not_known
FROM levels GROUP BY 1, 2 ORDER BY area, level
