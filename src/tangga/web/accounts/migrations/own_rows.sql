-- What a request sees of accounts, second factors, tokens and sessions: its own, and those of the
-- accounts that its administrator manages. The owner of the database is not bound: it runs no page.

-- Whether the administrator that this transaction is opened for manages an account: all its posts,
-- in force or to come, lie in the administrator's area; of one that holds none, that nobody else
-- made it and it never reached further. The same as MANAGED in queries.py.
CREATE FUNCTION accounts_managed(of_user bigint) RETURNS boolean
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog AS $$
DECLARE
    low text := nullif(current_setting('app.accounts_from', true), '');
    high text := nullif(current_setting('app.accounts_to', true), '');
    me text := nullif(current_setting('app.user', true), '');
    today date := (now() AT TIME ZONE 'Asia/Jakarta')::date;
    held boolean;
    beyond boolean;
BEGIN
    IF low IS NULL OR high IS NULL OR of_user::text IS NOT DISTINCT FROM me THEN
        RETURN false;
    ELSIF low = '!' THEN
        RETURN true;
    END IF;
    SELECT coalesce(bool_or(NOT r.ended), false),
        coalesce(bool_or(NOT r.ended AND NOT (r.area COLLATE "C" >= low AND r.area COLLATE "C" < high)), false)
    INTO held, beyond FROM public.accounts_reach(of_user, today) AS r;
    IF held THEN
        RETURN NOT beyond;
    END IF;
    RETURN EXISTS (SELECT FROM public.accounts_user AS u
            WHERE u.id = of_user AND u.created_by_id::text = me)
        AND NOT EXISTS (SELECT FROM public.accounts_reach(of_user, today) AS r
            WHERE NOT (r.area COLLATE "C" >= low AND r.area COLLATE "C" < high));
END
$$;

-- The hash of the one account that this transaction acts for, or that somebody says to be while
-- logging in; of no other. The owner, in a role of its own, reads any.
CREATE FUNCTION accounts_password(of_user bigint) RETURNS text
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog AS $$
    SELECT u.password::text FROM public.accounts_user AS u
    WHERE u.id = of_user AND (
        of_user::text = nullif(current_setting('app.user', true), '')
        OR (session_user = current_user AND current_setting('role') = 'none'))
$$;

-- Everybody's name and username, which stand beside what they did; nobody's password.
REVOKE ALL ON accounts_user FROM tangga_app;
GRANT SELECT (id, last_login, username, name, email, is_active, must_change_password,
    password_until, created_at, created_by_id) ON accounts_user TO tangga_app;
GRANT INSERT ON accounts_user TO tangga_app;
GRANT UPDATE (password, last_login, name, email, is_active, must_change_password, password_until)
    ON accounts_user TO tangga_app;
ALTER TABLE accounts_user ENABLE ROW LEVEL SECURITY;
CREATE POLICY see ON accounts_user FOR SELECT TO tangga_app USING (true);
CREATE POLICY make ON accounts_user FOR INSERT TO tangga_app
    WITH CHECK (nullif(current_setting('app.accounts_from', true), '') IS NOT NULL);
CREATE POLICY change ON accounts_user FOR UPDATE TO tangga_app USING (
    id::text = (SELECT nullif(current_setting('app.user', true), '')) OR accounts_managed(id)
);

ALTER TABLE mfa_authenticator ENABLE ROW LEVEL SECURITY;
CREATE POLICY own ON mfa_authenticator TO tangga_app USING (
    user_id::text = (SELECT nullif(current_setting('app.user', true), ''))
    OR accounts_managed(user_id)
) WITH CHECK (user_id::text = (SELECT nullif(current_setting('app.user', true), '')));

-- Sessions are found by their key alone, which nobody guesses and nobody can list.
REVOKE ALL ON django_session FROM tangga_app;
CREATE FUNCTION session_read(of_key text, at timestamptz) RETURNS text
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog AS $$
    SELECT session_data FROM public.django_session WHERE session_key = of_key AND expire_date > at
$$;
CREATE FUNCTION session_make(of_key text, data text, until timestamptz) RETURNS boolean
LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog AS $$
    WITH made AS (
        INSERT INTO public.django_session (session_key, session_data, expire_date)
        VALUES (of_key, data, until) ON CONFLICT DO NOTHING RETURNING 1
    ) SELECT EXISTS (SELECT FROM made)
$$;
CREATE FUNCTION session_change(of_key text, data text, until timestamptz) RETURNS boolean
LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog AS $$
    WITH changed AS (
        UPDATE public.django_session SET session_data = data, expire_date = until
        WHERE session_key = of_key RETURNING 1
    ) SELECT EXISTS (SELECT FROM changed)
$$;
CREATE FUNCTION session_end(of_key text) RETURNS void
LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog AS $$
    DELETE FROM public.django_session WHERE session_key = of_key
$$;

REVOKE ALL ON FUNCTION accounts_managed, accounts_password, session_read, session_make,
    session_change, session_end FROM PUBLIC;
GRANT EXECUTE ON FUNCTION accounts_managed, accounts_password, session_read, session_make,
    session_change, session_end TO tangga_app;
