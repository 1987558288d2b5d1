-- One row is one spell of support that was stopped and restored since, by an event or because the
-- same support runs again; key: source, source_id. `restored_on`: the later of the two. `paid`: the
-- months between that were paid meanwhile. `family_amount`: what the programme gives the family a
-- year, by the rule of the day.
--
-- An older word of the same source that support had ended counts where its latest word is that it
-- runs. Without an event, only an end with a stated reason that can have been wrong is a stop.
WITH ended AS (
  SELECT e.*, e.exit IS NOT NULL OR e.reason IS NOT NULL AS stated,
         CASE WHEN NOT e.latest THEN n.as_of END AS runs_again
  FROM (
    SELECT * FROM $enrolments
    WHERE valid_to <= $day AND family_id IS NOT NULL AND coalesce(status IN ($counted), TRUE)
      AND coalesce(exit IN ($exits), reason IN ($reasons), TRUE)
  ) AS e
  LEFT JOIN (SELECT * FROM $enrolments WHERE latest AND valid_to IS NULL AND status IN ($open)) AS n
    ON n.source = e.source AND n.source_id = e.source_id
  WHERE e.latest OR n.as_of IS NOT NULL
),
restored AS (
  SELECT e.source, e.source_id, min(v.on_date) AS on_date
  FROM ended AS e JOIN $restored AS v ON v.family_id = e.family_id AND v.on_date >= e.valid_to
    AND coalesce(e.component IS NULL OR v.person_id = e.person_id, TRUE)
  GROUP BY e.source, e.source_id
),
reopened AS (
  SELECT e.source, e.source_id, min(n.valid_from) AS on_date
  FROM ended AS e JOIN $enrolments AS n
    ON n.family_id = e.family_id AND n.programme = e.programme AND n.valid_from > e.valid_to
    AND n.component IS NOT DISTINCT FROM e.component
    AND (e.component IS NULL OR n.person_id = e.person_id)
  WHERE n.latest AND n.valid_from <= $day AND coalesce(n.status IN ($counted), TRUE)
  GROUP BY e.source, e.source_id
),
stopped AS (
  SELECT e.family_id, e.person_id, e.programme, e.component, e.valid_to AS stopped_on,
         greatest(v.on_date, coalesce(r.on_date, e.runs_again)) AS restored_on,
         CASE WHEN v.on_date IS NOT NULL THEN 'restored' ELSE 'reopened' END AS why,
         e.source, e.source_id
  FROM ended AS e
  LEFT JOIN restored AS v ON v.source = e.source AND v.source_id = e.source_id
  LEFT JOIN reopened AS r ON r.source = e.source AND r.source_id = e.source_id
  WHERE v.on_date IS NOT NULL OR e.stated AND coalesce(r.on_date, e.runs_again) IS NOT NULL
),
covered AS (
  SELECT s.source, s.source_id, list(DISTINCT {'first': p.first, 'past': p.past}) AS paid
  FROM stopped AS s JOIN $paid AS p ON p.programme = s.programme AND p.family_id = s.family_id
  WHERE coalesce(s.component IS NULL OR p.component = s.component, TRUE)
    AND coalesce(s.component IS NULL OR p.person_id = s.person_id, TRUE)
  GROUP BY s.source, s.source_id
),
given AS (
  SELECT family_id, programme, min(amount) AS amount FROM $benefits WHERE person_id IS NULL
  GROUP BY family_id, programme
)
SELECT s.*, b.amount AS family_amount, coalesce(c.paid, []) AS paid
FROM stopped AS s
LEFT JOIN given AS b ON b.family_id = s.family_id AND b.programme = s.programme
LEFT JOIN covered AS c ON c.source = s.source AND c.source_id = s.source_id
ORDER BY s.family_id, s.programme, s.source, s.source_id
