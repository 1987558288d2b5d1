-- One row is one list and village; key: source, village. `listed`: families that the list has there;
-- `found`: of these, the register proper knows somebody (`found_in_part`: not all); `lacking`: the
-- others. `registered`: families that the register proper has there. `estimate`, `standard_error`:
-- how many families there are, on either or on none; null where too few are on both.
WITH of_list AS (
  SELECT source, village, count(*) AS listed, count(*) FILTER (WHERE known) AS found,
         count(*) FILTER (WHERE known AND persons_lacking > 0) AS found_in_part
  FROM $listed_families GROUP BY source, village
),
of_register AS (
  SELECT village, count(*) AS registered FROM $registered GROUP BY village
),
sources AS (SELECT DISTINCT source FROM of_list),
every_place AS (
  SELECT source, village FROM of_list
  UNION SELECT s.source, r.village FROM sources AS s, of_register AS r
),
counted AS (
  SELECT p.source, p.village, coalesce(l.listed, 0) AS listed, coalesce(l.found, 0) AS found,
         coalesce(l.found_in_part, 0) AS found_in_part, coalesce(r.registered, 0) AS registered
  FROM every_place AS p
  LEFT JOIN of_list AS l ON p.source = l.source AND p.village IS NOT DISTINCT FROM l.village
  LEFT JOIN of_register AS r ON p.village IS NOT DISTINCT FROM r.village
)
SELECT source, village, listed, found, found_in_part, listed - found AS lacking,
       CASE WHEN listed > 0 THEN round((listed - found) / listed, 4)::DECIMAL(5, 4) END
         AS share_lacking,
       registered, $estimate AS estimate, $standard_error AS standard_error,
       $estimate - registered AS estimated_lacking
FROM counted
ORDER BY source, village NULLS LAST
