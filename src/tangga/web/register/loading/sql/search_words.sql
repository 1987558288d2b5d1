-- Which words of the names of an area fit a word that was asked for, and so which people to look at.
-- A word is returned as the index of people knows it: area:word. Only search_persons calls these.

CREATE FUNCTION words_same(asked text, near_from text, near_to text) RETURNS text[]
LANGUAGE sql STABLE SET search_path FROM CURRENT
AS $body$
    SELECT array_agg(near || ':' || word) FROM name_words
    WHERE near >= near_from AND near < near_to AND word = asked
$body$;

-- Words inside of which it stands. Below three signs the index has nothing to look for.
CREATE FUNCTION words_holding(asked text, near_from text, near_to text) RETURNS text[]
LANGUAGE plpgsql STABLE SET search_path FROM CURRENT SET plan_cache_mode = force_custom_plan
AS $body$
BEGIN
    IF asked !~ '[[:alnum:]]{{3}}' THEN
        RETURN words_same(asked, near_from, near_to);
    END IF;
    RETURN (SELECT array_agg(near || ':' || word) FROM name_words
            WHERE near >= near_from AND near < near_to
              AND word LIKE '%' || regexp_replace(asked, '([\\%_])', '\\\1', 'g') || '%');
END
$body$;

-- Words as close as that, those with a wrong letter (two in a word of six), and where as much as half
-- is enough, those of which it is a part. shortened: also those that may stand for it: M, Muh.
CREATE FUNCTION words_like(
    asked text, near_from text, near_to text, close real, shortened boolean
) RETURNS text[]
LANGUAGE plpgsql STABLE SET search_path FROM CURRENT SET plan_cache_mode = force_custom_plan
SET pg_trgm.similarity_threshold = 0.25
SET pg_trgm.word_similarity_threshold = 0.5
AS $body$
DECLARE
    wrong integer := CASE WHEN length(asked) < 6 THEN 1 ELSE 2 END;
BEGIN
    RETURN (SELECT array_agg(near || ':' || word) FROM (
        SELECT near, word, dense_rank() OVER (ORDER BY similarity(word, asked) DESC, word) AS place
        FROM name_words
        WHERE near >= near_from AND near < near_to
          AND ((word % asked
                AND (similarity(word, asked) >= close
                     OR levenshtein_less_equal(left(word, 100), asked, wrong) <= wrong))
               OR (close < 0.5 AND asked <% word))
        UNION
        SELECT near, word, 1 FROM name_words
        WHERE shortened AND near >= near_from AND near < near_to
          AND word = ANY (ARRAY[left(asked, 1), left(asked, 2), left(asked, 3), left(asked, 1) || '.',
                                left(asked, 2) || '.', left(asked, 3) || '.', left(asked, 4) || '.'])
    ) AS alike WHERE place <= 80);
END
$body$;

-- Conditions on people, the likeliest first, and how alike a name must be that fulfils one.
-- words: as they were asked for; alike: of each, the condition that a name has one like it; none of
-- a word that stands alone, for most are found as they are written.
CREATE FUNCTION people_to_try(
    stage integer, words text[], alike text[], near_from text, near_to text
) RETURNS TABLE (condition text, least_like real)
LANGUAGE plpgsql STABLE SET search_path FROM CURRENT
AS $body$
DECLARE
    many  integer := cardinality(words);
    bears text := $keys${keys} && %L::text[]$keys$;
    signs integer[] := ARRAY(SELECT length(word) + 1 FROM unnest(words) AS word);
BEGIN
    IF stage = 1 AND many = 1 THEN
        RETURN QUERY SELECT format(bears, words_same(words[1], near_from, near_to)), 0::real;
    ELSIF stage = 1 THEN
        RETURN QUERY SELECT array_to_string(alike, ' AND '), 0.3::real;
    ELSIF stage = 2 THEN
        IF many = 1 THEN
            RETURN QUERY SELECT format(bears, words_holding(words[1], near_from, near_to)), 0::real;
        END IF;
        -- Two words that are one on record,
        RETURN QUERY
        SELECT array_to_string(format(bears, one) || alike[:n - 1] || alike[n + 2:], ' AND '), 0.4::real
        FROM generate_series(1, many - 1) AS n
        CROSS JOIN LATERAL words_like(words[n] || words[n + 1], near_from, near_to, 0.6, false) AS one
        WHERE one IS NOT NULL;
        -- and one that is two.
        RETURN QUERY
        SELECT array_to_string(
                   ARRAY[format(bears, array_agg(l.near || ':' || l.word)),
                         format(bears, array_agg(r.near || ':' || r.word))]
                   || alike[:n - 1] || alike[n + 1:], ' AND '), 0.4::real
        FROM generate_series(1, many) AS n
        CROSS JOIN LATERAL generate_series(1, length(words[n]) - 2) AS cut
        JOIN name_words AS l
          ON l.near >= near_from AND l.near < near_to AND l.word = left(words[n], cut)
        JOIN name_words AS r ON r.near = l.near AND r.word = substr(words[n], cut + 1)
        GROUP BY n, cut;
    ELSIF stage = 3 THEN
        -- The same with a mistake in one of the two.
        RETURN QUERY
        SELECT array_to_string(ARRAY[format(bears, part.l), format(bears, part.r)]
                               || alike[:n - 1] || alike[n + 1:], ' AND '), 0.4::real
        FROM generate_series(1, many) AS n
        CROSS JOIN LATERAL generate_series(3, length(words[n]) - 3) AS cut
        CROSS JOIN LATERAL (SELECT left(words[n], cut), substr(words[n], cut + 1)) AS w (l, r)
        CROSS JOIN LATERAL (
            SELECT words_same(w.l, near_from, near_to), words_same(w.r, near_from, near_to)
        ) AS same (l, r)
        CROSS JOIN LATERAL (
            SELECT coalesce(same.l, words_like(w.l, near_from, near_to, 0.4, false)),
                   coalesce(same.r, words_like(w.r, near_from, near_to, 0.4, false))
        ) AS part (l, r)
        WHERE num_nonnulls(same.l, same.r) = 1 AND num_nonnulls(part.l, part.r) = 2;
    ELSIF many = 1 THEN
        RETURN QUERY
        SELECT format(bears, words_like(words[1], near_from, near_to, 0.4, false)), 0::real;
    ELSE
        -- Some of the words, where they are much of what was asked.
        RETURN QUERY
        SELECT string_agg(alike[n], ' AND '), 0.45::real
        FROM generate_series(1, (1 << many) - 2) AS chosen CROSS JOIN generate_series(1, many) AS n
        WHERE chosen & (1 << n - 1) > 0
        GROUP BY chosen
        HAVING sum(signs[n]) >= 0.45 * (SELECT sum(each) FROM unnest(signs) AS each)
        ORDER BY count(*) DESC, sum(signs[n]) DESC, chosen
        LIMIT 4;
    END IF;
END
$body$
