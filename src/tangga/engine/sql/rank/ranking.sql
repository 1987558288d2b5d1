-- One row is one active family and its rank; key: family_id. Two ranks in one release are none.
SELECT f.family_id, $decile AS decile_official,
       n.name AS decile_release, m.score, m.probability, m.decile_raw, m.decile, m.decile_local,
       CASE WHEN $decile IS NOT NULL THEN 'official'
            WHEN m.decile IS NOT NULL THEN 'indicative' END AS decile_used,
       CASE WHEN $decile IS NULL AND m.decile IS NOT NULL THEN m.decile_on ELSE n.on_date END
         AS decile_on,
       CASE WHEN $decile IS NULL AND m.decile IS NOT NULL THEN 'ranked' ELSE $state END
         AS rank_state,
       CASE WHEN $decile IS NULL AND m.decile IS NOT NULL THEN m.decile_before
            ELSE $decile_before END AS decile_before,
       m.probability_poorest, m.poor_now, m.poor_within_year, m.falls, m.people
FROM $families AS f LEFT JOIN $official AS o ON f.family_id = o.family_id
LEFT JOIN (SELECT DISTINCT number, name, on_date FROM $release_dates) AS n ON o.now = n.number
LEFT JOIN $model AS m ON f.family_id = m.family_id
WHERE f.status = 'active' AND $part
