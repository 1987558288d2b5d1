-- One row is one support that names its component, in the months of one version: from `first` to
-- before `past`; key: family, person, component. It owes that component, as long as it runs and is
-- not ruled out; what is not known, or was never so by the rule of the day, ends nothing.
SELECT family_id, '$programme', $first, least(past, $past), amount, known, person_id
FROM (
  SELECT r.family_id, r.person_id, bool_and(coalesce(x.yes & 1 = 1, FALSE)) AS known,
         max(CASE r.component $amounts END)::BIGINT AS amount,
         max(least(bit_count(r.runs), coalesce($ends, $past)))::INTEGER AS past
  FROM (
    SELECT *, CASE WHEN person_id IS NULL THEN family_id END AS of_nobody FROM $running
    WHERE programme = '$programme' AND component IN ($components)
  ) AS r
  LEFT JOIN (
    SELECT person_id, component, bit_or(yes) AS yes, bit_or(maybe) AS maybe FROM $fits
    WHERE programme = '$programme' GROUP BY person_id, component
  ) AS x ON r.person_id = x.person_id AND r.component = x.component
  LEFT JOIN (
    SELECT family_id, component, bit_or(maybe) AS maybe FROM $fits
    WHERE programme = '$programme' GROUP BY family_id, component
  ) AS h ON r.of_nobody = h.family_id AND r.component = h.component
  GROUP BY r.family_id, r.person_id, r.component
) WHERE past > $first
