-- One row is a family with running support that the clock can end and that nears the cap or has passed
-- it, whatever the status of the cap: a list, on which no move rests; key: family_id.
SELECT f.family_id, f.village, f.rung, f.months_protected,
       CASE WHEN f.months_protected >= $months THEN 'passed' ELSE 'near' END AS list,
       greatest(0, $months - f.months_protected) AS months_left, $must_climb AS must_climb_adults,
       f.has_place AS place, f.extended_until
FROM $facts AS f
WHERE f.clock_bound_open AND f.months_protected >= $planning_from
ORDER BY f.months_protected DESC, f.family_id
