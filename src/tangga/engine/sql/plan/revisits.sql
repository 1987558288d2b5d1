-- One row is one family drawn from those visited in a month that is over, in one area; key: month,
-- family_id. The draw is md5 of the seed, the month and the family's id: the smallest $percent in a
-- hundred, at least one. worker: who is asked to go, posted there and not yet with the family; NULL
-- where there is nobody. again_by: by when.
WITH made AS (
  SELECT family_id, strftime(on_date, '%Y-%m') AS month, max(on_date) AS visited_on,
         min(village) AS village, list_sort(list(DISTINCT worker)) AS visitors,
         md5($seed || strftime(on_date, '%Y-%m') || family_id) AS draw
  FROM $visits
  WHERE on_date IS NOT NULL AND result IN ($complete) AND worker IS NOT NULL
    AND NOT coalesce(aim IN ($again), FALSE)
    AND on_date >= $since AND date_trunc('month', on_date) + INTERVAL 1 MONTH <= $day + 1
  GROUP BY family_id, strftime(on_date, '%Y-%m')
),
drawn AS (
  SELECT *, left(coalesce(village, ''), $letters) AS area FROM made
  QUALIFY row_number() OVER (PARTITION BY month, area ORDER BY draw, family_id)
    <= (count(*) OVER (PARTITION BY month, area) * $percent + 99) // 100
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
