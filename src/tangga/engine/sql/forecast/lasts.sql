-- One row is one component of a $who that fits, or may fit, in some month, and the number of months,
-- from that of the day on, in which it is not ruled out on a day (NULL: it never is, or was before:
-- that ends nothing); key: $who, programme, component. known: it surely fits on the day.
SELECT f.$who, f.programme, f.component, f.known,
       coalesce($month_of_eve, f.ended)::INTEGER AS past
FROM (
  SELECT $who, programme, component, yes & 1 = 1 AS known,
         CASE WHEN maybe & 1 = 1 THEN $ended END AS ended
  FROM (
    SELECT $who, programme, component, bit_or(yes) AS yes, bit_or(maybe) AS maybe
    FROM $fits GROUP BY $who, programme, component
  )
) AS f LEFT JOIN (
  SELECT $who, programme, component, at_last, max(over_on) AS over_on
  FROM $ends GROUP BY $who, programme, component, at_last
) AS e ON e.$who = f.$who AND e.programme = f.programme AND e.component = f.component
  AND e.at_last = f.ended
