-- One row is one person: since when the register has seen them, and the months at whose first day
-- they are of an age to collect, surely (sure_first to before sure_past) and possibly. Key:
-- person_id. Without a birth date every month is possible and none is sure.
SELECT person_id, valid_from AS first_seen, status <> 'dead' AS alive,
       coalesce($at_school, FALSE) AS at_school, $sure_first AS sure_first, $sure_past AS sure_past,
       $possible_first AS possible_first, $possible_past AS possible_past
FROM (SELECT *, $earliest AS earliest, $latest AS latest FROM $persons)
