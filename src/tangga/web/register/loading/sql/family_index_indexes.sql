ALTER TABLE family_index ADD PRIMARY KEY (family_id);
CREATE INDEX ON family_index (area, family_id);
CREATE INDEX ON family_index (area, head_name, family_id);
CREATE INDEX ON family_index (area, decile, family_id);
CREATE INDEX ON family_index (area, rung, family_id);
CREATE INDEX ON family_index (area, due_move, family_id) WHERE due_move IS NOT NULL;
CREATE INDEX ON family_index (area, months_left, family_id) WHERE cap_list IS NOT NULL;
CREATE INDEX ON family_index USING gin (programmes);
CREATE INDEX ON family_index USING gin (programmes_waiting)
