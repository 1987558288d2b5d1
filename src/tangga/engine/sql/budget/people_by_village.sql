-- One row is one village and focus, and who is supported there on the day; key: village, focus.
-- `families`: with support of the focus, their own or of a member; `persons`: the living members of
-- families with support of their own, and persons with support that is theirs alone.
WITH supported AS (
  SELECT DISTINCT d.family_id, d.person_id, p.focus
  FROM $determined AS d JOIN $programmes AS p ON p.programme = d.programme
),
whole AS (SELECT DISTINCT family_id, focus FROM supported WHERE person_id IS NULL),
alone AS (
  SELECT s.family_id, s.focus, count(*)::BIGINT AS persons
  FROM supported AS s ANTI JOIN whole AS w ON w.family_id = s.family_id AND w.focus = s.focus
  WHERE s.person_id IS NOT NULL GROUP BY s.family_id, s.focus
),
members AS (
  SELECT family_id, count(*)::BIGINT AS persons FROM $persons
  WHERE status <> 'dead' AND family_id IS NOT NULL GROUP BY family_id
),
families AS (
  SELECT w.family_id, w.focus, coalesce(m.persons, 0) AS persons
  FROM whole AS w LEFT JOIN members AS m ON m.family_id = w.family_id
  UNION ALL SELECT family_id, focus, persons FROM alone
)
SELECT f.village, x.focus, count(*)::BIGINT AS families, sum(x.persons)::BIGINT AS persons
FROM families AS x JOIN $families AS f ON f.family_id = x.family_id
GROUP BY f.village, x.focus
