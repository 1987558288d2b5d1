-- One row is one end of a family's support of the kinds asked for: records of one kind no further
-- apart than $months months are one. Key: family_id, exit, on_date. An exit that counts as graduation
-- is a recorded move of the family; others end spells too. `sure`: NULL where a move to graduated does
-- not say how. worker: who had cared for the family until then by their visits; where none says so,
-- the worker who recorded the move.
WITH said AS (
  SELECT family_id, exit, on_date, TRUE AS of_family, worker FROM $events
  WHERE track IS NULL AND (event = 'rung_move' OR event = 'rung_left') AND exit IN ($exits)
  UNION ALL
  SELECT family_id, NULL, on_date, TRUE, worker FROM $events
  WHERE track IS NULL AND event = 'rung_move' AND rung = 'graduated' AND exit IS NULL AND $graduated
  UNION ALL
  SELECT family_id, exit, on_date, FALSE, NULL FROM $ends
  WHERE programme IS NOT NULL AND exit IN ($exits) AND exit NOT IN ($counts)
    AND on_date <= $day AND family_id IS NOT NULL
),
apart AS (
  SELECT *, coalesce(on_date > lag(on_date) OVER same + INTERVAL $months MONTH, TRUE) AS begins
  FROM said
  WINDOW same AS (PARTITION BY family_id, exit ORDER BY on_date, of_family)
),
numbered AS (
  SELECT *, count(*) FILTER (WHERE begins) OVER (
    PARTITION BY family_id, exit ORDER BY on_date, of_family ROWS UNBOUNDED PRECEDING
  ) AS number FROM apart
),
ended AS (
  SELECT family_id, exit,
         coalesce(min(on_date) FILTER (WHERE of_family), min(on_date)) AS on_date,
         min(worker) FILTER (WHERE worker IN (SELECT worker FROM $caring)) AS worker
  FROM numbered GROUP BY family_id, exit, number
),
visited AS (
  SELECT family_id, on_date, arg_max(worker, rid) AS worker FROM $visits
  WHERE on_date IS NOT NULL AND worker IS NOT NULL
    AND family_id IN (SELECT family_id FROM ended)
  GROUP BY family_id, on_date
)
SELECT e.family_id, e.exit, e.on_date, f.village, coalesce(v.worker, e.worker) AS worker, g.state,
       CASE WHEN e.exit IS NOT NULL THEN TRUE END AS sure
FROM ended AS e
LEFT JOIN $families AS f ON f.family_id = e.family_id
LEFT JOIN $graduations AS g ON g.family_id = e.family_id AND g.graduated_on = e.on_date
ASOF LEFT JOIN visited AS v ON v.family_id = e.family_id AND v.on_date <= e.on_date
