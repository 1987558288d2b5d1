-- One row is one family in either of two releases, with its rank in both as codes; key: family_id.
SELECT h.family_id, $now AS now, $before AS before,
       coalesce(max($code) FILTER (WHERE h.number = $now), $absent) AS code,
       coalesce(max($code) FILTER (WHERE h.number = $before), $absent) AS code_before
FROM $history AS h WHERE h.number IN ($now, $before) GROUP BY h.family_id
