-- One row is one node, the found family and the register's family that it belongs to; key: node.
-- Kept: by it a run of adding knows the families that it does not look at again.
SELECT n.node, n.family, u.unit
FROM $node_families AS n JOIN $unit_of_family AS u ON n.family = u.family
ORDER BY n.node
