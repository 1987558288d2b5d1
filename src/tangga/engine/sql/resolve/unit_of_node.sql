-- One row is one node and the register's family it belongs to; key: node.
SELECT n.node, u.unit FROM $node_families AS n JOIN $unit_of_family AS u ON n.family = u.family
