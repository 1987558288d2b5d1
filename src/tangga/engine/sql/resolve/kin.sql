-- One row is one person who is in any family; key: pid. `unit`: the programme family.
SELECT coalesce(o.pid, f.pid) AS pid, o.family AS official_unit, u.unit AS found_unit,
       coalesce(o.family, u.unit) AS unit
FROM $official AS o FULL JOIN $found AS f ON o.pid = f.pid
LEFT JOIN $units AS u ON f.family = u.family
ORDER BY pid
