-- One row is one time in which a family stood on its own; key: family_id, fell_on, sure. It begins
-- with a recorded graduation and ends when the family falls back (NULL: it has not). `sure`: the
-- graduation was recorded with an exit that counts; where none was recorded it ends no support.
SELECT g.family_id, min(g.graduated_on) AS graduated_on, g.fell_on, e.sure
FROM $graduations AS g
JOIN (
  SELECT family_id, on_date, exit IS NOT NULL AS sure FROM $events
  WHERE track IS NULL AND event = 'rung_move' AND rung = 'graduated'
    AND (exit IS NULL OR exit IN ($counts))
  GROUP BY family_id, on_date, sure
) AS e ON e.family_id = g.family_id AND e.on_date = g.graduated_on
GROUP BY g.family_id, g.fell_on, e.sure
