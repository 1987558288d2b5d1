-- One row is one family with running support, and the days on which any counted one still runs, and
-- any that the clock can end; key: family_id.
SELECT family_id, bit_or(CASE WHEN programme IN ($counted) THEN runs ELSE $none END) AS support,
       bit_or(CASE WHEN bound THEN runs ELSE $none END) AS bound
FROM $running WHERE family_id IS NOT NULL GROUP BY family_id
