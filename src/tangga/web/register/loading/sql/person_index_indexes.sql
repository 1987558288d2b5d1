ALTER TABLE person_index ADD PRIMARY KEY (person_id);
CREATE INDEX ON person_index (area);
CREATE INDEX ON person_index USING gin (({keys}))
