-- One row is one living member of a family concerned, the months of support that they have, and
-- those to come that surely count for them, and possibly; key: person_id.
SELECT $kept, coalesce(h.months_counted, 0) AS months_had, coalesce(h.months_unsure, 0) AS months_more,
       $sure AS sure_ahead, $possible AS possible_ahead
FROM $people AS d
LEFT JOIN $history AS h ON d.person_id = h.person_id
LEFT JOIN $reached AS r ON d.person_id = r.person_id
LEFT JOIN $cases AS c ON d.person_id = c.person_id
