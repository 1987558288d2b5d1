-- A request writes events in the name of who asks, or in nobody's; never in another's. Who is not
-- known yet has no name to write in. The owner of the database writes for jobs and the command line.
DROP POLICY add_as_oneself ON audit_events;
CREATE POLICY add_as_oneself ON audit_events FOR INSERT TO tangga_app WITH CHECK (
    by_user IS NULL OR by_user::text = nullif(current_setting('app.user', true), '')
);
CREATE POLICY owner_adds ON audit_events FOR INSERT TO CURRENT_USER WITH CHECK (true);
