-- One row is a family that has collected as many months as the cap allows, with somebody who is
-- surely not exempt, without an extension that runs: it waits for a dated decision, and its support
-- continues meanwhile; key: family_id.
SELECT f.family_id, f.village, f.rung, f.months_protected, s.since, f.has_place AS place,
       f.extended_until AS extended_before, d.move
FROM $facts AS f
JOIN $since AS s ON s.what = 'cap_queue' AND s.subject = f.family_id
LEFT JOIN (SELECT family_id, move FROM $due WHERE person_id IS NULL AND under_cap) AS d
  ON d.family_id = f.family_id
ORDER BY f.months_protected DESC, s.since, f.family_id
