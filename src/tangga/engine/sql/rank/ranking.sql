-- One row is one active family and its rank; key: family_id. Two ranks in one release are none.
WITH stood AS (
  SELECT family_id, max(number) AS last, max(number) FILTER (WHERE current) AS now
  FROM $official GROUP BY family_id
),
before AS (
  SELECT o.family_id, max(o.number) AS number FROM $official AS o JOIN stood AS s
    ON o.family_id = s.family_id AND (s.now IS NULL OR o.number < s.now)
  GROUP BY o.family_id
)
SELECT f.family_id, CASE WHEN n.low = n.high AND n.low > 0 THEN n.low END AS decile_official,
       n.release AS decile_release, NULL::BIGINT AS score, NULL::DECIMAL(9, 6) AS probability,
       NULL::INTEGER AS decile_raw, NULL::INTEGER AS decile, NULL::INTEGER AS decile_local,
       CASE WHEN n.low = n.high AND n.low > 0 THEN 'official' END AS decile_used,
       n.on_date AS decile_on,
       CASE WHEN n.low <> n.high THEN NULL WHEN n.low > 0 THEN 'ranked'
            WHEN n.low = 0 THEN 'not_ranked' END AS rank_state,
       CASE WHEN b.low = b.high AND b.low > 0 THEN b.low END AS decile_before
FROM $families AS f
LEFT JOIN stood AS s ON f.family_id = s.family_id
LEFT JOIN $official AS n ON s.family_id = n.family_id AND s.now = n.number
LEFT JOIN before AS p ON f.family_id = p.family_id
LEFT JOIN $official AS b ON p.family_id = b.family_id AND p.number = b.number
WHERE f.status = 'active'
ORDER BY f.family_id
