-- One row is one family in care and the worker of a pilar who cares for it: recorded by visits, or
-- proposed. Key: family_id, pilar. Who is proposed to whom within a village follows a draw.
WITH pilars AS (SELECT DISTINCT pilar FROM $shares),
waiting AS (
  SELECT c.family_id, c.village, p.pilar, row_number() OVER (
           PARTITION BY p.pilar, c.village ORDER BY md5($seed || c.family_id), c.family_id
         ) AS place
  FROM $care AS c CROSS JOIN pilars AS p
  ANTI JOIN $companions AS h ON h.family_id = c.family_id AND h.pilar = p.pilar
  WHERE c.in_care AND c.village IS NOT NULL
),
found AS (
  SELECT w.family_id, w.village, w.pilar, s.worker, s.last >= w.place AS inside
  FROM waiting AS w ASOF JOIN $shares AS s
    ON s.pilar = w.pilar AND s.village = w.village AND w.place >= s.first
)
SELECT family_id, village, pilar, worker, how FROM (
  SELECT family_id, village, pilar, worker, 'recorded' AS how FROM $companions
  UNION ALL
  SELECT family_id, village, pilar, worker, 'proposed' FROM found
  WHERE inside AND worker IS NOT NULL
)
ORDER BY village, family_id, pilar
