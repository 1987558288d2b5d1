-- One row is one family with members whose income a complete visit saw: as the last such visit saw
-- it, in whole amounts a living member; key: family_id.
SELECT s.family_id, s.income // n.members AS income_seen, s.income_seen_on
FROM (
  SELECT family_id, arg_max(income, struct_pack(on_date := on_date, rid := rid)) AS income,
         max(on_date) AS income_seen_on
  FROM $visits WHERE complete GROUP BY family_id
) AS s
JOIN (
  SELECT p.family_id, count(*) AS members
  FROM $persons AS p SEMI JOIN $visits AS w ON p.family_id = w.family_id
  WHERE p.status <> 'dead' GROUP BY p.family_id
) AS n ON s.family_id = n.family_id
