-- One row is one family of whom a component fits, or may fit, on the day of the run, and when the
-- last of them has ended: not sure any more, ruled out (NULL: that is not known), and the very day;
-- key: family_id.
SELECT u.family_id, max(u.surely) AS surely, CASE WHEN count(u.at_last) = count(*) THEN max(u.at_last) END AS at_last, max(e.ends_on) AS ends_on
FROM (
  SELECT family_id, programme, $surely AS surely, $at_last AS at_last
  FROM (
    SELECT family_id, programme, bit_or(yes) AS yes, bit_or(maybe) AS maybe
    FROM $fits GROUP BY family_id, programme
  ) WHERE maybe & 1 = 1
) AS u LEFT JOIN $ends AS e
  ON e.family_id = u.family_id AND e.programme = u.programme AND e.at_last = u.at_last
GROUP BY u.family_id HAVING count(u.surely) = count(*)
