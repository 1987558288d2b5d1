-- One row is one family that stands on the ladder or that support reaches, as the run's facts have
-- it; key: family_id.
SELECT f.family_id, f.village, f.rung, f.support_open, f.clock_bound_open,
       f.months_protected, f.extended_until, f.has_place
FROM $facts AS f
WHERE f.rung IS NOT NULL OR f.support_open OR f.clock_bound_open
   OR f.family_id IN (SELECT family_id FROM $running WHERE programme IN ($by_member))
