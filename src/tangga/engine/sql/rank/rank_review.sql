-- One row is one family to which the latest release that has it gives two ranks; key: family_id. A
-- rank of 0 is a family that the release has without one.
SELECT r.family_id, n.release AS decile_release, n.on_date AS decile_on, r.low AS lowest,
       r.high AS highest
FROM $ranked AS r
JOIN (SELECT DISTINCT number, release, on_date FROM $releases) AS n ON r.now = n.number
WHERE r.low <> r.high ORDER BY r.family_id
