-- One row is one family in any official release: its rank in the release of today and in the one
-- before, each from low to high (0 stands for none); key: family_id.
SELECT family_id, now, before, list_min(ranks_now) % 100 AS low, list_max(ranks_now) % 100 AS high,
       list_min(ranks_before) % 100 AS low_before, list_max(ranks_before) % 100 AS high_before
FROM (
  SELECT family_id, now, before, list_filter(ranks, lambda r: r // 100 = now) AS ranks_now,
         list_filter(ranks, lambda r: r // 100 = before) AS ranks_before
  FROM (
    SELECT *, list_max(list_filter(ranks, lambda r: coalesce(r < now * 100, TRUE))) // 100 AS before
    FROM $official
  )
)
