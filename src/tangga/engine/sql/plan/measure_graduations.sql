-- One row is one graduation, or other end of support that the target counts; key: family_id, exit,
-- on_date, programme. Of a programme: the family had a spell of it within $months months before.
SELECT c.on_date, c.village, c.worker, c.sure AS done, NULL::VARCHAR AS unit, c.state,
       '' AS programme
FROM $climbed AS c
UNION ALL
SELECT c.on_date, c.village, c.worker, c.sure, NULL, c.state, s.programme
FROM $climbed AS c
JOIN (
  SELECT family_id, programme, min(valid_from) AS begins,
         max(coalesce(valid_to, DATE '9999-12-31')) AS ends
  FROM $spells WHERE programme IN ($programmes) GROUP BY family_id, programme
) AS s ON s.family_id = c.family_id AND coalesce(s.begins <= c.on_date, TRUE)
  AND s.ends >= c.on_date - INTERVAL $months MONTH
