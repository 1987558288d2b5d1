-- One row is one pair of nodes that are one family: of all people on either, more than half are
-- on both, so that no two families without a common member can both be joined to a third node.
SELECT a.node AS low, b.node AS high, min(a.people) AS low_people, min(b.people) AS high_people,
       count(*) AS both
FROM $people AS a JOIN $people AS b ON a.pid = b.pid AND a.node < b.node
WHERE $part
GROUP BY a.node, b.node
HAVING 3 * count(*) > min(a.people) + min(b.people)
