-- One row: a family that is planned for, with what its state consists of. Key: family_id.
-- kind: protected (nobody must climb), not_known (whether anybody must), held (all who must are held
-- by rehabilitation), mixed (beside somebody exempt), able. support: rupiah a year that it receives.
WITH people AS (
    SELECT
        family_id,
        count(*) FILTER (WHERE must_climb AND NOT coalesce($held, FALSE)) AS free,
        count(*) FILTER (WHERE exempt) AS exempt
    FROM $person_facts
    GROUP BY family_id
),
support AS (
    SELECT b.family_id, CAST(sum(b.amount) AS BIGINT) AS support
    FROM $benefits AS b
    JOIN $determined AS d
      ON d.family_id = b.family_id AND d.programme = b.programme
     AND d.person_id IS NOT DISTINCT FROM b.person_id
    GROUP BY b.family_id
),
persons AS (
    SELECT family_id$may_of_persons
    FROM $person_verdicts
    GROUP BY family_id
)
SELECT
    f.family_id,
    CASE WHEN length(f.village) >= $digits THEN left(f.village, $digits) END AS area,
    f.rung,
    f.months_protected,
    f.decile,
    CASE
        WHEN f.must_climb_adults_hi = 0 THEN 'protected'
        WHEN f.must_climb_adults_lo IS NULL OR f.must_climb_adults_lo = 0 THEN 'not_known'
        WHEN coalesce(p.free, 0) = 0 THEN 'held'
        WHEN p.exempt > 0 THEN 'mixed'
        ELSE 'able'
    END AS kind,
    coalesce(f.has_place, FALSE) AS placed,
    coalesce(s.support, 0) AS support$columns
FROM $facts AS f
LEFT JOIN people AS p ON p.family_id = f.family_id
LEFT JOIN support AS s ON s.family_id = f.family_id
LEFT JOIN $verdicts AS v ON v.family_id = f.family_id
LEFT JOIN persons AS q ON q.family_id = f.family_id
WHERE f.rung IN ($in_care)
ORDER BY f.family_id
