-- Of one's own sessions one sees when each began, when it was last used and on what, and may end it.
-- The key of none is told, and of another's account nothing.
ALTER TABLE django_session
    ADD COLUMN number bigint GENERATED ALWAYS AS IDENTITY,
    ADD COLUMN of_user bigint,
    ADD COLUMN began timestamptz,
    ADD COLUMN seen timestamptz,
    ADD COLUMN device text NOT NULL DEFAULT '' CHECK (length(device) <= 60);
CREATE INDEX django_session_of_user ON django_session (of_user) WHERE of_user IS NOT NULL;

-- Whose a session is, is who this transaction acts for, whatever its data say.
CREATE FUNCTION session_note(of_key text, since timestamptz, used timestamptz, on_what text)
RETURNS void
LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog AS $$
    UPDATE public.django_session SET began = since, seen = used, device = on_what,
        of_user = nullif(current_setting('app.user', true), '')::bigint
    WHERE session_key = of_key
$$;

-- Those that hold still: not over, used since a moment, begun after all were last ended.
CREATE FUNCTION sessions_mine(this_key text, at timestamptz, used_since timestamptz)
RETURNS TABLE (number bigint, this boolean, began timestamptz, seen timestamptz, device text)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog AS $$
    SELECT s.number, s.session_key = this_key, s.began, s.seen, s.device
    FROM public.django_session AS s JOIN public.accounts_user AS u ON u.id = s.of_user
    WHERE s.of_user::text = nullif(current_setting('app.user', true), '')
        AND s.expire_date > at AND s.seen > used_since
        AND (u.sessions_ended_at IS NULL OR s.began >= u.sessions_ended_at)
    ORDER BY s.session_key = this_key DESC, s.seen DESC, s.number DESC LIMIT 200
$$;

-- How many were ended: one of a number, or all (NULL), but never the one of this key.
CREATE FUNCTION sessions_end_mine(this_key text, of_number bigint) RETURNS integer
LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog AS $$
    WITH ended AS (
        DELETE FROM public.django_session AS s
        WHERE s.of_user::text = nullif(current_setting('app.user', true), '')
            AND s.session_key <> this_key AND (of_number IS NULL OR s.number = of_number)
        RETURNING 1
    ) SELECT count(*)::integer FROM ended
$$;

REVOKE ALL ON FUNCTION session_note, sessions_mine, sessions_end_mine FROM PUBLIC;
GRANT EXECUTE ON FUNCTION session_note, sessions_mine, sessions_end_mine TO tangga_app;
