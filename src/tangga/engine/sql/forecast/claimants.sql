-- One row is one living member of a family concerned who leads it, or is able in some month: since
-- when they have so many months, and the months in which they are not exempt, and able; key:
-- person_id. Nobody else's months can be the family's.
SELECT d.person_id, d.family_id, d.born_hi AS born, l.person_id IS NOT NULL AS leads,
       $liable AS liable, $able & $liable AS able, $reached
FROM $counted AS d
LEFT JOIN $leading AS l ON d.person_id = l.person_id AND d.family_id = l.family_id
WHERE l.person_id IS NOT NULL OR ($able) <> 0
