-- Who took lists out is only added to; holds are lifted, never removed; what was removed is told by
-- the owner, who does it, and read by everybody who signed in: it holds numbers only.
GRANT SELECT, INSERT ON privacy_taken, privacy_hold TO tangga_app;
GRANT UPDATE (lifted_on) ON privacy_hold TO tangga_app;
GRANT SELECT ON privacy_run, privacy_removed TO tangga_app;
GRANT USAGE ON SEQUENCE privacy_taken_id_seq TO tangga_app;

ALTER TABLE privacy_taken ENABLE ROW LEVEL SECURITY;
ALTER TABLE privacy_taken FORCE ROW LEVEL SECURITY;
ALTER TABLE privacy_hold ENABLE ROW LEVEL SECURITY;
ALTER TABLE privacy_hold FORCE ROW LEVEL SECURITY;
CREATE POLICY own_area ON privacy_taken TO tangga_app USING (
    area >= (SELECT nullif(current_setting('app.area_from', true), ''))
    AND area < (SELECT nullif(current_setting('app.area_to', true), ''))
    AND (NOT cased OR (SELECT current_setting('app.case', true)) = 'yes')
) WITH CHECK (by_id::text = (SELECT current_setting('app.user', true)));
CREATE POLICY own_area ON privacy_hold TO tangga_app USING (
    area >= (SELECT nullif(current_setting('app.area_from', true), ''))
    AND area < (SELECT nullif(current_setting('app.area_to', true), ''))
);
CREATE POLICY owner ON privacy_taken TO CURRENT_USER USING (true);
CREATE POLICY owner ON privacy_hold TO CURRENT_USER USING (true);
