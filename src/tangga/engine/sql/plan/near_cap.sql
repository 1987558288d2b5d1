-- One row is a family with running support that the clock can end and that nears the cap or has passed
-- it, whatever the status of the cap: a list, on which no move rests; key: family_id. must_climb_adults are surely not exempt, at most
-- must_climb_most are: where these differ it is not known how many (most is null without a bound).
SELECT f.family_id, f.village, f.rung, f.months_protected,
       CASE WHEN f.months_protected >= $months THEN 'passed' ELSE 'near' END AS list,
       greatest(0, $months - f.months_protected) AS months_left, $must_climb_least AS must_climb_adults,
       $must_climb_most AS must_climb_most,
       f.has_place AS place, f.extended_until
FROM $facts AS f
WHERE f.clock_bound_open AND f.months_protected >= $planning_from
ORDER BY f.months_protected DESC, f.family_id
