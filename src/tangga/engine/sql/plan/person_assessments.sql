-- One row is one assessed person; key: person_id. The latest assessment that says a need, and the
-- latest that looks at disability, decide.
SELECT person_id,
       arg_max(need, struct_pack(on_date, rid)) FILTER (WHERE need IS NOT NULL) AS need_assessed,
       max(on_date) FILTER (WHERE need IS NOT NULL) AS need_assessed_on,
       arg_max(grade IS NOT NULL OR finding IS NOT NULL, struct_pack(on_date, rid))
         FILTER (WHERE kind IN ($disability)) AS assessed_disabled,
       arg_max_null(grade, struct_pack(on_date, rid)) FILTER (WHERE kind IN ($disability))
         AS assessed_grade,
       max(on_date) FILTER (WHERE kind IN ($review)) AS reviewed_on
FROM $assessments GROUP BY person_id
