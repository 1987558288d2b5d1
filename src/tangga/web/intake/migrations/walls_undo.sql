DROP POLICY worker ON intake_upload;
DROP POLICY worker ON intake_uploadfile;
DROP POLICY worker ON intake_job;
DROP POLICY own_area ON intake_upload;
DROP POLICY own_area ON intake_uploadfile;
DROP POLICY own_area ON intake_job;
REVOKE ALL ON intake_upload, intake_uploadfile, intake_job FROM tangga_app;
