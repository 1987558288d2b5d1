DROP POLICY own_area ON intake_remembered;
DROP POLICY kept ON intake_remembered;
REVOKE ALL ON intake_remembered FROM tangga_app;
