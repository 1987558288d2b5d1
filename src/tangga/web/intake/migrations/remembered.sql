-- A matching belongs to the office of exactly one area.
GRANT SELECT, INSERT, UPDATE, DELETE ON intake_remembered TO tangga_app;
ALTER TABLE intake_remembered ENABLE ROW LEVEL SECURITY;
ALTER TABLE intake_remembered FORCE ROW LEVEL SECURITY;
CREATE POLICY own_area ON intake_remembered TO tangga_app USING (
    area >= (SELECT nullif(current_setting('app.area_from', true), ''))
    AND area < (SELECT nullif(current_setting('app.area_to', true), ''))
);
-- Backups read everything.
CREATE POLICY kept ON intake_remembered TO CURRENT_USER USING (true) WITH CHECK (true);
