-- What the ladder asks of a matter, by area. Nothing is ever removed; effects never change.
GRANT SELECT, INSERT, UPDATE ON climb_step, climb_potential, climb_line, climb_group, climb_member,
    climb_asset, climb_place TO tangga_app;
GRANT SELECT, INSERT ON climb_effect, climb_turnover TO tangga_app;

ALTER TABLE climb_step ENABLE ROW LEVEL SECURITY;
ALTER TABLE climb_step FORCE ROW LEVEL SECURITY;
ALTER TABLE climb_effect ENABLE ROW LEVEL SECURITY;
ALTER TABLE climb_effect FORCE ROW LEVEL SECURITY;
ALTER TABLE climb_potential ENABLE ROW LEVEL SECURITY;
ALTER TABLE climb_potential FORCE ROW LEVEL SECURITY;
ALTER TABLE climb_line ENABLE ROW LEVEL SECURITY;
ALTER TABLE climb_line FORCE ROW LEVEL SECURITY;
ALTER TABLE climb_group ENABLE ROW LEVEL SECURITY;
ALTER TABLE climb_group FORCE ROW LEVEL SECURITY;
ALTER TABLE climb_member ENABLE ROW LEVEL SECURITY;
ALTER TABLE climb_member FORCE ROW LEVEL SECURITY;
ALTER TABLE climb_asset ENABLE ROW LEVEL SECURITY;
ALTER TABLE climb_asset FORCE ROW LEVEL SECURITY;
ALTER TABLE climb_place ENABLE ROW LEVEL SECURITY;
ALTER TABLE climb_place FORCE ROW LEVEL SECURITY;
ALTER TABLE climb_turnover ENABLE ROW LEVEL SECURITY;
ALTER TABLE climb_turnover FORCE ROW LEVEL SECURITY;

CREATE POLICY own_area ON climb_step TO tangga_app USING (
    area >= (SELECT nullif(current_setting('app.area_from', true), ''))
    AND area < (SELECT nullif(current_setting('app.area_to', true), ''))
);
CREATE POLICY worker ON climb_step TO CURRENT_USER USING (true);
CREATE POLICY own_area ON climb_effect TO tangga_app USING (
    area >= (SELECT nullif(current_setting('app.area_from', true), ''))
    AND area < (SELECT nullif(current_setting('app.area_to', true), ''))
);
CREATE POLICY worker ON climb_effect TO CURRENT_USER USING (true);
CREATE POLICY own_area ON climb_potential TO tangga_app USING (
    area >= (SELECT nullif(current_setting('app.area_from', true), ''))
    AND area < (SELECT nullif(current_setting('app.area_to', true), ''))
);
CREATE POLICY worker ON climb_potential TO CURRENT_USER USING (true);
CREATE POLICY own_area ON climb_line TO tangga_app USING (
    area >= (SELECT nullif(current_setting('app.area_from', true), ''))
    AND area < (SELECT nullif(current_setting('app.area_to', true), ''))
);
CREATE POLICY worker ON climb_line TO CURRENT_USER USING (true);
CREATE POLICY own_area ON climb_group TO tangga_app USING (
    area >= (SELECT nullif(current_setting('app.area_from', true), ''))
    AND area < (SELECT nullif(current_setting('app.area_to', true), ''))
);
CREATE POLICY worker ON climb_group TO CURRENT_USER USING (true);
CREATE POLICY own_area ON climb_member TO tangga_app USING (
    area >= (SELECT nullif(current_setting('app.area_from', true), ''))
    AND area < (SELECT nullif(current_setting('app.area_to', true), ''))
);
CREATE POLICY worker ON climb_member TO CURRENT_USER USING (true);
CREATE POLICY own_area ON climb_asset TO tangga_app USING (
    area >= (SELECT nullif(current_setting('app.area_from', true), ''))
    AND area < (SELECT nullif(current_setting('app.area_to', true), ''))
);
CREATE POLICY worker ON climb_asset TO CURRENT_USER USING (true);
CREATE POLICY own_area ON climb_place TO tangga_app USING (
    area >= (SELECT nullif(current_setting('app.area_from', true), ''))
    AND area < (SELECT nullif(current_setting('app.area_to', true), ''))
);
CREATE POLICY worker ON climb_place TO CURRENT_USER USING (true);
CREATE POLICY own_area ON climb_turnover TO tangga_app USING (
    area >= (SELECT nullif(current_setting('app.area_from', true), ''))
    AND area < (SELECT nullif(current_setting('app.area_to', true), ''))
);
CREATE POLICY worker ON climb_turnover TO CURRENT_USER USING (true);
