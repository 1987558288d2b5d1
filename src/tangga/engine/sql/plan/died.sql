-- One row is one person; `death_date` is the day of the death as far as anything says it: the
-- register, the event, the registry's record; key: person_id.
SELECT p.person_id, p.family_id, p.status, p.nik,
       coalesce(p.death_date, e.on_date, d.death_date) AS death_date
FROM $persons AS p
LEFT JOIN (SELECT person_id, max(on_date) AS on_date FROM $events
           WHERE event = 'death' GROUP BY person_id) AS e ON e.person_id = p.person_id
LEFT JOIN (SELECT person_id, min(death_date) AS death_date FROM $deaths GROUP BY person_id) AS d
  ON d.person_id = p.person_id
