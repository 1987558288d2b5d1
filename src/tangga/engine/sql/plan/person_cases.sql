-- One row is one person with a case of rehabilitation, open or closed; key: person_id. A case that
-- is over without a date was closed when its source was true.
SELECT person_id, bool_or(open) AS case_open,
       max(greatest(opened, CASE WHEN reviewed <= DATE '$on' THEN reviewed END))
         FILTER (WHERE open) AS reviewed_on,
       max(coalesce(closed, greatest(as_of, opened))) FILTER (WHERE NOT open) AS case_closed_on
FROM $cases GROUP BY person_id
