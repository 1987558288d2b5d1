-- One row is one record that a family's id rests on; key: rid. A family in which nobody has their
-- programme family rests on the same records with the sign turned.
WITH programme AS (SELECT DISTINCT unit FROM $kin)
SELECT s.rid, k.unit AS grp FROM $spine AS s JOIN $kin AS k ON s.pid = k.pid
UNION ALL
SELECT -s.rid, k.found_unit
FROM $spine AS s JOIN $kin AS k ON s.pid = k.pid
ANTI JOIN programme AS p ON k.found_unit = p.unit
WHERE k.found_unit IS NOT NULL
