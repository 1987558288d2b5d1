-- One row is one family of whose members any has months that count, or might; key: family_id.
-- Whose months are the family's: the larger of head's and spouse's who are not exempt; if there is
-- none such, the eldest able adult's; none: no clock runs.
WITH liable AS (SELECT * FROM $persons AS p WHERE p.exempt IS NOT TRUE AND $part),
counted AS (
  SELECT p.family_id, k.*, l.person_id IS NOT NULL AS leads
  FROM $clock AS k JOIN liable AS p ON k.person_id = p.person_id
  LEFT JOIN $leading AS l ON p.person_id = l.person_id AND p.family_id = l.family_id
),
led AS (
  SELECT family_id, max(months_counted) AS months, max(months_counted_since_start) AS since_start,
         max(months_counted + months_unsure) AS most
  FROM counted WHERE leads GROUP BY family_id
),
others AS (
  SELECT p.person_id, p.family_id, p.able, p.born, l.person_id IS NOT NULL AS leads
  FROM liable AS p
  SEMI JOIN (SELECT family_id FROM counted ANTI JOIN led USING (family_id)) AS o
    ON p.family_id = o.family_id
  LEFT JOIN $leading AS l ON p.person_id = l.person_id AND p.family_id = l.family_id
),
eldest AS (
  SELECT * FROM others ANTI JOIN (SELECT family_id FROM others WHERE leads) AS h USING (family_id)
  WHERE able
  QUALIFY row_number() OVER (PARTITION BY family_id ORDER BY born NULLS LAST, person_id) = 1
)
SELECT family_id, months AS months_protected, since_start AS months_since_start,
       most - months AS months_unsure FROM led
UNION ALL
SELECT e.family_id, k.months_counted, k.months_counted_since_start, k.months_unsure
FROM eldest AS e JOIN $clock AS k ON e.person_id = k.person_id
