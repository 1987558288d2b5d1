-- One row is one due move of which the family was told, and what its letter does on the day; key:
-- family_id, person_id, move. `effect`: notified (the period runs), suspended (an objection waits
-- for its answer), upheld (the objection was right), in_effect. `takes_effect_on` is null where no
-- effect is foreseen. `objected_on`: the last objection that was lodged since the move is due.
SELECT t.family_id, t.person_id, t.move, t.number, t.date,
       CASE WHEN e.effect IS NULL THEN t.takes_effect_on ELSE e.takes_effect_on END AS takes_effect_on,
       coalesce(e.effect,
                CASE WHEN t.takes_effect_on <= $day THEN 'in_effect' ELSE 'notified' END) AS effect,
       e.objected_on
FROM $told AS t LEFT JOIN $effects AS e
  ON e.family_id = t.family_id AND e.person_id IS NOT DISTINCT FROM t.person_id AND e.move = t.move
ORDER BY t.family_id, t.person_id, t.move
