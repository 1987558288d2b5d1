-- One row is one kind of support that runs on the day, as `budget/entitled.sql` has it, and the number
-- of months, from that of the day on, in which it goes on: until its recorded end, or the death of the
-- person, or of the last one of the family, whose support it is; key: family_id, person_id,
-- programme, component. known: since when it runs is known.
WITH support AS (
  SELECT family_id, programme, coalesce(component, '') AS component,
         CASE WHEN component IS NOT NULL OR programme IN ($of_persons) THEN person_id END
           AS person_id,
         bit_count(gives) AS past, dated
  FROM $running
),
keyed AS (SELECT *, CASE WHEN person_id IS NULL THEN family_id END AS of_all FROM support)
SELECT s.family_id, s.person_id, s.programme, s.component, bool_or(s.dated) AS known,
       max(least(s.past, CASE WHEN d.person_id IS NOT NULL THEN $died
                              WHEN g.family_id IS NOT NULL THEN $all_died END))::INTEGER AS past
FROM keyed AS s
LEFT JOIN $dead AS d ON d.person_id = s.person_id
LEFT JOIN $gone AS g ON g.family_id = s.of_all
GROUP BY s.family_id, s.person_id, s.programme, s.component
