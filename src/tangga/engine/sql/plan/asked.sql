-- One row is a family of which something is to be asked, and why; key: family_id.
SELECT family_id, coalesce(a.facts, []::VARCHAR[]) AS facts,
       CASE WHEN r.yes THEN 'running' WHEN u.yes THEN 'unranked'
            ELSE 'next' END AS why
FROM (SELECT family_id, facts FROM $families WHERE len(facts) > 0) AS a
FULL JOIN (SELECT DISTINCT family_id FROM $members) AS m USING (family_id)
FULL JOIN (SELECT DISTINCT family_id, TRUE AS yes FROM $running) AS r USING (family_id)
FULL JOIN (SELECT DISTINCT family_id, TRUE AS yes FROM $unranked) AS u USING (family_id)
ORDER BY family_id
