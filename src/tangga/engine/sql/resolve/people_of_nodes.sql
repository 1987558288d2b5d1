-- One row is one person on one node that stands for its twins; key: pid, node.
SELECT DISTINCT s.pid, n.twin AS node, n.people
FROM $sightings AS s JOIN $nodes AS n ON s.node = n.node WHERE $part
