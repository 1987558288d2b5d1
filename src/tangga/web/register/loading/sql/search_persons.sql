-- Persons whose name is like the one asked for, most alike first. It runs as the owner, because
-- under row-level security PostgreSQL may not use an index of words for a request (its operators are
-- not leakproof); therefore it asks the session itself which area may be seen. What the caller says
-- can only narrow that. way: same, begins, word (each word asked for stands in the name, or one
-- much like it) or like.
--
-- The few thousand words of the area's names are compared with what was asked, not the people: who
-- bears such words is then read from an index, and likeness is computed of at most a thousand.
CREATE FUNCTION search_persons(
    name text, birth_year integer, area_from text, area_to text, most integer
)
RETURNS TABLE (person_id text, family_id text, area text, found_name text, birth_date date,
               found_year integer, sex text, status text, likeness real, way text)
LANGUAGE plpgsql STABLE SECURITY DEFINER
SET search_path FROM CURRENT
SET enable_seqscan = off
AS $body$
#variable_conflict use_column
DECLARE
    may_from text := nullif(current_setting('app.area_from', true), '');
    may_to   text := nullif(current_setting('app.area_to', true), '');
    asked    text := lower(btrim(regexp_replace(left(search_persons.name, 100), '\s+', ' ', 'g')));
    words    text[] := (string_to_array(asked, ' '))[:6];
    low      text COLLATE "C";
    high     text COLLATE "C";
    near_by  text;
    many     integer := least(greatest(coalesce(search_persons.most, 50), 1), 200);
    alike    text[] := '{{}}';
    attempt  record;
    found    text[] := '{{}}';
    more     text[];
BEGIN
    IF may_from IS NULL OR may_to IS NULL OR coalesce(asked, '') = '' THEN
        RETURN;
    END IF;
    low := greatest(may_from COLLATE "C", nullif(search_persons.area_from, '') COLLATE "C");
    high := least(may_to COLLATE "C", nullif(search_persons.area_to, '') COLLATE "C");
    IF low >= high THEN
        RETURN;
    END IF;
    near_by := left(low, {digits});
    IF cardinality(words) > 1 THEN
        alike := ARRAY(
            SELECT CASE WHEN length(rtrim(word, '.')) = 1
                   THEN format($with$strpos(' ' || p.search_name, %L) > 0$with$, ' ' || left(word, 1))
                   ELSE format($with${keys} && %L::text[]$with$,
                               words_like(word, near_by, high, 0.4, true)) END
            FROM unnest(words) WITH ORDINALITY AS w (word, n) ORDER BY n);
    END IF;
    FOR stage IN 1..4 LOOP
        -- Where a page is full of people who bear what was asked, others are only in the way.
        EXIT WHEN cardinality(found) >= CASE WHEN stage = 2 AND cardinality(words) = 1
                                             THEN many ELSE least(many, 20) END;
        CONTINUE WHEN stage = 3 AND cardinality(found) > 0;
        FOR attempt IN
            SELECT * FROM people_to_try(stage, words, alike, near_by, high)
        LOOP
            EXIT WHEN cardinality(found) >= many;
            EXECUTE $ask$
                SELECT array_agg(person_id) FROM (
                    SELECT person_id FROM (
                        SELECT person_id, search_name, similarity(search_name, $1) AS likeness FROM (
                            SELECT person_id, search_name FROM person_index AS p
                            WHERE p.area >= $2 AND p.area < $3
                              AND ($4 IS NULL OR p.birth_year BETWEEN $4 - 2 AND $4 + 2)
                              AND NOT p.person_id = ANY ($5) AND $ask$ || attempt.condition || $ask$
                            LIMIT $8
                        ) AS first OFFSET 0
                    ) AS compared
                    WHERE likeness >= $6 ORDER BY likeness DESC, search_name, person_id LIMIT $7
                ) AS closest $ask$
            INTO more
            USING asked, low, high, search_persons.birth_year, found, attempt.least_like,
                  many - cardinality(found),
                  CASE WHEN stage = 4 AND cardinality(words) > 1 THEN 400 ELSE 1000 END;
            found := found || more;
        END LOOP;
    END LOOP;
    RETURN QUERY
        SELECT p.person_id, p.family_id, p.area, p.name, p.birth_date, p.birth_year, p.sex, p.status,
               p.likeness,
               CASE WHEN p.search_name = asked THEN 'same'
                    WHEN starts_with(p.search_name, asked) THEN 'begins'
                    WHEN word_similarity(asked, p.search_name) >= 0.8 THEN 'word'
                    ELSE 'like' END
        FROM (
            SELECT *, similarity(search_name, asked) AS likeness FROM person_index
            WHERE person_id = ANY (found) OFFSET 0
        ) AS p ORDER BY likeness DESC, p.search_name, p.person_id;
END
$body$
