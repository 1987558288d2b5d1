-- One row is one official family with the base's own id of it; key: unit.
WITH said AS (SELECT family AS unit, min(rid) AS rid FROM $official GROUP BY family)
SELECT s.unit, r.source AS base_source, coalesce(r.source_family_id, $kk) AS base_family_id
FROM said AS s JOIN $records AS r ON s.rid = r.rid
