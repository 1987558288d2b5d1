-- One row is one thing to repair in the data of a village (or of families of no known village); key:
-- village, place, what. missing: of `unit`, so many more reach the threshold (where there is none:
-- all that lack it); open: all that lack it. lifts: this repair alone makes the village ready.
-- position: first what makes most families' village ready for the least work.
WITH gaps AS (
  $gaps
),
work AS (
  SELECT village, place, CAST(sum(missing) AS BIGINT) AS total, count(*) AS repairs
  FROM gaps WHERE needed GROUP BY village, place
),
valued AS (
  SELECT g.*, coalesce(g.needed AND w.repairs = 1, FALSE) AS lifts,
         CASE WHEN g.needed THEN 1000 * g.families // w.total END AS gain
  FROM gaps AS g LEFT JOIN work AS w
    ON g.village IS NOT DISTINCT FROM w.village AND g.place = w.place
)
SELECT row_number() OVER (ORDER BY gain DESC NULLS LAST, village NULLS LAST, place, missing, what)
         AS position,
       village, place, what, unit, missing, open, families, needed, lifts, list
FROM valued ORDER BY position
