-- One row is one source record and where it belongs; key: source, source_id (and rid).
SELECT source, source_id, $person_id AS person_id, $family_id AS family_id, rid
FROM (
  SELECT r.source, r.source_id, s.pid, f.id AS fid, r.rid
  FROM $records AS r JOIN $spine AS s ON r.rid = s.rid
  LEFT JOIN $kin AS k ON s.pid = k.pid
  LEFT JOIN $family_ids AS f ON k.unit = f.grp
  WHERE r.latest AND $part
  ORDER BY s.pid, r.rid
)
