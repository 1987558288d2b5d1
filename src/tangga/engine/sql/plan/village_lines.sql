-- One row is one village with visits and one period of the poverty line of its place: that of the
-- longest area code with which the village's begins. Key: village, valid_from.
WITH places AS (
  SELECT DISTINCT coalesce(v.village, f.village) AS village
  FROM $visits AS v LEFT JOIN $families AS f ON v.family_id = f.family_id
),
nearest AS (
  SELECT p.village, max(len(l.area)) AS letters
  FROM places AS p JOIN $lines AS l ON starts_with(p.village, l.area) GROUP BY p.village
)
SELECT n.village, l.valid_from, l.valid_to, l.amount
FROM nearest AS n JOIN $lines AS l ON n.village[:n.letters] = l.area
