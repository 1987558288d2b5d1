-- The owner reads every event, whatever its area: a seal or a check that a policy can hide an event
-- from proves nothing. Requests are made in the app's role, and are not let through by this.
CREATE POLICY owner ON audit_events FOR SELECT TO CURRENT_USER USING (true);

-- Nobody adds an event in the name of somebody else; before it is known who asks, there is nobody.
DROP POLICY add_always ON audit_events;
CREATE POLICY add_as_oneself ON audit_events FOR INSERT WITH CHECK (
    by_user IS NULL
    OR by_user::text = coalesce(nullif(current_setting('app.user', true), ''), by_user::text)
);

-- What a user had shown in full since a moment, in all areas: a limit is one, however many posts.
CREATE FUNCTION audit_shown_since(of_user bigint, since timestamptz)
RETURNS TABLE (revealed bigint, exported bigint)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog AS $$
    SELECT count(*) FILTER (WHERE what = 'revealed'),
        coalesce(sum((about->>'rows')::bigint) FILTER (WHERE what = 'exported_whole'), 0)::bigint
    FROM public.audit_events
    WHERE by_user = of_user AND at >= since AND what IN ('revealed', 'exported_whole')
$$;
REVOKE ALL ON FUNCTION audit_shown_since FROM PUBLIC;
GRANT EXECUTE ON FUNCTION audit_shown_since TO tangga_app;
