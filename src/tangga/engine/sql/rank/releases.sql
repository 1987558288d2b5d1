-- One row is one release of official ranks that one source has; key: source, release. `state`: it
-- is the newest of its source on the day and decides (in_force), an earlier one, or one of a later
-- day, which is not seen.
SELECT source, name AS release, min(on_date) AS released_on,
       CASE WHEN NOT seen THEN 'later' WHEN current THEN 'in_force' ELSE 'earlier' END AS state,
       CAST(sum(records) AS BIGINT) AS records, CAST(number AS INTEGER) AS number
FROM $release_dates
GROUP BY source, name, seen, current, number
ORDER BY released_on, release, source, state
