-- One row is one family that the base release does not have, found at its first complete visit;
-- key: family_id. None where no base release was received.
SELECT min(v.on_date) AS on_date, arg_min(v.village, struct_pack(v.on_date, v.rid)) AS village,
       arg_min(v.worker, struct_pack(v.on_date, v.rid)) AS worker, TRUE AS done,
       NULL::VARCHAR AS unit, NULL::VARCHAR AS state, '' AS programme
FROM $visits AS v
JOIN $families AS f ON f.family_id = v.family_id
WHERE v.on_date IS NOT NULL AND v.result IN ($complete) AND f.base_source IS NULL
  AND EXISTS (SELECT 1 FROM $families AS b WHERE b.base_source IS NOT NULL)
GROUP BY v.family_id
