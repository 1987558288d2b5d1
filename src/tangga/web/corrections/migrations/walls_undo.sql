DROP POLICY worker ON corrections_batch;
DROP POLICY worker ON corrections_proposal;
DROP POLICY of_an_item ON corrections_batch;
DROP POLICY of_an_item ON corrections_proposal;
REVOKE ALL ON corrections_proposal, corrections_batch FROM tangga_app;
