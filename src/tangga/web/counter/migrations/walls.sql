-- The register of a counter is its office's, and those above it; a reactivation stands with its item.
GRANT SELECT, INSERT ON counter_served, counter_reactivation TO tangga_app;
ALTER TABLE counter_served ENABLE ROW LEVEL SECURITY;
ALTER TABLE counter_served FORCE ROW LEVEL SECURITY;
ALTER TABLE counter_reactivation ENABLE ROW LEVEL SECURITY;
ALTER TABLE counter_reactivation FORCE ROW LEVEL SECURITY;
CREATE POLICY own_area ON counter_served TO tangga_app USING (
    office >= (SELECT nullif(current_setting('app.area_from', true), ''))
    AND office < (SELECT nullif(current_setting('app.area_to', true), ''))
);
CREATE POLICY own_area ON counter_reactivation TO tangga_app USING (
    area >= (SELECT nullif(current_setting('app.area_from', true), ''))
    AND area < (SELECT nullif(current_setting('app.area_to', true), ''))
);
CREATE POLICY worker ON counter_served TO CURRENT_USER USING (true) WITH CHECK (true);
CREATE POLICY worker ON counter_reactivation TO CURRENT_USER USING (true) WITH CHECK (true);
