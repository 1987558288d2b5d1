DROP POLICY own ON search_savedfilter;
DROP POLICY kept ON search_savedfilter;
ALTER TABLE search_savedfilter NO FORCE ROW LEVEL SECURITY;
ALTER TABLE search_savedfilter DISABLE ROW LEVEL SECURITY;
REVOKE ALL ON search_savedfilter FROM tangga_app;
