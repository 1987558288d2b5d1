-- One row is one active family without an official decile, so that these and the ranked make
-- `ranking`; key: family_id. `why`: nobody is considered for support through it (not_programme); no release by the day has it (never), its source's newest one no longer does
-- (dropped), has it without a decile (not_ranked), with two (two_ranks), with one in some rows and
-- none in others (ranked_and_not), or with what is no decile (unreadable). `decile_last`, `release_last`: what it had last.
WITH last_one AS (
  SELECT family_id, max({'number': number, 'decile': decile, 'release': release})
           FILTER (WHERE decile IS NOT NULL) AS known
  FROM $history GROUP BY family_id
)
SELECT r.family_id, f.village,
       CASE WHEN r.family_id NOT IN (SELECT family_id FROM $persons WHERE family_id IS NOT NULL)
              THEN 'not_programme'
            WHEN r.rank_state IS NOT NULL THEN r.rank_state
            WHEN h.family_id IS NULL THEN 'never' ELSE 'dropped' END AS why,
       r.decile_release AS release, h.known.decile AS decile_last, h.known.release AS release_last
FROM $ranking AS r JOIN $families AS f ON r.family_id = f.family_id
LEFT JOIN last_one AS h ON r.family_id = h.family_id
WHERE r.decile_official IS NULL
ORDER BY f.village NULLS LAST, r.family_id
