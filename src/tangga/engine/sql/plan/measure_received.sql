-- One row is one payment of the programmes asked for: paid, not paid, or not known; key: the payment.
SELECT coalesce(p.paid_on, p.period_end, p.period_start) AS on_date, f.village,
       NULL::VARCHAR AS worker,
       CASE WHEN p.status IN ($paid) THEN TRUE WHEN p.status IN ($failed) THEN FALSE END AS done,
       NULL::VARCHAR AS unit, NULL::VARCHAR AS state, '' AS programme
FROM $payments AS p LEFT JOIN $families AS f ON f.family_id = p.family_id
WHERE p.programme IN ($programmes) AND coalesce(p.paid_on, p.period_end, p.period_start) <= $day
