-- One row is one person and component of a programme, and the months in which it fits surely, and
-- possibly; key: person_id, programme, component, version's months. Empty: rows are added.
SELECT NULL::VARCHAR AS family_id, NULL::VARCHAR AS person_id, NULL::VARCHAR AS programme,
       NULL::VARCHAR AS component, NULL::$kind AS yes, NULL::$kind AS maybe
WHERE FALSE
