-- One row is one family and one release that has it by the day; key: family_id, number. `source`:
-- who has it there, the first and the last by name where several have. `in_force`: it is the newest
-- of a source that has it there. `number`: as in `releases`.
SELECT h.family_id, n.name AS release, n.on_date AS released_on,
       $decile AS decile, $state AS rank_state,
       CASE WHEN h.first_place = h.last_place THEN s.source ELSE s.source || ', ' || t.source END
         AS source,
       h.current AS in_force, h.number::INTEGER AS number
FROM $family_ranks AS h
JOIN (SELECT DISTINCT number, name, on_date FROM $release_dates) AS n ON h.number = n.number
JOIN (SELECT DISTINCT place, source FROM $release_dates) AS s ON h.first_place = s.place
JOIN (SELECT DISTINCT place, source FROM $release_dates) AS t ON h.last_place = t.place
WHERE $part
