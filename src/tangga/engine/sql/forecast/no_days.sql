-- One row is one family and month in which somebody of it ceases to be so; none here.
SELECT NULL::VARCHAR AS family_id, NULL::INTEGER AS k, NULL::DATE AS on_day WHERE FALSE
