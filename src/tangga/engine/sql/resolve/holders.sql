-- One row is one card or family of a source that a reference names, and the register's family
-- that holds it; key: node. Three quarters of the people on it must be in one family, else
-- `unit` is null: a card that two families share says which of them only with a number beside it.
WITH wanted AS (
  SELECT card AS node FROM $refs WHERE card IS NOT NULL AND $of_cards
  UNION SELECT home FROM $refs WHERE home IS NOT NULL AND $of_homes
),
now_on AS (
  SELECT b.node, b.pid, 1 AS nearness
  FROM (SELECT pid, $card_of_believed AS node FROM $believed) AS b SEMI JOIN wanted AS w ON b.node = w.node
  UNION ALL
  SELECT DISTINCT s.home, s.pid, 1 FROM $spine AS s SEMI JOIN wanted AS w ON s.home = w.node
  UNION ALL
  SELECT DISTINCT s.card, s.pid, 2 FROM $spine AS s SEMI JOIN wanted AS w ON s.card = w.node
),
counted AS (
  SELECT n.node, n.nearness, k.unit, count(*) AS people
  FROM now_on AS n JOIN $kin AS k ON n.pid = k.pid GROUP BY n.node, n.nearness, k.unit
),
ranked AS (
  SELECT *, sum(people) OVER (PARTITION BY node, nearness) AS of_all,
         row_number() OVER (PARTITION BY node ORDER BY nearness, people DESC, unit) AS place
  FROM counted
)
SELECT node, CASE WHEN people * 4 >= of_all * 3 THEN unit END AS unit FROM ranked WHERE place = 1
