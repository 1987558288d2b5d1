-- One row is one family as the readiness of its village counts it; key: family_id. `place`: in a
-- village, elsewhere (no village), or unknown. seen_on: the newest facts about the family, by a
-- form or a complete visit; fresh: these are younger than the policy asks; NULL: none at all.
-- matched, in_review: of its members, those whom the civil registry knows, and those with a possible
-- double that a clerk has not judged.
WITH members AS (
  SELECT p.family_id, count(*) AS persons, count(m.person_id) AS matched,
         count(r.person_id) AS in_review
  FROM (SELECT person_id, family_id FROM $persons WHERE $part) AS p
  LEFT JOIN $matched AS m ON p.person_id = m.person_id
  LEFT JOIN $in_review AS r ON p.person_id = r.person_id
  GROUP BY p.family_id
),
asked AS (
  SELECT family_id, max(as_of) AS as_of FROM $family_facts
  WHERE $part AND as_of <= DATE '$on' GROUP BY family_id
)
SELECT f.family_id, f.village,
       CASE WHEN p.place_kind IN ($elsewhere) THEN 'elsewhere'
            WHEN f.village IS NULL OR len(f.village) < $letters THEN 'unknown' ELSE 'village' END
         AS place,
       greatest(a.as_of, h.visited_on) AS seen_on,
       greatest(a.as_of, h.visited_on) > DATE '$fresh_after' AS fresh,
       f.decile IS NOT NULL AS ranked,
       CAST(coalesce(b.persons, 0) AS INTEGER) AS persons,
       CAST(coalesce(b.matched, 0) AS INTEGER) AS matched,
       CAST(coalesce(b.in_review, 0) AS INTEGER) AS in_review
FROM (SELECT family_id, village, decile FROM $facts WHERE $part) AS f
LEFT JOIN (SELECT family_id, place_kind FROM $families WHERE $part) AS p
  ON f.family_id = p.family_id
LEFT JOIN asked AS a ON f.family_id = a.family_id
LEFT JOIN (SELECT family_id, visited_on FROM $history WHERE $part) AS h
  ON f.family_id = h.family_id
LEFT JOIN members AS b ON f.family_id = b.family_id
