-- One row is one family that ever moved on the ladder: its last recorded move (no rung where it
-- left the ladder), and when it last graduated; key: family_id. A move of a person's track is none of the family's.
SELECT family_id,
       arg_max_null(CASE WHEN event = 'rung_move' THEN rung END, struct_pack(on_date, rid)) AS rung,
       max(on_date) AS rung_since,
       max(on_date) FILTER (WHERE event = 'rung_move' AND rung = 'graduated') AS graduated_on
FROM $events
WHERE track IS NULL AND (event = 'rung_left' OR event = 'rung_move' AND rung IS NOT NULL)
GROUP BY family_id
