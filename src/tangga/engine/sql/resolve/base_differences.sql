-- One row is one person whom the base release and the other sources place differently (selisih
-- dengan DTSEN), in order of village; key: person_id. `difference`: not_in_base, only_in_base,
-- other_family.
SELECT village, $person_id AS person_id, $official_id AS official_family_id,
       $found_id AS found_family_id, difference
FROM (
  SELECT $village AS village, k.pid, o.id AS official, f.id AS found,
         CASE WHEN k.official_unit IS NULL THEN 'not_in_base'
              WHEN k.found_unit IS NULL THEN 'only_in_base' ELSE 'other_family' END AS difference
  FROM $kin AS k JOIN $believed AS b ON k.pid = b.pid
  LEFT JOIN $family_ids AS o ON k.official_unit = o.grp
  LEFT JOIN $family_ids AS f ON k.found_unit = f.grp
  WHERE k.official_unit IS DISTINCT FROM k.found_unit
  ORDER BY village NULLS LAST, k.pid
)
