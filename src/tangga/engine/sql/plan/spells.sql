-- One row is one spell of support: one enrolment in a programme that holds, or held, by the day.
-- Key: source, source_id. `open`: it runs on the day. `valid_to` is exclusive. What ends it, and
-- why, is seen from the day of the end on. `card`: the family card that the row names.
SELECT e.family_id, e.person_id, e.programme, e.component, e.status, e.valid_from, e.valid_to,
       coalesce(e.status IN ($running), TRUE) AND coalesce(e.valid_to > DATE '$on', TRUE) AS open,
       e.document, CASE WHEN e.determined_on <= DATE '$on' THEN e.determined_on END AS determined_on,
       e.source, e.source_id, CASE WHEN e.valid_to > DATE '$on' THEN NULL ELSE e.exit END AS exit,
       CASE WHEN e.valid_to > DATE '$on' THEN NULL ELSE e.reason END AS reason,
       coalesce(y.person_id, CASE WHEN e.payee_number IS NULL AND e.payee IS NULL THEN e.person_id END)
         AS payee_person_id,
       e.kk AS card
FROM $enrolments AS e LEFT JOIN $payees AS y ON e.payee_number = y.number
WHERE e.latest AND coalesce(e.status IN ($counted), TRUE)
  AND coalesce(e.valid_from <= DATE '$on', TRUE)
