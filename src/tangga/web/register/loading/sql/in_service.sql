-- Which persons of one family have an open case: no more than that, for who may see the family. It is
-- a function and no table, so that it is asked of one family and cannot be listed.
CREATE FUNCTION in_service(family text) RETURNS SETOF text
LANGUAGE sql STABLE SECURITY DEFINER
SET search_path FROM CURRENT
AS $body$
    SELECT DISTINCT c.person_id
    FROM {cases} AS c
    WHERE c.family_id = $1 AND c.closed IS NULL AND c.person_id IS NOT NULL
      AND NOT coalesce(c.state = ANY ({over}), false)
      AND c.area >= nullif(current_setting('app.area_from', true), '') COLLATE "C"
      AND c.area < nullif(current_setting('app.area_to', true), '') COLLATE "C"
$body$
