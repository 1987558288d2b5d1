-- One row is one row of a release that disagrees with another, or that holds what is no decile, of
-- an active family; only of the release that has the family now. Key: source, source_id, as_of.
-- `why`: the row holds no decile (unreadable); the release gives the family several (two_ranks), or
-- one in some rows and none in others (ranked_and_not). `lowest`, `highest`: the deciles of the family
-- there; null where it has none.
WITH doubtful AS (
  SELECT h.family_id, h.number, h.low, h.high, h.blank
  FROM $family_ranks AS h JOIN $official AS o ON h.family_id = o.family_id AND h.number = o.now
  JOIN $families AS f ON h.family_id = f.family_id
  WHERE f.status = 'active' AND (h.low <> h.high OR h.low > 0 AND h.blank OR h.unread)
),
theirs AS (
  SELECT d.*, r.source, r.source_id, r.as_of, r.latest, r.decile, $said AS said, r.attached_by,
         n.name, n.on_date
  FROM doubtful AS d JOIN $rows AS r ON d.family_id = r.family_id
  JOIN $release_dates AS n ON d.number = n.number
    AND r.source = n.source AND r.release IS NOT DISTINCT FROM n.release
    AND r.released_on IS NOT DISTINCT FROM n.released_on AND r.as_of IS NOT DISTINCT FROM n.as_of
),
older AS (
  SELECT o.source, o.source_id, o.as_of FROM theirs AS o JOIN theirs AS n
    ON o.source_id = n.source_id AND o.source = n.source AND o.as_of < n.as_of
  WHERE NOT o.latest
)
SELECT family_id, name AS decile_release, on_date AS decile_on,
       CASE WHEN said IS NULL THEN 'unreadable' WHEN low <> high THEN 'two_ranks'
            ELSE 'ranked_and_not' END AS why,
       source, source_id, as_of, decile, attached_by, low AS lowest, high AS highest
FROM theirs ANTI JOIN older USING (source, source_id, as_of)
WHERE said IS NULL OR low <> high OR low > 0 AND blank
ORDER BY family_id, source, source_id, as_of
