-- One row is support that runs although the rule of the day says that it does not fit (received
-- outside the rule): a list for checking, which ends nothing; key: programme, family_id, person_id.
SELECT d.programme, d.family_id, d.person_id, f.village, d.document, d.determined_on, d.valid_from,
       s.since
FROM $determined AS d
JOIN $misfits AS m
  ON m.programme = d.programme AND m.family_id = d.family_id
  AND m.person_id IS NOT DISTINCT FROM d.person_id
JOIN $facts AS f ON f.family_id = d.family_id
JOIN $since AS s
  ON s.what = 'mismatch/' || d.programme AND s.subject = coalesce(d.person_id, d.family_id)
ORDER BY f.village, d.family_id, d.programme, d.person_id
