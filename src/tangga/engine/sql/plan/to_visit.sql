-- One row is a family to be visited by a day: it has reached the cap and whether somebody is not exempt
-- is not known (cap), running support rests on what is not known (running), a signal against it is to
-- be looked at there (signal), or only the rank stands in the way (unranked); key: family_id.
SELECT subject AS family_id, what[7:] AS why, since, since + $days AS deadline
FROM $since WHERE starts_with(what, 'visit/')
ORDER BY deadline, family_id
