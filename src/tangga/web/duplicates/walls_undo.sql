DROP POLICY own_area ON duplicates_ruling;
DROP POLICY worker ON duplicates_ruling;
ALTER TABLE duplicates_ruling NO FORCE ROW LEVEL SECURITY;
ALTER TABLE duplicates_ruling DISABLE ROW LEVEL SECURITY;
REVOKE ALL ON duplicates_ruling FROM tangga_app;
