-- Rulings by the area of either record; who has no place is the whole register's. Only added to.
GRANT SELECT, INSERT ON duplicates_ruling TO tangga_app;
GRANT USAGE, SELECT ON SEQUENCE duplicates_ruling_id_seq TO tangga_app;

ALTER TABLE duplicates_ruling ENABLE ROW LEVEL SECURITY;
ALTER TABLE duplicates_ruling FORCE ROW LEVEL SECURITY;

CREATE POLICY own_area ON duplicates_ruling TO tangga_app USING (
    (
        area >= (SELECT nullif(current_setting('app.area_from', true), ''))
        AND area < (SELECT nullif(current_setting('app.area_to', true), ''))
    ) OR (
        other_area >= (SELECT nullif(current_setting('app.area_from', true), ''))
        AND other_area < (SELECT nullif(current_setting('app.area_to', true), ''))
    )
);
CREATE POLICY worker ON duplicates_ruling TO CURRENT_USER USING (true);
