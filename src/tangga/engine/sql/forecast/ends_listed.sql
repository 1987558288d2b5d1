-- One row is one person and component of a programme that runs for their family, which ends within the
-- forecast; key: person_id, programme, component. unsure_after_months: where it
-- may have ended before, the first month in which it is not sure.
SELECT e.family_id, f.village, e.person_id, e.programme, e.component, e.ends_on,
       e.at_last AS ends_after_months,
       CASE WHEN e.surely IS DISTINCT FROM e.at_last THEN e.surely END AS unsure_after_months
FROM $ends AS e JOIN $families AS f ON e.family_id = f.family_id
WHERE $inside
ORDER BY e.family_id, e.person_id, e.programme, e.component
