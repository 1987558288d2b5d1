-- One row is one family concerned: its facts of the day of the run, and the sets of months that move
-- (of its members, its clock, its support); key: family_id.
SELECT f.*, g.* EXCLUDE (family_id)$clock$sets
FROM (SELECT * FROM $facts SEMI JOIN $concerned USING (family_id)) AS f
LEFT JOIN (SELECT m.family_id$members FROM $people AS m GROUP BY m.family_id) AS g
  ON f.family_id = g.family_id
LEFT JOIN $caps AS k ON f.family_id = k.family_id
LEFT JOIN $support AS s ON f.family_id = s.family_id
