-- One row is one family and the months in which its clock has reached a number of months: surely,
-- and possibly; key: family_id. Whose months they are is asked anew each month: the larger of
-- head's and spouse's who are not exempt then; if there is none such, the eldest able adult's.
WITH led AS (
  SELECT family_id, bit_or(liable) AS liable, $led FROM $claimants WHERE leads GROUP BY family_id
),
others AS (
  SELECT c.*, c.able & ~coalesce(l.liable, 0) AS free,
         bit_or(c.able & ~coalesce(l.liable, 0)) OVER (
           PARTITION BY c.family_id ORDER BY c.born NULLS LAST, c.person_id
           ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING
         ) AS elder
  FROM $claimants AS c LEFT JOIN led AS l ON c.family_id = l.family_id
  WHERE $every & ~coalesce(l.liable, 0) <> 0
)
SELECT family_id, $united FROM (
  SELECT family_id, $names FROM led
  UNION ALL
  SELECT family_id, $eldest FROM others GROUP BY family_id
) GROUP BY family_id
