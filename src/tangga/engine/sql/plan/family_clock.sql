-- One row is one family of whose members any has months that count, or might; key: family_id.
-- Whose months are the family's: the larger of head's and spouse's who are not exempt; if there is
-- none such, the eldest able adult's; none: no clock runs.
WITH liable AS (
  SELECT p.family_id, p.person_id, p.able, p.born, coalesce(k.months_counted, 0) AS months,
         coalesce(k.months_unsure, 0) AS unsure,
         coalesce(k.months_counted_since_start, 0) AS since_start
  FROM $persons AS p LEFT JOIN $clock AS k ON p.person_id = k.person_id
  WHERE p.exempt IS NOT TRUE AND $part
),
led AS (
  SELECT DISTINCT l.* FROM liable AS l
  JOIN $leading AS s ON l.person_id = s.person_id AND l.family_id = s.family_id
),
alone AS (
  SELECT * FROM liable ANTI JOIN led USING (family_id) WHERE able
  QUALIFY row_number() OVER (PARTITION BY family_id ORDER BY born NULLS LAST, person_id) = 1
)
SELECT family_id, max(months) AS months_protected, max(since_start) AS months_since_start,
       max(months + unsure) - max(months) AS months_unsure
FROM (SELECT * FROM led UNION ALL SELECT * FROM alone)
GROUP BY family_id HAVING max(months + unsure) > 0
