-- One row is one thing that changed for a family between the release that was in force and this one;
-- many to a family, one a kind (of kind `id` one an id). Only from tables that everybody in the area
-- may read. kind: came, went, moved, left, decile, rung, id.
--   moved   stands in the area where the family lives now; before and after are villages
--   left    the same move, for the area that the family left; after is no narrower than that tells
--           apart the old place from the new: the area above which both have in common ends there
--   reason  lineage:KIND, status:CODE, event:CODE, exit:CODE, release:NAME, rank_state:CODE,
--           source:NAME (of who came: which source speaks of its members, a new one first) or NULL
CREATE TABLE changes AS
WITH b AS MATERIALIZED (
    SELECT family_id, area, village, rung, decile, rank_state FROM {old}.family_index
),
a AS MATERIALIZED (
    SELECT family_id, area, village, rung, decile, rank_state FROM family_index
),
traced AS (
    SELECT kind, old_id, new_id, entity FROM {lineage} AS now
    EXCEPT SELECT kind, old_id, new_id, entity FROM {old_lineage} AS before
),
happened AS (
    SELECT DISTINCT ON (e.family_id) e.family_id, e.event
    FROM {events} AS e
    WHERE e.family_id IS NOT NULL AND NOT EXISTS (
        SELECT FROM {old_events} AS o WHERE o.source = e.source AND o.source_id = e.source_id)
    ORDER BY e.family_id, e.on_date DESC NULLS LAST, e.source, e.source_id
),
climbed AS (
    SELECT DISTINCT ON (e.family_id, e.rung) e.family_id, e.rung, e.event, e.exit
    FROM {events} AS e
    WHERE e.family_id IS NOT NULL AND e.rung IS NOT NULL
    ORDER BY e.family_id, e.rung, e.on_date DESC NULLS LAST, e.source, e.source_id
),
settled AS (
    SELECT DISTINCT ON (e.family_id, e.to_area) e.family_id, e.to_area, e.event
    FROM {events} AS e
    WHERE e.family_id IS NOT NULL AND e.to_area IS NOT NULL
    ORDER BY e.family_id, e.to_area, e.on_date DESC NULLS LAST, e.source, e.source_id
),
brought AS (
    SELECT p.family_id,
           (array_agg(r.source ORDER BY o.source IS NOT NULL, r.source))[1] AS source
    FROM a LEFT JOIN b USING (family_id)
    JOIN persons AS p ON p.family_id = a.family_id
    JOIN {records} AS r ON r.person_id = p.person_id
    LEFT JOIN (SELECT DISTINCT source FROM {old_records} AS s) AS o ON o.source = r.source
    WHERE b.family_id IS NULL
    GROUP BY p.family_id
),
moved AS (
    SELECT a.family_id, a.area, b.area AS area_before, b.village AS before, a.village AS after,
           'event:' || coalesce(s.event, h.event) AS reason
    FROM a JOIN b USING (family_id)
    LEFT JOIN settled AS s ON s.family_id = a.family_id AND s.to_area = a.village
    LEFT JOIN happened AS h ON h.family_id = a.family_id
    WHERE a.area <> b.area
)
SELECT a.family_id, a.area, NULL::text AS area_before, 'came' AS kind,
       NULL::text AS before, a.village AS after,
       coalesce('lineage:' || t.kind, 'event:' || h.event, 'source:' || w.source) AS reason
FROM a LEFT JOIN b USING (family_id)
LEFT JOIN (SELECT DISTINCT ON (new_id) new_id, kind FROM traced ORDER BY new_id, kind) AS t
  ON t.new_id = a.family_id
LEFT JOIN happened AS h ON h.family_id = a.family_id
LEFT JOIN brought AS w ON w.family_id = a.family_id
WHERE b.family_id IS NULL
UNION ALL
SELECT b.family_id, b.area, b.area, 'went', b.village, t.new_id,
       coalesce('lineage:' || t.kind, 'status:' || f.status)
FROM b LEFT JOIN a USING (family_id)
LEFT JOIN (
    SELECT DISTINCT ON (old_id) old_id, new_id, kind FROM traced
    ORDER BY old_id, new_id NULLS LAST, kind
) AS t ON t.old_id = b.family_id
LEFT JOIN families AS f ON f.family_id = b.family_id
WHERE a.family_id IS NULL
UNION ALL
SELECT family_id, area, area_before, 'moved', before, after, reason FROM moved
UNION ALL
SELECT family_id, area_before, area_before, 'left', before,
       {apart},
       reason
FROM moved
UNION ALL
SELECT a.family_id, a.area, b.area, 'decile', b.decile::text, a.decile::text,
       coalesce('release:' || r.release, 'rank_state:' || a.rank_state)
FROM a JOIN b USING (family_id)
LEFT JOIN {rank_changes} AS r ON r.family_id = a.family_id
WHERE a.decile IS DISTINCT FROM b.decile
UNION ALL
SELECT a.family_id, a.area, b.area, 'rung', b.rung, a.rung,
       coalesce('exit:' || c.exit, 'event:' || c.event)
FROM a JOIN b USING (family_id)
LEFT JOIN climbed AS c ON c.family_id = a.family_id AND c.rung = a.rung
WHERE a.rung IS DISTINCT FROM b.rung
UNION ALL
SELECT f.family_id, f.area, NULL, 'id', t.old_id, t.new_id, 'lineage:' || t.kind
FROM traced AS t JOIN families AS f ON f.family_id = t.new_id
UNION ALL
SELECT p.family_id, p.area, NULL, 'id', t.old_id, t.new_id, 'lineage:' || t.kind
FROM traced AS t JOIN persons AS p ON p.person_id = t.new_id
UNION ALL
SELECT b.family_id, b.area, b.area, 'id', t.old_id, NULL, 'lineage:' || t.kind
FROM traced AS t JOIN b ON b.family_id = t.old_id WHERE t.new_id IS NULL
