-- One row is one payment that arrived and whose amount is known, in the family's village; key: the
-- payment. What is paid within a programme that only the case team sees is not among them.
SELECT b.village AS area, p.family_id AS family, p.programme,
       CAST(year(p.period_start) AS VARCHAR) AS year, 1 AS payments, p.amount AS paid
FROM (
  SELECT family_id, programme, period_start, amount FROM $payments
  WHERE latest AND status IN ($arrived) AND amount IS NOT NULL AND period_start IS NOT NULL
    AND programme NOT IN ($hidden)
) AS p
JOIN (SELECT family_id, village FROM $families) AS b ON b.family_id = p.family_id
