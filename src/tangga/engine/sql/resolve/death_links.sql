-- One row is one record of the civil registry of somebody dead, and one other record that is, or
-- may be, of the same person; key: registry, other.
SELECT d.rid AS registry, s.rid AS other, s.pid, TRUE AS linked
FROM $dead AS d JOIN $spine AS m ON d.rid = m.rid JOIN $spine AS s ON m.pid = s.pid AND NOT s.civil
UNION
SELECT d.rid, s.rid, s.pid, FALSE
FROM $dead AS d
JOIN (
  SELECT left_rid AS a, right_rid AS b FROM $links WHERE decision = 'review'
  UNION ALL SELECT right_rid, left_rid FROM $links WHERE decision = 'review'
) AS l ON d.rid = l.a
JOIN $spine AS m ON d.rid = m.rid
JOIN $spine AS s ON l.b = s.rid AND NOT s.civil AND s.pid <> m.pid
