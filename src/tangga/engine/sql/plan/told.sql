-- One row is one due move of which the family was told while it stood due; key: family_id,
-- person_id, move. Of several letters the first counts: a second one takes nothing back. `since`:
-- since when the move is due.
SELECT d.family_id, d.person_id, d.move, n.number, n.date, n.takes_effect_on, s.since
FROM $due AS d
JOIN $since AS s
  ON s.what = 'due/' || d.move AND s.subject = coalesce(d.person_id, d.family_id)
JOIN $notices AS n
  ON n.family_id = d.family_id AND n.person_id IS NOT DISTINCT FROM d.person_id
  AND n.move = d.move AND n.date >= s.since
QUALIFY row_number() OVER (
  PARTITION BY d.family_id, d.person_id, d.move ORDER BY n.date, n.number) = 1
ORDER BY d.family_id, d.person_id, d.move
