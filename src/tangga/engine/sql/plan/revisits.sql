-- One row is one family drawn from those visited in a month that is over, in one area; key: month,
-- family_id. The draw is md5 of the seed, the month and the family's id: the smallest $percent in a
-- hundred, at least one. worker: who is asked to go, posted there and not yet with the family; NULL
-- where there is nobody. again_by: by when.
WITH seen AS (
  SELECT family_id, year(on_date) * 12 + month(on_date) - 1 AS number, on_date, village, worker
  FROM $visits
  WHERE on_date >= $since AND on_date < $before AND result IN ($complete) AND worker IS NOT NULL
    AND NOT coalesce(aim IN ($again), FALSE)
),
made AS (
  SELECT family_id, number, max(on_date) AS visited_on, min(village) AS village
  FROM seen GROUP BY family_id, number
),
shuffled AS (
  SELECT *, strftime(visited_on, '%Y-%m') AS month, left(coalesce(village, ''), $letters) AS area,
         md5($seed || strftime(visited_on, '%Y-%m') || family_id) AS draw
  FROM made
),
chosen AS (
  SELECT * FROM shuffled
  QUALIFY row_number() OVER (PARTITION BY number, area ORDER BY draw, family_id)
    <= (count(*) OVER (PARTITION BY number, area) * $percent + 99) // 100
),
drawn AS (
  SELECT c.month, c.family_id, c.village, c.visited_on, c.draw,
         list_sort(list(DISTINCT s.worker)) AS visitors
  FROM chosen AS c JOIN seen AS s ON s.family_id = c.family_id AND s.number = c.number
  GROUP BY ALL
),
able AS (
  SELECT d.month, d.family_id,
         list(p.worker ORDER BY p.worker) FILTER (WHERE NOT list_contains(d.visitors, p.worker)) AS workers
  FROM drawn AS d JOIN $posts AS p ON p.village = d.village
  GROUP BY d.month, d.family_id
),
again AS (
  SELECT d.month, d.family_id, min(v.on_date) AS revisited_on,
         arg_min(v.worker, struct_pack(v.on_date, v.rid)) AS revisited_by
  FROM drawn AS d JOIN $visits AS v ON v.family_id = d.family_id AND v.on_date > d.visited_on
    AND v.aim IN ($again) AND v.worker IS NOT NULL AND NOT list_contains(d.visitors, v.worker)
  GROUP BY d.month, d.family_id
)
SELECT d.month, d.family_id, d.village, d.visited_on, d.visited_on + $days AS again_by,
       a.workers[1 + ('0x' || left(d.draw, 8))::BIGINT % len(a.workers)] AS worker,
       g.revisited_on, g.revisited_by
FROM drawn AS d
LEFT JOIN able AS a ON a.month = d.month AND a.family_id = d.family_id
LEFT JOIN again AS g ON g.month = d.month AND g.family_id = d.family_id
ORDER BY d.month, d.village, d.draw
