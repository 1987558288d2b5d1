-- One row is one node and the found family that it belongs to; key: node.
SELECT n.node, coalesce(g.family, n.twin) AS family
FROM $nodes AS n LEFT JOIN $joined AS g ON n.twin = g.node
