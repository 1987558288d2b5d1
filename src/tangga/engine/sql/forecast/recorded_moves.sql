-- One row is one pair of rungs and how many moves between them were recorded within the window, and
-- for how many family-months families stood on the first; key: from_rung, to_rung. to_rung '': the
-- months of a rung, whether or not anybody left it. A family that support reached and that never
-- moved stood on the first rung.
WITH moved AS (
  SELECT family_id, rung, on_date, lag(rung) OVER w AS rung_before, lead(on_date) OVER w AS until
  FROM $events
  WHERE latest AND event IN ('rung_move', 'rung_left') AND family_id IS NOT NULL
    AND on_date <= DATE '$on' AND track IS NULL
  WINDOW w AS (PARTITION BY family_id ORDER BY on_date, rid)
),
stood AS (
  SELECT family_id, rung, $stood AS months FROM moved WHERE rung IS NOT NULL
),
supported AS (
  SELECT family_id, bit_or($supported) AS months FROM $spells
  WHERE family_id IS NOT NULL AND programme IN ($programmes) AND valid_from IS NOT NULL
  GROUP BY family_id
),
months AS (
  SELECT rung, CAST(sum(bit_count(months)) AS BIGINT) AS months FROM stood GROUP BY rung
  UNION ALL
  SELECT '$first_rung', CAST(sum(bit_count(s.months & ~coalesce(m.months, 0))) AS BIGINT)
  FROM supported AS s LEFT JOIN (
    SELECT family_id, bit_or(months) AS months FROM stood GROUP BY family_id
  ) AS m ON s.family_id = m.family_id
),
pairs AS (
  SELECT coalesce(v.rung_before, CASE WHEN s.family_id IS NOT NULL THEN '$first_rung' END)
           AS from_rung, v.rung AS to_rung, count(*) AS moves
  FROM moved AS v LEFT JOIN supported AS s ON v.family_id = s.family_id
  WHERE v.on_date >= DATE '$since' AND v.rung IS NOT NULL GROUP BY 1, 2
),
exposed AS (SELECT rung, CAST(sum(months) AS BIGINT) AS months FROM months GROUP BY rung)
SELECT p.from_rung, p.to_rung, CAST(p.moves AS BIGINT) AS moves, coalesce(e.months, 0) AS months
FROM pairs AS p LEFT JOIN exposed AS e ON p.from_rung = e.rung
UNION ALL
SELECT rung, '', 0, months FROM exposed WHERE months > 0
ORDER BY ALL
