-- One row is one member of a family that the day's decisions look at, in the family's village; key:
-- the person. Of an age that two bands share the band is not known.
SELECT b.village AS area, f.family_id AS family, coalesce(s.sex, 'not_known') AS sex,
       CASE WHEN $oldest = $youngest THEN $youngest ELSE 'not_known' END AS age,
       coalesce(CAST(CASE r.decile_used WHEN 'official' THEN r.decile_official
                     WHEN 'indicative' THEN r.decile END AS VARCHAR), 'not_known') AS decile,
       1 AS people
FROM (SELECT family_id FROM $facts) AS f
JOIN (SELECT family_id, village FROM $families) AS b ON b.family_id = f.family_id
JOIN (SELECT person_id, family_id FROM $person_facts) AS p ON p.family_id = f.family_id
LEFT JOIN (
  SELECT person_id, sex, coalesce(birth_date, make_date(birth_year, coalesce(birth_month, 1), 1))
           AS first_day,
         coalesce(birth_date, CASE WHEN birth_month IS NULL THEN make_date(birth_year, 12, 31)
                  ELSE last_day(make_date(birth_year, birth_month, 1)) END) AS last_day
  FROM $persons
) AS s ON s.person_id = p.person_id
LEFT JOIN (SELECT family_id, decile_used, decile_official, decile FROM $ranking) AS r
  ON r.family_id = f.family_id
