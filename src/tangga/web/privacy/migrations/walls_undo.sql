DROP POLICY owner ON privacy_hold;
DROP POLICY owner ON privacy_taken;
DROP POLICY own_area ON privacy_hold;
DROP POLICY own_area ON privacy_taken;
REVOKE ALL ON privacy_taken, privacy_hold, privacy_run, privacy_removed FROM tangga_app;
