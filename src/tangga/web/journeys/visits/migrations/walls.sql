-- Visits and sheets: by area. No visit is removed, and none is overwritten: each change raises its
-- version by one, and what stood before is kept.
GRANT SELECT, INSERT, UPDATE ON visits_visit, visits_row TO tangga_app;
GRANT SELECT, INSERT ON visits_former, visits_sheet, visits_returned, visits_field, visits_handed
    TO tangga_app;
GRANT UPDATE (note) ON visits_field TO tangga_app;
GRANT USAGE ON SEQUENCE visits_former_id_seq, visits_row_id_seq TO tangga_app;

ALTER TABLE visits_visit ENABLE ROW LEVEL SECURITY;
ALTER TABLE visits_visit FORCE ROW LEVEL SECURITY;
ALTER TABLE visits_former ENABLE ROW LEVEL SECURITY;
ALTER TABLE visits_former FORCE ROW LEVEL SECURITY;
ALTER TABLE visits_sheet ENABLE ROW LEVEL SECURITY;
ALTER TABLE visits_sheet FORCE ROW LEVEL SECURITY;
ALTER TABLE visits_returned ENABLE ROW LEVEL SECURITY;
ALTER TABLE visits_returned FORCE ROW LEVEL SECURITY;
ALTER TABLE visits_row ENABLE ROW LEVEL SECURITY;
ALTER TABLE visits_row FORCE ROW LEVEL SECURITY;
ALTER TABLE visits_field ENABLE ROW LEVEL SECURITY;
ALTER TABLE visits_field FORCE ROW LEVEL SECURITY;
ALTER TABLE visits_handed ENABLE ROW LEVEL SECURITY;
ALTER TABLE visits_handed FORCE ROW LEVEL SECURITY;

CREATE POLICY own_area ON visits_visit TO tangga_app USING (
    area >= (SELECT nullif(current_setting('app.area_from', true), ''))
    AND area < (SELECT nullif(current_setting('app.area_to', true), ''))
);
CREATE POLICY own_area ON visits_former TO tangga_app USING (
    area >= (SELECT nullif(current_setting('app.area_from', true), ''))
    AND area < (SELECT nullif(current_setting('app.area_to', true), ''))
);
CREATE POLICY own_area ON visits_field TO tangga_app USING (
    area >= (SELECT nullif(current_setting('app.area_from', true), ''))
    AND area < (SELECT nullif(current_setting('app.area_to', true), ''))
    AND (NOT cased OR (SELECT current_setting('app.case', true)) = 'yes')
);
CREATE POLICY own_area ON visits_handed TO tangga_app USING (
    area >= (SELECT nullif(current_setting('app.area_from', true), ''))
    AND area < (SELECT nullif(current_setting('app.area_to', true), ''))
);
-- A sheet is whose it is: nobody else brings it back.
CREATE POLICY own ON visits_sheet TO tangga_app USING (
    by_id::text = (SELECT nullif(current_setting('app.user', true), ''))
);
CREATE POLICY own ON visits_returned TO tangga_app USING (
    by_id::text = (SELECT nullif(current_setting('app.user', true), ''))
);
CREATE POLICY own ON visits_row TO tangga_app USING (
    EXISTS (SELECT FROM visits_returned AS b WHERE b.id = returned_id)
);
-- Who hands a person the copy of their data reads what was typed of that family, and of no other.
CREATE POLICY subject ON visits_row FOR SELECT TO tangga_app USING (
    family_id <> '' AND family_id = (SELECT nullif(current_setting('app.subject', true), ''))
);
CREATE POLICY worker ON visits_visit TO CURRENT_USER USING (true);
CREATE POLICY worker ON visits_former TO CURRENT_USER USING (true);
CREATE POLICY worker ON visits_sheet TO CURRENT_USER USING (true);
CREATE POLICY worker ON visits_returned TO CURRENT_USER USING (true);
CREATE POLICY worker ON visits_row TO CURRENT_USER USING (true);
CREATE POLICY worker ON visits_field TO CURRENT_USER USING (true);
CREATE POLICY worker ON visits_handed TO CURRENT_USER USING (true);

CREATE FUNCTION visits_keep_former() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.version <> OLD.version + 1 OR NEW.id <> OLD.id OR NEW.family_id <> OLD.family_id
        OR NEW.area <> OLD.area THEN
        RAISE EXCEPTION 'a visit is changed one version at a time, and stays with its family'
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    INSERT INTO public.visits_former
        (visit_id, version, area, by_id, planned_on, on_date, purpose, result, facts, changed)
    VALUES (OLD.id, OLD.version, OLD.area, OLD.by_id, OLD.planned_on, OLD.on_date, OLD.purpose,
            OLD.result, OLD.facts, OLD.changed);
    RETURN NEW;
END $$;
CREATE TRIGGER keep_former BEFORE UPDATE ON visits_visit
    FOR EACH ROW EXECUTE FUNCTION visits_keep_former();
