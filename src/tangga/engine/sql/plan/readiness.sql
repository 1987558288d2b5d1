-- One row is one village, or its places that are no village, or families of an unknown village; key:
-- village, place. Of each measure there is who has it and of how many (`persons` or `families`);
-- NULL: nothing was received by which it could be measured. never_seen: families about whom there
-- are no facts at all, which are not fresh. recipients: families that lists of recipients name, and
-- rows of those lists that no family was found for, under the village that they name.
-- ready: every threshold is met; NULL: none is missed, but not all could be measured.
WITH counted AS (
  SELECT village, place, count(*) AS families, CAST(sum(persons) AS BIGINT) AS persons,
         CAST(sum(matched) AS BIGINT) AS matched,
         CAST(sum(in_review) AS BIGINT) AS in_review,
         count(*) FILTER (WHERE fresh) AS fresh, count(*) FILTER (WHERE seen_on IS NULL) AS never_seen,
         count(*) FILTER (WHERE ranked) AS ranked
  FROM $families GROUP BY village, place
),
found AS (
  SELECT f.village, f.place, count(*) AS recipients
  FROM (SELECT DISTINCT family_id FROM $recipients WHERE family_id IS NOT NULL) AS r
  JOIN $families AS f ON r.family_id = f.family_id GROUP BY f.village, f.place
),
lost AS (
  SELECT village, CASE WHEN len(village) >= $letters THEN 'village' ELSE 'unknown' END AS place,
         count(DISTINCT coalesce(nik, kk, source || ' ' || source_id)) AS recipients
  FROM $recipients WHERE family_id IS NULL GROUP BY village
),
places AS (
  SELECT village, place FROM counted UNION SELECT village, place FROM lost
),
measured AS (
  SELECT p.village, p.place, coalesce(c.families, 0) AS families,
         coalesce(c.persons, 0) AS persons,
         CASE WHEN $has_registry THEN coalesce(c.matched, 0) END AS matched,
         CASE WHEN $has_facts THEN coalesce(c.fresh, 0) END AS fresh,
         CASE WHEN $has_facts THEN coalesce(c.never_seen, 0) END AS never_seen,
         CASE WHEN $has_links THEN coalesce(c.in_review, 0) END AS duplicates_open,
         CASE WHEN $has_ranks THEN coalesce(c.ranked, 0) END AS ranked,
         CASE WHEN $has_recipients THEN coalesce(f.recipients, 0) + coalesce(l.recipients, 0) END
           AS recipients,
         CASE WHEN $has_recipients THEN coalesce(f.recipients, 0) END AS recipients_matched
  FROM places AS p
  LEFT JOIN counted AS c ON p.village IS NOT DISTINCT FROM c.village AND p.place = c.place
  LEFT JOIN found AS f ON p.village IS NOT DISTINCT FROM f.village AND p.place = f.place
  LEFT JOIN lost AS l ON p.village IS NOT DISTINCT FROM l.village AND p.place = l.place
)
SELECT *, CASE WHEN families > 0 THEN $ready END AS ready
FROM measured ORDER BY village NULLS LAST, place
