-- One row is one person for whom a component of a programme surely or possibly fits on the day of
-- the run and does not in some later month. surely: the first month in which it is not sure any
-- more; at_last: the first in which it is ruled out; ends_on: the very day, where there is one;
-- over_on: the last day that it may be, NULL where nobody knows.
SELECT e.family_id, e.person_id, '$programme', '$component', e.surely, e.at_last,
       CASE WHEN e.surely = e.at_last THEN $on_day END, $last_day
FROM (
  SELECT family_id, person_id, $days AS days, $last_days AS last_days, $surely AS surely, $at_last AS at_last
  FROM (
    SELECT d.*, x.yes, x.maybe
    FROM (
      SELECT person_id, bit_or(yes) AS yes, bit_or(maybe) AS maybe FROM $fits
      WHERE programme = '$programme' AND component = '$component' GROUP BY person_id
    ) AS x JOIN $people AS d ON x.person_id = d.person_id
    WHERE x.maybe & 1 = 1
  ) AS d
) AS e LEFT JOIN $calendar AS c ON c.k = e.at_last
WHERE e.surely IS NOT NULL
