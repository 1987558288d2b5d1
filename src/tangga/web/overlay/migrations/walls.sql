-- What has become true since the release: by area; of a case, for the case team alone.
GRANT SELECT, INSERT, UPDATE ON overlay_value, overlay_event, overlay_spell TO tangga_app;

ALTER TABLE overlay_value ENABLE ROW LEVEL SECURITY;
ALTER TABLE overlay_value FORCE ROW LEVEL SECURITY;
ALTER TABLE overlay_event ENABLE ROW LEVEL SECURITY;
ALTER TABLE overlay_event FORCE ROW LEVEL SECURITY;
ALTER TABLE overlay_spell ENABLE ROW LEVEL SECURITY;
ALTER TABLE overlay_spell FORCE ROW LEVEL SECURITY;

CREATE POLICY own_area ON overlay_value TO tangga_app USING (
    area >= (SELECT nullif(current_setting('app.area_from', true), ''))
    AND area < (SELECT nullif(current_setting('app.area_to', true), ''))
);
CREATE POLICY own_area ON overlay_event TO tangga_app USING (
    area >= (SELECT nullif(current_setting('app.area_from', true), ''))
    AND area < (SELECT nullif(current_setting('app.area_to', true), ''))
    AND (NOT cased OR (SELECT current_setting('app.case', true)) = 'yes')
);
CREATE POLICY own_area ON overlay_spell TO tangga_app USING (
    area >= (SELECT nullif(current_setting('app.area_from', true), ''))
    AND area < (SELECT nullif(current_setting('app.area_to', true), ''))
);
CREATE POLICY worker ON overlay_value TO CURRENT_USER USING (true);
CREATE POLICY worker ON overlay_event TO CURRENT_USER USING (true);
CREATE POLICY worker ON overlay_spell TO CURRENT_USER USING (true);
