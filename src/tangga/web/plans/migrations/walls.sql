-- Lines and their versions as their item; simulations by area. A version that was written stays.
GRANT SELECT, INSERT, UPDATE ON plans_planline, plans_simulation TO tangga_app;
GRANT SELECT, INSERT ON plans_planversion TO tangga_app;
GRANT USAGE, SELECT ON SEQUENCE plans_planversion_id_seq TO tangga_app;

ALTER TABLE plans_planline ENABLE ROW LEVEL SECURITY;
ALTER TABLE plans_planline FORCE ROW LEVEL SECURITY;
ALTER TABLE plans_planversion ENABLE ROW LEVEL SECURITY;
ALTER TABLE plans_planversion FORCE ROW LEVEL SECURITY;
ALTER TABLE plans_simulation ENABLE ROW LEVEL SECURITY;
ALTER TABLE plans_simulation FORCE ROW LEVEL SECURITY;

CREATE POLICY of_an_item ON plans_planline TO tangga_app
    USING (EXISTS (SELECT 1 FROM work_item AS i WHERE i.id = item_id));
CREATE POLICY of_an_item ON plans_planversion TO tangga_app
    USING (EXISTS (SELECT 1 FROM work_item AS i WHERE i.id = line_id));
CREATE POLICY own_area ON plans_simulation TO tangga_app USING (
    area >= (SELECT nullif(current_setting('app.area_from', true), ''))
    AND area < (SELECT nullif(current_setting('app.area_to', true), ''))
);
CREATE POLICY worker ON plans_planline TO CURRENT_USER USING (true);
CREATE POLICY worker ON plans_planversion TO CURRENT_USER USING (true);
CREATE POLICY worker ON plans_simulation TO CURRENT_USER USING (true);
