-- One row is one person with the civil registry's best record of them (`registry`: active ones
-- first) and the best record of all others (`other`); key: pid.
SELECT s.pid,
       arg_min(s.rid, (CASE WHEN $active THEN 0 ELSE 100000 END) + s.slot) FILTER (WHERE s.civil) AS registry,
       arg_min(s.rid, s.slot) FILTER (WHERE NOT s.civil) AS other
FROM $spine AS s LEFT JOIN $statuses AS r ON s.rid = r.rid
WHERE $part
GROUP BY s.pid
