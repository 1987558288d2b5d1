-- One row is one recorded end: of a spell of support, or with a move on the ladder. Key: source,
-- source_id.
SELECT family_id, person_id, programme, exit, valid_to AS on_date, source, source_id
FROM $spells WHERE exit IS NOT NULL
UNION ALL
SELECT family_id, person_id, NULL, exit, on_date, source, source_id
FROM $events WHERE exit IS NOT NULL
ORDER BY family_id, on_date, source, source_id
