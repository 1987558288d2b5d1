-- One row is a recorded move of a family that the ladder calls adverse, made without a letter or
-- before its notice period had ended; key: family_id, on_date, move.
--
-- Which move it was is known where every move from the rung before to this one is adverse.
WITH acts AS (
  SELECT family_id, on_date, rung AS to_rung, source, source_id,
         lag(rung) OVER (PARTITION BY family_id ORDER BY on_date, source, source_id) AS from_rung
  FROM $events
  WHERE event = 'rung_move' AND coalesce(track, '') = '' AND rung IS NOT NULL
    AND family_id IS NOT NULL AND on_date <= $day
),
told AS (
  SELECT a.*, min(n.takes_effect_on) AS takes_effect_on, min(n.date) AS notice_on
  FROM acts AS a LEFT JOIN $notices AS n
    ON n.family_id = a.family_id AND n.person_id IS NULL AND n.date <= a.on_date
    AND n.move IN (SELECT move FROM $adverse AS v WHERE v.to_rung = a.to_rung)
  GROUP BY ALL
)
SELECT family_id, from_rung, to_rung, on_date, notice_on, takes_effect_on, source, source_id
FROM told AS t
WHERE EXISTS (SELECT 1 FROM $adverse AS v WHERE v.to_rung = t.to_rung
    AND v.from_rung = coalesce(t.from_rung, 'protection'))
  AND NOT EXISTS (SELECT 1 FROM $kind AS k WHERE k.to_rung = t.to_rung
    AND k.from_rung = coalesce(t.from_rung, 'protection'))
  AND (takes_effect_on IS NULL OR on_date < takes_effect_on)
ORDER BY on_date, family_id
