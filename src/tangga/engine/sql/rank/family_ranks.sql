-- One row is one family and one release that has it by the day; key: family_id, number. `low` and
-- `high`: its deciles in it; null where no row holds one. `blank`: some row holds it without a
-- decile. `unread`: some row holds what is no decile, which is no rank, and not none either.
-- `first_place`, `last_place`: of the sources that have it.
WITH ranked AS (
  SELECT r.family_id, r.source, r.source_id, r.as_of, r.latest, d.number, d.current, d.place,
         $said AS said
  FROM (SELECT * FROM $rows WHERE $part) AS r JOIN $release_dates AS d
    ON r.source = d.source AND r.release IS NOT DISTINCT FROM d.release
    AND r.released_on IS NOT DISTINCT FROM d.released_on AND r.as_of IS NOT DISTINCT FROM d.as_of
  WHERE d.seen
),
superseded AS (
  SELECT DISTINCT old.source, old.source_id, old.number, old.as_of
  FROM (SELECT * FROM ranked WHERE NOT latest) AS old JOIN ranked AS newer
    ON old.source_id = newer.source_id AND old.source = newer.source AND old.number = newer.number
    AND old.as_of < newer.as_of
)
SELECT family_id, number, bool_or(current) AS current, min(nullif(said, 0)) AS low,
       max(nullif(said, 0)) AS high, coalesce(bool_or(said = 0), FALSE) AS blank,
       bool_or(said IS NULL) AS unread, min(place) AS first_place, max(place) AS last_place
FROM ranked ANTI JOIN superseded USING (source, source_id, number, as_of)
GROUP BY family_id, number
