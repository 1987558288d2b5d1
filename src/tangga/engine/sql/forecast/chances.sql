-- One row is one cell and year of the calendar, with what is expected in it by age, in millionths:
-- births to its women, deaths of its people, deaths of those who are a family alone, and the rupiah a
-- year of the components of those who die; key: cell, year. unknown: people without a birth date.
SELECT c.cell, y.year, CAST(sum(CASE p.sex WHEN 'female' THEN $births ELSE 0 END) AS BIGINT) AS births,
       CAST(sum($deaths) AS BIGINT) AS deaths,
       CAST(sum(CASE WHEN p.members = 1 THEN $deaths ELSE 0 END) AS BIGINT) AS alone,
       CAST(sum($deaths * coalesce(a.amount, 0)) AS BIGINT) AS lost,
       CAST(count(*) FILTER (WHERE p.born_lo IS NULL) AS BIGINT) AS unknown
FROM (
  SELECT person_id, family_id, sex, born_lo, count(*) OVER (PARTITION BY family_id) AS members
  FROM $people
) AS p
JOIN $cells AS c ON p.family_id = c.family_id
CROSS JOIN (SELECT CAST(unnest(range($years)) AS INTEGER) AS year) AS y
LEFT JOIN (
  SELECT person_id, sum(amount) AS amount FROM (
    SELECT person_id, amount FROM $owed
    WHERE person_id IS NOT NULL AND first = 0 AND programme IN ($programmes)
    UNION ALL
    SELECT k.person_id, k.amount FROM $components AS k
    SEMI JOIN (SELECT * FROM $running WHERE component IS NULL) AS r
      ON k.family_id = r.family_id AND k.programme = r.programme
    WHERE k.counted AND k.programme IN ($programmes)
  ) GROUP BY person_id
) AS a ON p.person_id = a.person_id
GROUP BY c.cell, y.year
ORDER BY c.cell, y.year
