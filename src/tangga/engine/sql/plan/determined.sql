-- One row is a family (or, in a programme for persons, a person) that somebody has determined: a
-- spell of support runs on the day. Of several spells of one programme the one determined last
-- speaks; key: programme, family_id, person_id.
SELECT s.family_id, s.person_id, s.programme, s.document, s.determined_on, s.valid_from
FROM (
  SELECT family_id, programme, document, determined_on, valid_from, source, source_id,
         CASE WHEN programme IN ($of_persons) THEN person_id END AS person_id
  FROM $spells WHERE open AND family_id IS NOT NULL
) AS s
WHERE s.person_id IS NOT NULL OR coalesce(s.programme NOT IN ($of_persons), TRUE)
QUALIFY row_number() OVER (
  PARTITION BY s.programme, s.family_id, s.person_id
  ORDER BY coalesce(s.determined_on, s.valid_from) DESC NULLS LAST, s.valid_from DESC NULLS LAST,
           s.source, s.source_id) = 1
