-- One row is one support that runs on the day of the run: whom it names, the days on which it still
-- runs (`runs`) and the months that it gives the clock (`gives`), as far as anybody knows; key:
-- none. A spell runs until its recorded end. Where no list came, recent payments say who receives,
-- and are taken to go on. bound: the clock can end it.
SELECT family_id, person_id, CASE WHEN person_id IS NULL THEN card END AS card, programme,
       component, valid_from IS NOT NULL AS dated, $runs AS runs, $gives AS gives,
       programme IN ($counted) AND NOT coalesce((programme, component) IN ($unbound), FALSE) AS bound
FROM $spells WHERE open
UNION ALL
SELECT DISTINCT family_id, person_id, NULL, programme, NULL, TRUE, $every, $every,
       programme IN ($counted)
FROM $payments
WHERE latest AND programme IN ($paid_only) AND coalesce(status IN ($paid), TRUE)
  AND coalesce(period_end, period_start) >= DATE '$since'
  AND coalesce(period_start, period_end) <= DATE '$on' AND coalesce(paid_on <= DATE '$on', TRUE)
