-- One row is one family and person who receive a programme on the day; key: none. Where a
-- programme's list of enrolments was not received, its recent payments say it. `bound`: the clock
-- ends it.
SELECT family_id, person_id, programme, valid_from,
       programme IN ($programmes) AND NOT coalesce((programme, component) IN ($unbound), FALSE) AS bound
FROM $spells WHERE open
UNION ALL
SELECT family_id, person_id, programme, NULL, programme IN ($programmes) FROM $payments
WHERE latest AND programme IN ($paid_only) AND coalesce(status IN ($paid), TRUE)
  AND coalesce(period_end, period_start) >= DATE '$since'
  AND coalesce(period_start, period_end) <= DATE '$on' AND coalesce(paid_on <= DATE '$on', TRUE)
