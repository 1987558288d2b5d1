-- One row is one family and programme, as far as it is got there with anybody of the family; key:
-- family, programme. `none`: the rule fits nobody in it. `fits`: the rule fits somebody, and no list
-- says who receives it, so that nobody knows whether they wait.
SELECT b.village AS area, f.family_id AS family, q.programme,
       CASE coalesce(d.state, 0) WHEN 3 THEN 'determined' WHEN 2 THEN
              CASE WHEN q.programme IN ($listed) THEN 'waiting' ELSE 'fits' END
            WHEN 1 THEN 'not_known' ELSE 'none' END AS state,
       1 AS families
FROM (SELECT family_id FROM $facts) AS f
JOIN (SELECT family_id, village FROM $families) AS b ON b.family_id = f.family_id
CROSS JOIN $programmes AS q
LEFT JOIN (
  SELECT family_id, programme,
         max(CASE WHEN determination = 'determined' THEN 3 WHEN determination = 'waiting' THEN 2
                  WHEN verdict = 'not_known' THEN 1 ELSE 0 END) AS state
  FROM ($decisions) WHERE determination IS NOT NULL OR verdict = 'not_known'
  GROUP BY family_id, programme
) AS d ON d.family_id = f.family_id AND d.programme = q.programme
