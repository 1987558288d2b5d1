-- One row is one row of a release seen by the day that speaks of no active family of the register;
-- key: source, source_id, as_of. `why`: nothing that it names is in the register (not_found), or is
-- there more than once (ambiguous), or nobody of the family is left (ended).
WITH ended AS (SELECT family_id FROM $families WHERE status <> 'active'),
theirs AS (
  SELECT r.source, r.source_id, r.as_of, r.latest, n.name AS release, n.on_date AS released_on,
         n.current AS in_force, r.decile, CASE WHEN e.family_id IS NOT NULL THEN 'ended'
           WHEN r.attached_by = 'ambiguous' THEN 'ambiguous' ELSE 'not_found' END AS why,
         r.nik, r.kk, r.name, r.family_source_id, r.family_id
  FROM $rows AS r LEFT JOIN ended AS e ON r.family_id = e.family_id
  JOIN $release_dates AS n
    ON r.source = n.source AND r.release IS NOT DISTINCT FROM n.release
    AND r.released_on IS NOT DISTINCT FROM n.released_on AND r.as_of IS NOT DISTINCT FROM n.as_of
  WHERE n.seen AND (r.family_id IS NULL OR e.family_id IS NOT NULL)
),
older AS (
  SELECT o.source, o.source_id, o.as_of FROM theirs AS o JOIN theirs AS n
    ON o.source_id = n.source_id AND o.source = n.source AND o.release = n.release
    AND o.as_of < n.as_of
  WHERE NOT o.latest
)
SELECT * EXCLUDE (latest) FROM theirs ANTI JOIN older USING (source, source_id, as_of)
ORDER BY released_on DESC, source, source_id, as_of
