-- One row is one reference by a source's own id, and the persons whose record it is, `low` and
-- `high` of them; an id whose source is not named is looked for in its own source, then in all;
-- key: rid, role.
WITH met AS (
  SELECT w.rid, w.role, r.pid, r.source = w.ref_source AS own, w.named
  FROM $refs AS w JOIN $people AS r ON w.person_source_id = r.source_id
  WHERE $of_refs AND $of_people
)
SELECT rid, role,
       CASE WHEN bool_or(own) OR bool_or(named) THEN min(pid) FILTER (WHERE own) ELSE min(pid) END AS low,
       CASE WHEN bool_or(own) OR bool_or(named) THEN max(pid) FILTER (WHERE own) ELSE max(pid) END AS high
FROM met GROUP BY rid, role
