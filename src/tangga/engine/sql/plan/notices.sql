-- One row is one letter of the register dated on or before the day, with the ids that stand today
-- for those that it names; key: number.
SELECT r.number, r.date, coalesce(f.new_id, r.family_id) AS family_id,
       coalesce(p.new_id, nullif(r.person_id, '')) AS person_id, r.move, r.takes_effect_on
FROM $register AS r
LEFT JOIN $successors AS f ON r.family_id = f.old_id
LEFT JOIN $successors AS p ON r.person_id = p.old_id
WHERE r.date <= $day
ORDER BY r.date, r.number
