-- One row is one enrolment (what = 0), payment (1) or failed payment (2) in a programme that
-- counts, and the months that it covers: from `first` to before `past`. Key: none.
SELECT family_id, person_id, CASE WHEN person_id IS NULL THEN card END AS card, programme,
       0 AS what, $spell_first AS first, least($spell_past, $now + 1) AS past
FROM $spells
WHERE programme IN ($programmes) AND valid_from IS NOT NULL AND (valid_to IS NOT NULL OR open)
UNION ALL
SELECT family_id, person_id, CASE WHEN person_id IS NULL THEN kk END, programme,
       CASE WHEN status IN ($failed) THEN 2 ELSE 1 END, $payment_first,
       least($payment_last + 1, $now + 1)
FROM $payments
WHERE latest AND programme IN ($programmes) AND coalesce(status IN ($paid, $failed), TRUE)
  AND coalesce(paid_on <= DATE '$on', TRUE) AND coalesce(period_start, period_end) <= DATE '$on'
