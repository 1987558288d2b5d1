-- One row is one family in care, or that can graduate; key: family_id. graduable: NULL where it is
-- not known of a family in care.
SELECT f.family_id, f.village, f.rung, coalesce($in_care, FALSE) AS in_care,
       $graduable AS graduable
FROM $facts AS f LEFT JOIN $facts AS m ON m.family_id = f.family_id
WHERE coalesce($in_care, FALSE) OR coalesce($graduable, FALSE)
