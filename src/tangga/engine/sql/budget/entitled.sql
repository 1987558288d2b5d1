-- One row is one kind of support of a family (of a person, where the programme is for persons, or
-- the support is a component), and the months in which it ran; key: family_id, person_id, programme,
-- component. Months are bits, the lowest the first of the window. `sure`: it ran on a day of the
-- month, and somebody was alive for whom it is; `maybe`: that, or it is not known. Support of a family
-- ends after the month in which its last member died, that of a person after their own.
--
-- Support of the family without a component is left out in months in which the family has components
-- of the same programme: these speak. `over_limit`: more components run on the day than its rule counts.
WITH spells AS (
  SELECT s.family_id, s.programme, coalesce(s.component, '') AS component,
         CASE WHEN s.component IS NOT NULL OR s.programme IN ($of_persons) THEN s.person_id END
           AS person_id,
         s.status, $first AS first, $past AS past, s.open, s.valid_from, s.valid_to
  FROM $spells AS s WHERE $part
),
-- Whose death ends it: a join on one side's condition would compare every row with every other.
keyed AS (SELECT *, CASE WHEN person_id IS NULL THEN family_id END AS of_all FROM spells),
lived AS (
  SELECT s.*, coalesce(d.person_id, g.family_id) IS NOT NULL AS over,
         CASE WHEN s.person_id IS NULL THEN g.died_on ELSE d.died_on END AS died_on
  FROM keyed AS s
  LEFT JOIN $dead AS d ON d.person_id = s.person_id
  LEFT JOIN $gone AS g ON g.family_id = s.of_all
),
bits AS (
  SELECT *, $range AS months, $until_death AS alive,
         valid_from IS NOT NULL AND (valid_to IS NOT NULL OR open) AS dated
  FROM lived
),
kinds AS (
  SELECT family_id, person_id, programme, component,
         bit_or(CASE WHEN dated AND NOT (over AND died_on IS NULL) THEN months & alive ELSE 0 END)
           AS sure,
         bit_or(months & alive) AS maybe,
         bool_or(open AND coalesce(status IN ($suspended), FALSE)) AS suspended
  FROM bits GROUP BY family_id, person_id, programme, component
),
by_part AS (
  SELECT family_id, programme, bit_or(maybe) AS spoken FROM kinds WHERE component <> ''
  GROUP BY family_id, programme
),
wholes AS (
  SELECT k.* REPLACE (k.sure & ~coalesce(c.spoken, 0) AS sure, k.maybe & ~coalesce(c.spoken, 0)
    AS maybe)
  FROM kinds AS k LEFT JOIN by_part AS c
    ON c.family_id = k.family_id AND c.programme = k.programme
  WHERE k.component = ''
  UNION ALL SELECT * FROM kinds WHERE component <> ''
),
named AS (
  SELECT s.family_id, s.programme, s.component, coalesce(s.person_id, '') AS member, l.child,
         l.most, l.most_members, l.most_children
  FROM lived AS s JOIN $limits AS l ON l.programme = s.programme AND l.component = s.component
  WHERE s.open AND NOT s.over
),
beyond AS (
  SELECT family_id, programme FROM named GROUP BY family_id, programme
  HAVING count(DISTINCT member) > min(most_members)
      OR count(DISTINCT member) FILTER (child) > min(most_children)
  UNION
  SELECT family_id, programme FROM named GROUP BY family_id, programme, component
  HAVING count(DISTINCT member) > min(most)
)
SELECT k.family_id, k.person_id, k.programme, k.component, k.sure, k.maybe, k.suspended,
       b.amount AS family_amount, o.family_id IS NOT NULL AS over_limit
FROM wholes AS k
LEFT JOIN beyond AS o ON o.family_id = k.family_id AND o.programme = k.programme
LEFT JOIN $benefits AS b ON b.family_id = k.family_id AND b.programme = k.programme
WHERE k.maybe <> 0
