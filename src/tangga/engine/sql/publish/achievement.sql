-- One row is one thing achieved (a family graduated, a visit kept), in its village; key: area, year,
-- pilar, measure, number. Measures behind which few people stand are not among them.
SELECT a.area, concat_ws('/', a.area, a.month, a.at) AS family, CAST(a.year AS VARCHAR) AS year,
       a.pilar, a.measure, 1 AS achieved
FROM (
  SELECT area, year, month, pilar, measure, unnest(range(achieved)) AS at FROM $achievement
  WHERE level = '$narrowest' AND coalesce(worker, '') = '' AND coalesce(exits, '') = ''
    AND coalesce(programme, '') = '' AND measure NOT IN ($small)
) AS a
