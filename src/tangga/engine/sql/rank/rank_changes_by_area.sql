-- One row is one village, pair of releases and programme that runs there (null: all families, with
-- or without one); key: village, release_before, release, programme. Counted are active families
-- that either release has. `ranked`: with a decile in both. `rose_by`, `fell_by`: by how many tenths
-- on average.
WITH compared AS (
  SELECT c.family_id, f.village, b.name AS release_before, n.name AS release,
         $change AS change, $crossed AS crossed, $decile - $decile_before AS steps
  FROM $sides AS c JOIN $families AS f ON c.family_id = f.family_id
  JOIN $numbers AS n ON c.now = n.number JOIN $numbers AS b ON c.before = b.number
  WHERE f.status = 'active'
),
counted AS (
  SELECT village, release_before, release, NULL::VARCHAR AS programme, change, crossed, steps
  FROM compared
  UNION ALL
  SELECT c.village, c.release_before, c.release, p.programme, c.change, c.crossed, c.steps
  FROM compared AS c JOIN $programmes AS p ON c.family_id = p.family_id
)
SELECT village, programme, release_before, release, count(*) AS families,
       count(steps) AS ranked, count(*) FILTER (WHERE steps = 0) AS unchanged,
       count(*) FILTER (WHERE change = 'rose') AS rose,
       count(*) FILTER (WHERE change = 'fell') AS fell,
       round(avg(steps) FILTER (WHERE change = 'rose'), 2)::DECIMAL(4, 2) AS rose_by,
       round(-avg(steps) FILTER (WHERE change = 'fell'), 2)::DECIMAL(4, 2) AS fell_by,
       count(*) FILTER (WHERE crossed = 'out') AS crossed_out,
       count(*) FILTER (WHERE crossed = 'in') AS crossed_in,
       count(*) FILTER (WHERE change = 'lost') AS lost,
       count(*) FILTER (WHERE change = 'gained') AS gained
FROM counted GROUP BY village, programme, release_before, release
ORDER BY village NULLS LAST, programme NULLS FIRST, release
