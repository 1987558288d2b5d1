-- One row is one active family whose official decile differs between two releases, as a rule the one
-- in force and the one before it; key: family_id. `steps`: by how many tenths; more is further from
-- the poorest. `crossed`: out of the poorest tenths that count, or into them. `state_before`, `state`:
-- as in `rank_history`; not_listed where the release does not have the family.
SELECT c.family_id, f.village, b.name AS release_before, n.name AS release,
       $decile_before AS decile_before, $decile AS decile, $decile - $decile_before AS steps,
       $change AS change, $crossed AS crossed, $state_before AS state_before, $state AS state
FROM $sides AS c JOIN $families AS f ON c.family_id = f.family_id
JOIN $numbers AS n ON c.now = n.number JOIN $numbers AS b ON c.before = b.number
WHERE f.status = 'active' AND $decile_before IS DISTINCT FROM $decile
ORDER BY f.village NULLS LAST, c.family_id
