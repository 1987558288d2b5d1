-- One row is one support that owes what the list names, in months of the same amount: from `first` to
-- before `past`; key: family, person, programme, component, first. A component is owed until it is
-- ruled out; an amount that is not known is no rupiah, and known FALSE. listed: the rule of the day
-- surely has the component for them (or none is named): else it is owed for being recorded alone.
SELECT * FROM (
  SELECT h.family_id, h.programme, p.first, least(p.past, h.past, x.past, f.past) AS past,
         coalesce(p.amount, 0)::BIGINT AS amount,
         h.known AND p.amount IS NOT NULL AND (h.component = '' OR coalesce(x.known, f.known, FALSE))
           AS known,
         h.person_id, h.component = '' OR coalesce(x.known, f.known, FALSE) AS listed
  FROM (SELECT *, CASE WHEN person_id IS NULL THEN family_id END AS of_nobody FROM $holders) AS h
  JOIN $pays AS p ON p.programme = h.programme AND p.component = h.component
  LEFT JOIN $of_person AS x
    ON x.person_id = h.person_id AND x.programme = h.programme AND x.component = h.component
  LEFT JOIN $of_family AS f
    ON f.family_id = h.of_nobody AND f.programme = h.programme AND f.component = h.component
) WHERE first < past
