-- One row is one living person on a list (a civil registry, or a source whose role is list) with the
-- family that the register has them in, and whether the register proper knows anybody of it; key: rid.
-- Whoever is in no family stands for one: `unit` is then their number, below zero.
WITH known AS (
  SELECT DISTINCT coalesce(k.unit, -s.pid - 1) AS unit, s.pid
  FROM $spine AS s LEFT JOIN $kin AS k ON s.pid = k.pid WHERE $proper
),
named AS (
  SELECT s.rid, s.pid, s.source, coalesce(k.unit, -s.pid - 1) AS unit
  FROM $spine AS s LEFT JOIN $kin AS k ON s.pid = k.pid
  LEFT JOIN $states AS r ON s.rid = r.rid
  WHERE s.source IN ($lists) AND coalesce(r.status IN ($living), TRUE)
)
SELECT n.rid, n.pid, n.source, n.unit, u.unit IS NOT NULL AS family_known, p.pid IS NOT NULL AS known
FROM named AS n LEFT JOIN (SELECT DISTINCT unit FROM known) AS u ON n.unit = u.unit
LEFT JOIN (SELECT DISTINCT pid FROM known) AS p ON n.pid = p.pid
