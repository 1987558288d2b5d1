-- One row is one family of whose members any has months that count, or might; key: family_id.
-- Whose months are the family's: the larger of head's and spouse's who are not exempt; if there is
-- none such, the eldest able adult's; none: no clock runs.
WITH liable AS (
  SELECT p.family_id, p.person_id, k.months_counted AS months, k.months_unsure AS unsure,
         k.months_counted_since_start AS since_start, p.able, p.born, s.person_id IS NOT NULL AS leads
  FROM $persons AS p SEMI JOIN $reached AS r ON p.family_id = r.family_id
  LEFT JOIN $clock AS k ON p.person_id = k.person_id
  LEFT JOIN $leading AS s ON p.person_id = s.person_id AND p.family_id = s.family_id
  WHERE p.exempt IS NOT TRUE
),
whose AS (
  SELECT * FROM liable WHERE leads
  UNION ALL
  SELECT * FROM (
    SELECT * FROM liable AS l ANTI JOIN (SELECT family_id FROM liable WHERE leads) AS h
      ON l.family_id = h.family_id
    WHERE able
    QUALIFY row_number() OVER (PARTITION BY family_id ORDER BY born NULLS LAST, person_id) = 1
  )
)
SELECT family_id, max(coalesce(months, 0)) AS months_protected,
       max(coalesce(since_start, 0)) AS months_since_start,
       max(coalesce(months, 0) + coalesce(unsure, 0)) - max(coalesce(months, 0)) AS months_unsure
FROM whose GROUP BY family_id ORDER BY family_id
