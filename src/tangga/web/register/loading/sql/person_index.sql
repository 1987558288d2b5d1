-- One row is one person as the search finds them; key: person_id. Narrow, so that many fit in memory.
-- `near`: the area on the level at which people are looked for; words of names are known by it.
-- The shortest names stand first: of thousands who bear a word the search takes the first that it
-- meets, and those are the closest to what was asked.
CREATE TABLE person_index AS
SELECT p.person_id, p.family_id, p.area, left(p.area, {digits}) COLLATE "C" AS near,
       p.name, lower(p.name) AS search_name, {birth_date} AS birth_date, p.birth_year, p.sex, p.status
FROM persons AS p
WHERE p.name IS NOT NULL
ORDER BY length(p.name), p.person_id
