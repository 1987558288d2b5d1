-- One row is one family concerned, and what comes to it by arithmetic; key: family_id. A month is
-- its first day; NULL: not within the calendar. NAME_earliest: where it is not sure, the first month
-- in which it may be so. `NAME_k`: the number of the month in the calendar.
SELECT t.family_id, t.village, t.rung, t.kind, t.months_protected$listed,
       t.exempt AS exempt_k, x.month AS exempt_from,
       CASE WHEN t.exempt_maybe IS DISTINCT FROM t.exempt THEN xe.month END AS exempt_from_earliest,
       CASE WHEN t.exempt_maybe = t.exempt THEN d.on_day END AS exempt_on,
       t.no_able AS no_able_k, a.month AS no_able_adult_from,
       l.at_last AS last_component_k, c.month AS last_component_ends,
       CASE WHEN l.surely IS DISTINCT FROM l.at_last THEN ce.month END
         AS last_component_ends_earliest,
       CASE WHEN l.surely = l.at_last THEN l.ends_on END AS last_component_ends_on
FROM $turns AS t
LEFT JOIN last_components AS l ON t.family_id = l.family_id
LEFT JOIN exempt_days AS d ON t.family_id = d.family_id AND t.exempt = d.k
LEFT JOIN $rows AS x ON t.exempt = x.k
LEFT JOIN $rows AS xe ON t.exempt_maybe = xe.k
LEFT JOIN $rows AS a ON t.no_able = a.k
LEFT JOIN $rows AS c ON l.at_last = c.k
LEFT JOIN $rows AS ce ON l.surely = ce.k$joins
