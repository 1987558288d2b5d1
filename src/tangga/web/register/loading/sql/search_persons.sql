-- Persons whose name is like the one asked for, most alike first. It runs as the owner, because
-- under row-level security PostgreSQL may not use the trigram index for a request (its operators are
-- not leakproof); therefore it asks the session itself which area may be seen. What the caller says
-- can only narrow that. way: same, begins, word (each word asked for stands in the name, or one
-- much like it) or like.
--
-- One word alone is hardly like a name of three: it is looked for inside of the names first, and
-- where they are few also among the names in which some word is like it.
CREATE FUNCTION search_persons(
    name text, birth_year integer, area_from text, area_to text, most integer
)
RETURNS TABLE (person_id text, family_id text, area text, found_name text, birth_date date,
               found_year integer, sex text, status text, likeness real, way text)
LANGUAGE plpgsql STABLE SECURITY DEFINER
SET search_path FROM CURRENT
SET pg_trgm.similarity_threshold = 0.45
SET pg_trgm.word_similarity_threshold = 0.5
SET plan_cache_mode = force_custom_plan
AS $body$
#variable_conflict use_column
DECLARE
    may_from text := nullif(current_setting('app.area_from', true), '');
    may_to   text := nullif(current_setting('app.area_to', true), '');
    asked    text := lower(btrim(regexp_replace(left(search_persons.name, 100), '\s+', ' ', 'g')));
    low      text COLLATE "C";
    high     text COLLATE "C";
    near_by  text COLLATE "C";
    many     integer := least(greatest(coalesce(search_persons.most, 50), 1), 200);
    got      integer := 0;
    inside   text;
    within   text := ' AND p.area >= $2 AND p.area < $3';
    shown    text :=
        'SELECT p.person_id, p.family_id, p.area, p.name, p.birth_date, p.birth_year, p.sex, p.status,
                similarity(p.search_name, $1) AS likeness,
                CASE WHEN p.search_name = $1 THEN ''same''
                     WHEN starts_with(p.search_name, $1) THEN ''begins''
                     WHEN word_similarity($1, p.search_name) >= 0.8 THEN ''word''
                     ELSE ''like'' END AS way
         FROM ';
BEGIN
    IF may_from IS NULL OR may_to IS NULL OR coalesce(asked, '') = '' THEN
        RETURN;
    END IF;
    low := greatest(may_from COLLATE "C", nullif(search_persons.area_from, '') COLLATE "C");
    high := least(may_to COLLATE "C", nullif(search_persons.area_to, '') COLLATE "C");
    IF low >= high THEN
        RETURN;
    END IF;
    IF length(low) >= {digits} AND left(high, {digits}) = left(low, {digits}) THEN
        near_by := left(low, {digits});
        within := within || ' AND p.near = $4';
    END IF;
    IF search_persons.birth_year IS NOT NULL THEN
        within := within || ' AND p.birth_year BETWEEN $5 - 2 AND $5 + 2';
    END IF;
    -- Shorter than three signs, the index of names has nothing to look for inside of them.
    IF asked ~ '^[^ ]*[[:alnum:]]{{3}}[^ ]*$' THEN
        inside := '%' || regexp_replace(asked, '([\\%_])', '\\\1', 'g') || '%';
        -- The order is one that costs nothing: whole words first, then the shortest names.
        RETURN QUERY EXECUTE shown || '(
             SELECT * FROM person_index AS p WHERE p.search_name LIKE $7' || within || '
             ORDER BY p.search_name <> $1, NOT starts_with(p.search_name, $1),
                      strpos('' '' || p.search_name || '' '', '' '' || $1 || '' '') = 0,
                      length(p.search_name), p.search_name, p.person_id
             LIMIT $6) AS p ORDER BY likeness DESC, p.search_name, p.person_id'
        USING asked, low, high, near_by, search_persons.birth_year, many, inside;
        GET DIAGNOSTICS got = ROW_COUNT;
        within := within || ' AND p.search_name NOT LIKE $7';
    END IF;
    IF got < many THEN
        RETURN QUERY EXECUTE shown || 'person_index AS p WHERE '
            || CASE WHEN inside IS NULL THEN 'p.search_name % $1' ELSE '$1 <% p.search_name' END
            || within || ' ORDER BY likeness DESC, p.search_name, p.person_id LIMIT $6'
        USING asked, low, high, near_by, search_persons.birth_year, many - got, inside;
    END IF;
END
$body$
