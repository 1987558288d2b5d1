DROP POLICY owner_adds ON audit_events;
DROP POLICY add_as_oneself ON audit_events;
CREATE POLICY add_as_oneself ON audit_events FOR INSERT WITH CHECK (
    by_user IS NULL
    OR by_user::text = coalesce(nullif(current_setting('app.user', true), ''), by_user::text)
);
