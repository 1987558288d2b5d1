ALTER TABLE person_index ADD PRIMARY KEY (person_id);
CREATE INDEX ON person_index (area, search_name COLLATE "C");
CREATE INDEX ON person_index USING gin (near, search_name gin_trgm_ops)
