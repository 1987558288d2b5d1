-- One row is one family that any release has by the day, and its rank; key: family_id. `now`: the
-- number of the newest release that is still the newest of its source; null where the family is
-- in none of those. `before`: of the newest before it. `ranks`: number of a release * 100 + code,
-- sorted.
SELECT family_id, now // 100 AS now, now % 100 AS code, before // 100 AS before,
       before % 100 AS code_before, ranks
FROM (
  SELECT family_id, now, ranks,
         list_max(list_filter(ranks, lambda r: coalesce(r // 100 < now // 100, TRUE))) AS before
  FROM (
    SELECT h.family_id, list_sort(list(h.number * 100 + $code)) AS ranks,
           max(h.number * 100 + $code) FILTER (WHERE h.current) AS now
    FROM $family_ranks AS h WHERE $part GROUP BY h.family_id
  )
)
