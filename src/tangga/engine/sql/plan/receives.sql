-- One row is one $holder that receives any programme on the day, a column a programme whose list
-- was received; key: $holder. supported_since: of the programmes that the clock counts.
SELECT $holder, min(valid_from) FILTER (WHERE programme IN ($programmes)) AS supported_since,
       bool_or(bound) AS bound$columns
FROM $receiving WHERE $holder IS NOT NULL GROUP BY $holder
