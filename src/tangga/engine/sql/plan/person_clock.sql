-- One row is one living person whom support reached while of age; key: person_id. months_counted:
-- months that surely count; months_unsure: further months that would, were they of age, which their
-- birth date leaves open. `base` is the month of the lowest bit of `months_0`, as year * 12 + month
-- - 1; each word holds sixty months.
SELECT person_id, $sure_count AS months_counted, $since_count AS months_counted_since_start,
       $possible_count - $sure_count AS months_unsure, $base AS base, $words
FROM (
  SELECT r.person_id, $sure, $possible
  FROM $reached AS r JOIN $persons AS p ON r.person_id = p.person_id
  LEFT JOIN $cases AS c ON r.person_id = c.person_id
  WHERE NOT p.at_school AND p.alive
)
WHERE $any_possible
