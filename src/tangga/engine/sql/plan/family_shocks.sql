-- One row is one family in an open shock: the latest, within so many months of the day, that no
-- return followed; key: family_id.
WITH shocks AS (
  SELECT family_id, on_date, coalesce(shock, '$unnamed') AS shock, rid FROM $events
  WHERE event = 'shock'
  UNION ALL
  SELECT family_id, on_date, shock, rid FROM $visits WHERE shock IS NOT NULL
),
latest AS (
  SELECT family_id, max(on_date) AS shock_on, arg_max(shock, struct_pack(on_date, rid)) AS shock
  FROM shocks WHERE family_id IS NOT NULL AND on_date >= DATE '$since' GROUP BY family_id
)
SELECT s.* FROM latest AS s ANTI JOIN (
  SELECT l.family_id FROM latest AS l JOIN $events AS e
    ON l.family_id = e.family_id AND e.event IN ($ends) AND e.on_date >= l.shock_on
) AS over ON s.family_id = over.family_id
