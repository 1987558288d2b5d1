-- One row is one component that fits, or may fit, somebody on the day of the run and ends within the
-- calendar; key: person_id, programme, component. Empty: rows are added.
SELECT NULL::VARCHAR AS family_id, NULL::VARCHAR AS person_id, NULL::VARCHAR AS programme,
       NULL::VARCHAR AS component, NULL::INTEGER AS surely, NULL::INTEGER AS at_last,
       NULL::DATE AS ends_on, NULL::DATE AS over_on
WHERE FALSE
