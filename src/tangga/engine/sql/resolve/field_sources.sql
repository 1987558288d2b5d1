-- One row is one source whose families were found in the field: among its family cards there are
-- some that two of its families share, so its families are finer than cards; key: source.
WITH cards AS (
  SELECT source, card, min(home) <> max(home) AS shared
  FROM $spine WHERE card IS NOT NULL AND home IS NOT NULL AND NOT base
  GROUP BY source, card HAVING count(*) > 1
)
SELECT source, count(*) AS cards, count(*) FILTER (WHERE shared) AS shared_cards
FROM cards GROUP BY source
HAVING count(*) FILTER (WHERE shared) * $per_field >= count(*) AND bool_or(shared)
