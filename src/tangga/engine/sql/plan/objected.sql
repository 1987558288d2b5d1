-- One row is one objection that was lodged by the day, with its answer, if one by the day says
-- whether the family was right; key: source, source_id. The first answer that follows counts; one
-- that names a document answers only objections that name the same, or none.
SELECT o.family_id, o.person_id, o.on_date AS lodged_on,
       min(a.on_date) FILTER (WHERE coalesce(a.document = o.document, TRUE)) AS answered_on,
       coalesce(arg_min(a.upheld, (a.on_date, a.source, a.source_id))
         FILTER (WHERE coalesce(a.document = o.document, TRUE)), FALSE) AS upheld,
       o.document, o.source, o.source_id
FROM (SELECT * FROM $events WHERE event IN ($lodged)) AS o
LEFT JOIN (SELECT * FROM $events WHERE event IN ($answered) AND upheld IS NOT NULL) AS a
  ON a.family_id = o.family_id AND a.on_date >= o.on_date
GROUP BY o.family_id, o.person_id, o.on_date, o.document, o.source, o.source_id
ORDER BY o.family_id, o.on_date, o.source, o.source_id
