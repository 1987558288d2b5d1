-- One row is a recorded act against a family that was made without a letter, before its notice
-- period had ended, or while an objection waited or was upheld: a move to another rung, or the end
-- of a spell of support (`programme`, on the first day without it); key: family_id, programme,
-- to_rung, on_date, source, source_id.
--
-- A step from one rung to another is adverse where the ladder has a move for it that is, and either
-- no other move for the same step or an exit was recorded with the act (support ended by it). An
-- end of support is, where its exit is that of an adverse move.
WITH acts AS (
  SELECT family_id, on_date, rung AS to_rung, exit, source, source_id,
         coalesce(lag(rung) OVER (
           PARTITION BY family_id ORDER BY on_date, source, source_id), '$start') AS from_rung
  FROM $events
  WHERE event = 'rung_move' AND coalesce(track, '') = '' AND rung IS NOT NULL
    AND family_id IS NOT NULL AND on_date <= $day
),
against AS (
  SELECT a.family_id, NULL AS programme, a.from_rung, a.to_rung, a.on_date, a.exit, a.source,
         a.source_id
  FROM acts AS a
  SEMI JOIN $adverse AS v
    ON v.from_rung = a.from_rung AND v.to_rung = a.to_rung AND v.valid_from <= a.on_date
  ANTI JOIN $other AS o ON o.from_rung = a.from_rung AND o.to_rung = a.to_rung AND a.exit IS NULL
  UNION ALL
  SELECT s.family_id, s.programme, NULL, NULL, s.valid_to, s.exit, s.source, s.source_id
  FROM $spells AS s
  SEMI JOIN $adverse AS v ON v.exit = s.exit AND v.valid_from <= s.valid_to
  WHERE s.family_id IS NOT NULL AND s.valid_to <= $day
),
letters AS (
  SELECT n.family_id, n.date, n.takes_effect_on, v.to_rung, v.exit
  FROM $notices AS n JOIN (SELECT DISTINCT move, to_rung, exit FROM $adverse) AS v ON v.move = n.move
  WHERE n.person_id IS NULL
),
told AS (
  SELECT a.*, min(l.date) FILTER (WHERE l.to_rung = a.to_rung OR l.exit = a.ended_by) AS notice_on,
         min(l.takes_effect_on) FILTER (WHERE l.to_rung = a.to_rung OR l.exit = a.ended_by)
           AS takes_effect_on
  FROM (SELECT *, CASE WHEN programme IS NOT NULL THEN exit END AS ended_by FROM against) AS a
  LEFT JOIN letters AS l ON l.family_id = a.family_id AND l.date <= a.on_date
  GROUP BY ALL
)
SELECT t.family_id, t.from_rung, t.to_rung, t.on_date, t.exit, t.notice_on, t.takes_effect_on,
       t.source, t.source_id, t.programme,
       min(o.lodged_on) FILTER (WHERE o.upheld OR coalesce(o.answered_on > t.on_date, TRUE))
         AS objected_on
FROM told AS t LEFT JOIN $objected AS o ON o.family_id = t.family_id
  AND o.lodged_on >= t.notice_on AND o.lodged_on < t.takes_effect_on AND o.lodged_on <= t.on_date
GROUP BY ALL
HAVING coalesce(t.on_date < t.takes_effect_on, TRUE) OR objected_on IS NOT NULL
ORDER BY t.on_date, t.family_id, t.to_rung, t.programme, t.source, t.source_id
