-- One row is one person and the found family they are in now; key: pid.
-- The family of the latest visit in the field stands, unless a card, or a source that goes by
-- cards, shows the person in another family for the first time after that visit: a card that
-- merely goes on as it was before is no news.
WITH visited AS (
  SELECT *, max(field_last) OVER (PARTITION BY pid) AS visit FROM $seen_in WHERE $part
),
ranked AS (
  SELECT *, row_number() OVER (
    PARTITION BY pid
    ORDER BY coalesce(first_seen > visit, FALSE) DESC,
             coalesce(field_last = visit, visit IS NULL) DESC,
             last_seen DESC, times DESC, family
  ) AS position
  FROM visited
)
SELECT pid, family, first_seen, last_seen, place FROM ranked WHERE position = 1
