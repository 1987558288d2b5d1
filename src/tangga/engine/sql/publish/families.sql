-- One row is one family that the day's decisions look at, in its village; key: family. A rung that
-- only the case team sees counts among the others. `people` are its members as rules count them.
SELECT b.village AS area, f.family_id AS family,
       coalesce(CAST(CASE r.decile_used WHEN 'official' THEN r.decile_official
                     WHEN 'indicative' THEN r.decile END AS VARCHAR), 'not_known') AS decile,
       CASE WHEN coalesce(h.rung, '$hidden') = '$hidden' THEN 'other' ELSE h.rung END AS rung,
       CASE WHEN c.months_protected IS NULL THEN 'not_known' ELSE $clock END AS clock,
       1 AS families, coalesce(p.people, 0) AS people
FROM (SELECT family_id FROM $facts) AS f
JOIN (SELECT family_id, village FROM $families) AS b ON b.family_id = f.family_id
LEFT JOIN (SELECT family_id, decile_used, decile_official, decile FROM $ranking) AS r
  ON r.family_id = f.family_id
LEFT JOIN (SELECT family_id, rung FROM $family_history) AS h ON h.family_id = f.family_id
LEFT JOIN (SELECT family_id, months_protected FROM $family_clock) AS c ON c.family_id = f.family_id
LEFT JOIN (SELECT family_id, count(*) AS people FROM $person_facts GROUP BY family_id) AS p
  ON p.family_id = f.family_id
