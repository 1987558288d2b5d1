-- One row is one person who is not simply active, by recorded events; key: pid. `kinds`: the numbers
-- of the kinds of membership that it ends. A death stands
-- unless something restored the person on that day or later; otherwise the latest event speaks.
WITH restored AS (SELECT pid, max(on_date) AS on_date FROM $happened WHERE event = 'restored' GROUP BY pid),
dead AS (
  SELECT h.pid, min(h.on_date) AS on_date
  FROM $happened AS h LEFT JOIN restored AS r ON h.pid = r.pid
  WHERE h.event = 'death' AND (r.on_date IS NULL OR r.on_date < h.on_date) GROUP BY h.pid
),
ranked AS (
  SELECT pid, event, on_date,
         row_number() OVER (PARTITION BY pid ORDER BY on_date DESC, rid) AS place
  FROM $happened WHERE event IN ('move_out', 'move_in', 'missing', 'found', 'restored')
)
SELECT pid, 'dead' AS status, on_date, on_date AS valid_to,
       [0, 1, 2, 3] AS kinds, 'death' AS kind
FROM dead
UNION ALL
SELECT r.pid, CASE r.event WHEN 'move_out' THEN 'moved' ELSE 'inactive' END, r.on_date, NULL::DATE,
       CASE r.event WHEN 'move_out' THEN [3] ELSE [] END, r.event
FROM ranked AS r ANTI JOIN dead AS d ON r.pid = d.pid
WHERE r.place = 1 AND r.event IN ('move_out', 'missing')
