-- One row is one family that ever moved on the ladder: its last recorded move, and when it last
-- graduated; key: family_id. A move of a person's track is none of the family's.
SELECT family_id, arg_max(rung, struct_pack(on_date, rid)) AS rung, max(on_date) AS rung_since,
       max(on_date) FILTER (WHERE rung = 'graduated') AS graduated_on
FROM $events
WHERE event = 'rung_move' AND track IS NULL AND rung IS NOT NULL
GROUP BY family_id
