-- One row is one family of the register and its smallest record key; key: grp. The key of a family
-- in which nobody has their programme family has its sign turned.
WITH programme AS (
  SELECT k.unit AS grp, min(i.grp) AS key
  FROM $kin AS k JOIN $person_ids AS i ON k.pid = i.id GROUP BY k.unit
)
SELECT grp, key FROM programme
UNION ALL
SELECT k.found_unit AS grp, -min(i.grp) AS key
FROM $kin AS k JOIN $person_ids AS i ON k.pid = i.id
ANTI JOIN programme AS p ON k.found_unit = p.grp
WHERE k.found_unit IS NOT NULL GROUP BY k.found_unit
