-- One row is one person; key: person_id. `status`: dead also where exact evidence of a civil registry
-- says so, unless a record of that day or later says that the person lives. `death_date`: the day of
-- the death as far as anything says it: the register, the event, the registry's record.
WITH told AS (
  SELECT person_id, max(on_date) FILTER (WHERE event = 'death') AS died_on,
         max(on_date) FILTER (WHERE event = 'restored') AS restored_on
  FROM $events WHERE event IN ('death', 'restored') GROUP BY person_id
),
registry AS (
  SELECT person_id, min(death_date) AS death_date FROM $deaths GROUP BY person_id
)
SELECT p.person_id, p.family_id, p.nik,
       CASE WHEN d.person_id IS NOT NULL AND NOT coalesce(e.restored_on >= d.death_date, FALSE)
         THEN 'dead' ELSE p.status END AS status,
       coalesce(p.death_date, e.died_on, d.death_date) AS death_date
FROM $persons AS p
LEFT JOIN told AS e ON e.person_id = p.person_id
LEFT JOIN registry AS d ON d.person_id = p.person_id
