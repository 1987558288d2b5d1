-- One row is one family whose latest observations, one or more in a row, were above; key:
-- family_id. `above_observers`: how many different workers saw it.
SELECT o.family_id, min(o.on_date) AS above_first, max(o.on_date) AS above_last,
       count(DISTINCT o.worker) AS above_observers
FROM $observations AS o LEFT JOIN (
  SELECT family_id, max(struct_pack(on_date, rid)) AS last FROM $observations
  WHERE NOT above GROUP BY family_id
) AS below ON o.family_id = below.family_id
WHERE coalesce(struct_pack(o.on_date, o.rid) > below.last, TRUE)
GROUP BY o.family_id
