-- What a request may do with uploads and jobs: never remove one, and see those of its own area.
GRANT SELECT, INSERT, UPDATE ON intake_upload, intake_uploadfile, intake_job TO tangga_app;

ALTER TABLE intake_upload ENABLE ROW LEVEL SECURITY;
ALTER TABLE intake_upload FORCE ROW LEVEL SECURITY;
ALTER TABLE intake_uploadfile ENABLE ROW LEVEL SECURITY;
ALTER TABLE intake_uploadfile FORCE ROW LEVEL SECURITY;
ALTER TABLE intake_job ENABLE ROW LEVEL SECURITY;
ALTER TABLE intake_job FORCE ROW LEVEL SECURITY;

-- Requests, by area; the worker is the owner, and does the jobs of every area.
CREATE POLICY own_area ON intake_upload TO tangga_app USING (
    area >= (SELECT nullif(current_setting('app.area_from', true), ''))
    AND area < (SELECT nullif(current_setting('app.area_to', true), ''))
);
CREATE POLICY own_area ON intake_uploadfile TO tangga_app USING (
    area >= (SELECT nullif(current_setting('app.area_from', true), ''))
    AND area < (SELECT nullif(current_setting('app.area_to', true), ''))
);
CREATE POLICY own_area ON intake_job TO tangga_app USING (
    area >= (SELECT nullif(current_setting('app.area_from', true), ''))
    AND area < (SELECT nullif(current_setting('app.area_to', true), ''))
);
CREATE POLICY worker ON intake_upload TO CURRENT_USER USING (true);
CREATE POLICY worker ON intake_uploadfile TO CURRENT_USER USING (true);
CREATE POLICY worker ON intake_job TO CURRENT_USER USING (true);
