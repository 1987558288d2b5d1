-- A kept filter belongs to who kept it, in the post in which they did.
GRANT SELECT, INSERT, DELETE ON search_savedfilter TO tangga_app;
GRANT USAGE ON SEQUENCE search_savedfilter_id_seq TO tangga_app;
ALTER TABLE search_savedfilter ENABLE ROW LEVEL SECURITY;
ALTER TABLE search_savedfilter FORCE ROW LEVEL SECURITY;
CREATE POLICY own ON search_savedfilter TO tangga_app USING (
    user_id::text = (SELECT nullif(current_setting('app.user', true), ''))
) WITH CHECK (
    user_id::text = (SELECT nullif(current_setting('app.user', true), ''))
);
-- Backups read everything.
CREATE POLICY kept ON search_savedfilter TO CURRENT_USER USING (true) WITH CHECK (true);
