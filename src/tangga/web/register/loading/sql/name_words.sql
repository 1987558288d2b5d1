-- One row is one word of the names of an area; key: near, word. Nobody but the search reads it: it
-- would tell a village which names its neighbours bear.
CREATE TABLE name_words AS
SELECT p.near, w.word COLLATE "C" AS word
FROM person_index AS p CROSS JOIN LATERAL unnest(string_to_array(p.search_name, ' ')) AS w (word)
WHERE w.word <> ''
GROUP BY 1, 2
ORDER BY 1, 2;
ALTER TABLE name_words ADD PRIMARY KEY (near, word);
CREATE INDEX ON name_words USING gin (near, word gin_trgm_ops);
ANALYZE name_words
