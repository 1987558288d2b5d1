-- One row is one cell and how many of its families a programme that pays by member runs for, with
-- room for a newborn within its limits; key: cell.
SELECT c.cell, count(*) AS families
FROM $cells AS c
JOIN (SELECT DISTINCT family_id FROM $running WHERE programme = '$programme') AS r
  ON c.family_id = r.family_id
LEFT JOIN (
  SELECT family_id, count(*) AS members, count(*) FILTER (component IN ($children)) AS children,
         count(*) FILTER (component = '$own') AS own
  FROM $components WHERE counted AND programme = '$programme' GROUP BY family_id
) AS n ON c.family_id = n.family_id
WHERE coalesce(n.members, 0) <= $room_members AND coalesce(n.children, 0) <= $room_children
  AND coalesce(n.own, 0) <= $room_own
GROUP BY c.cell ORDER BY c.cell
