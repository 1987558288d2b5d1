-- One row is one person and one found family they were ever seen in; key: pid, family.
SELECT s.pid, f.family, max(s.field_last) AS field_last, min(s.first_seen) AS first_seen,
       max(s.last_seen) AS last_seen, sum(s.times)::BIGINT AS times, min(s.place) AS place
FROM $sightings AS s JOIN $node_families AS f ON s.node = f.node
WHERE $part
GROUP BY s.pid, f.family
