-- One row is a recorded move of a family that the ladder calls adverse, made without a letter or
-- before its notice period had ended; key: family_id, on_date, to_rung.
--
-- A step from one rung to another is adverse where the ladder has a move for it that is, and either
-- no other move for the same step or an exit was recorded with the act (support ended by it).
WITH acts AS (
  SELECT family_id, on_date, rung AS to_rung, exit, source, source_id,
         coalesce(lag(rung) OVER (
           PARTITION BY family_id ORDER BY on_date, source, source_id), '$start') AS from_rung
  FROM $events
  WHERE event = 'rung_move' AND coalesce(track, '') = '' AND rung IS NOT NULL
    AND family_id IS NOT NULL AND on_date <= $day
),
against AS (
  SELECT a.* FROM acts AS a
  SEMI JOIN $adverse AS v
    ON v.from_rung = a.from_rung AND v.to_rung = a.to_rung AND v.valid_from <= a.on_date
  ANTI JOIN $other AS o ON o.from_rung = a.from_rung AND o.to_rung = a.to_rung AND a.exit IS NULL
),
letters AS (
  SELECT n.family_id, n.date, n.takes_effect_on, v.to_rung
  FROM $notices AS n JOIN (SELECT DISTINCT move, to_rung FROM $adverse) AS v ON v.move = n.move
  WHERE n.person_id IS NULL
)
SELECT a.family_id, a.from_rung, a.to_rung, a.on_date, a.exit, min(l.date) AS notice_on,
       min(l.takes_effect_on) AS takes_effect_on, a.source, a.source_id
FROM against AS a LEFT JOIN letters AS l
  ON l.family_id = a.family_id AND l.to_rung = a.to_rung AND l.date <= a.on_date
GROUP BY a.family_id, a.from_rung, a.to_rung, a.on_date, a.exit, a.source, a.source_id
HAVING coalesce(a.on_date < min(l.takes_effect_on), TRUE)
ORDER BY a.on_date, a.family_id, a.to_rung
