-- One row is one node; key: node. `twin`: the smallest node with exactly the same people, which
-- stands for it in the graph; `people`: how many they are.
WITH sized AS (
  SELECT node, count(*) AS people, bit_xor(pid) AS mix, min(pid) AS low, max(pid) AS high
  FROM $sightings GROUP BY node
)
SELECT node, people, min(node) OVER (PARTITION BY people, mix, low, high) AS twin FROM sized
