-- One row is one person whom a base source places in a family; key: pid. `family`: the node of
-- the base's own family id (or of its card); `rid`: the record that says so.
WITH said AS (
  SELECT pid, rid, slot, slot * 128 + relation AS place, as_of, 
         coalesce(home, CAST(md5_number_lower(source || chr(31) || card) >> 1 AS BIGINT)) AS family
  FROM $spine WHERE base AND coalesce(home, card) IS NOT NULL AND $part
),
ranked AS (
  SELECT *, row_number() OVER (PARTITION BY pid ORDER BY slot) AS position FROM said
)
SELECT pid, family, rid, as_of AS first_seen, place FROM ranked WHERE position = 1
