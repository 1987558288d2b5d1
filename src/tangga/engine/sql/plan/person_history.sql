-- One row is one living person in a family and what records of acts say of their past; key:
-- person_id. What is recorded with us and has no record did not happen.
SELECT p.person_id, p.family_id, coalesce(k.months_counted, 0) AS months_counted,
       coalesce(k.months_counted_since_start, 0) AS months_counted_since_start,
       coalesce(k.months_unsure, 0) AS months_unsure, coalesce(c.case_open, FALSE) AS case_open,
       CASE WHEN c.case_open THEN greatest(c.reviewed_on, a.reviewed_on) END AS case_reviewed_on,
       c.case_closed_on, a.need_assessed, a.need_assessed_on,
       coalesce(a.assessed_disabled, FALSE) AS assessed_disabled, a.assessed_grade,
       x.person_id IS NOT NULL AS exempt_claimed, g.person_id IS NOT NULL AS group_member$receives
FROM $persons AS p
LEFT JOIN $clock AS k ON p.person_id = k.person_id
LEFT JOIN $cases AS c ON p.person_id = c.person_id
LEFT JOIN $assessments AS a ON p.person_id = a.person_id
LEFT JOIN $claims AS x ON p.person_id = x.person_id
LEFT JOIN (SELECT DISTINCT person_id FROM $groups) AS g ON p.person_id = g.person_id
LEFT JOIN $received AS r ON p.person_id = r.person_id
WHERE p.family_id IS NOT NULL AND p.status <> 'dead' AND $part
