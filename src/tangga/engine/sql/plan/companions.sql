-- One row is one family in care and pilar: the worker on duty, posted to its place, who visited it
-- last. Key: family_id, pilar.
SELECT c.family_id, min(c.village) AS village, p.pilar,
       arg_max(p.worker, struct_pack(v.on_date, v.rid)) AS worker
FROM $care AS c
JOIN $visits AS v ON v.family_id = c.family_id
JOIN $posts AS p ON p.worker = v.worker AND starts_with(c.village, p.area)
WHERE c.in_care
GROUP BY c.family_id, p.pilar
