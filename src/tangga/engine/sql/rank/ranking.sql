-- One row is one active family and its rank; key: family_id. Two ranks in one release are none.
SELECT f.family_id, CASE WHEN r.low = r.high AND r.low > 0 THEN r.low END::INTEGER
         AS decile_official,
       n.release AS decile_release, NULL::BIGINT AS score, NULL::DECIMAL(9, 6) AS probability,
       NULL::INTEGER AS decile_raw, NULL::INTEGER AS decile, NULL::INTEGER AS decile_local,
       CASE WHEN r.low = r.high AND r.low > 0 THEN 'official' END AS decile_used,
       n.on_date AS decile_on,
       CASE WHEN r.low <> r.high THEN NULL WHEN r.low > 0 THEN 'ranked'
            WHEN r.low = 0 THEN 'not_ranked' END AS rank_state,
       CASE WHEN r.low_before = r.high_before AND r.low_before > 0 THEN r.low_before END::INTEGER
         AS decile_before
FROM $families AS f LEFT JOIN $ranked AS r ON f.family_id = r.family_id
LEFT JOIN (SELECT DISTINCT number, release, on_date FROM $releases) AS n ON r.now = n.number
WHERE f.status = 'active'
