-- Which release is in force: a second person's approval, one switch, and the way back. Here, and not
-- in a program, so that a page can ask for it in the role of requests, which may touch none of these
-- tables. What is not allowed is told with SQLSTATE TG001: the message, and what to do about it.

CREATE OR REPLACE FUNCTION public.register_refuse(what text, todo text) RETURNS void
LANGUAGE plpgsql SET search_path = pg_catalog AS $$
BEGIN
    RAISE EXCEPTION USING ERRCODE = 'TG001', MESSAGE = what, HINT = todo;
END
$$;

-- By name, in whatever letters, and with or without where they sat (`budi (server)`).
CREATE OR REPLACE FUNCTION public.register_plain_name(name text) RETURNS text
LANGUAGE sql IMMUTABLE SET search_path = pg_catalog AS $$
    SELECT btrim(regexp_replace(lower(split_part(name, '(', 1)), '\s+', ' ', 'g'))
$$;

-- Who sat at the command line, whatever name was given there: of `budi (server: root)` and of
-- `root (server)` it is root; NULL for who did it on a page.
CREATE OR REPLACE FUNCTION public.register_hand(name text) RETURNS text
LANGUAGE sql IMMUTABLE SET search_path = pg_catalog AS $$
    SELECT lower(btrim(coalesce(substring(name FROM '\(server: ([^()]*)\)\s*$'),
        substring(name FROM '^([^()]*)\(server\)\s*$'))))
$$;

-- Nobody else loads, approves or switches until the transaction ends: the loader's own lock
-- (ledger.LOCK).
CREATE OR REPLACE FUNCTION public.register_alone() RETURNS void
LANGUAGE plpgsql SET search_path = pg_catalog AS $$
BEGIN
    IF NOT pg_try_advisory_xact_lock(7261448209931001) THEN
        PERFORM public.register_refuse('another load, approval or switch of a release is running',
            'Wait until it has ended; `tangga web releases` shows where it stands');
    END IF;
END
$$;

CREATE OR REPLACE FUNCTION public.register_state(of_release integer) RETURNS text
LANGUAGE plpgsql SET search_path = pg_catalog AS $$
DECLARE
    found text;
BEGIN
    PERFORM public.register_alone();
    SELECT state INTO found FROM public.register_releases WHERE number = of_release;
    IF found IS NULL THEN
        PERFORM public.register_refuse(format('there is no release number %s', of_release),
            'See: tangga web releases');
    END IF;
    RETURN found;
END
$$;

-- Of a release whose field key the service has no more, no number could be read or searched.
CREATE OR REPLACE FUNCTION public.register_must_be_readable(of_release integer) RETURNS void
LANGUAGE plpgsql SET search_path = pg_catalog AS $$
BEGIN
    IF to_regclass('public.register_field_keys') IS NULL THEN
        RETURN;  -- a ledger by itself, without the rest of the service
    END IF;
    IF EXISTS (
        SELECT FROM public.register_releases AS r
        JOIN public.register_field_keys AS k ON k.fingerprint = r.field_key AND NOT k.held
        WHERE r.number = of_release)
    THEN
        PERFORM public.register_refuse(
            format('release number %s is sealed with a field key that is no longer given', of_release),
            'Write that key into TANGGA_FIELD_KEYS_OLD and start the service, or load a release again');
    END IF;
END
$$;

-- one_person: a demonstration, where who loaded may approve.
CREATE OR REPLACE FUNCTION public.register_approve(of_release integer, by_name text, one_person boolean)
RETURNS void LANGUAGE plpgsql SET search_path = pg_catalog AS $$
DECLARE
    found text := public.register_state(of_release);
    loader text;
BEGIN
    IF found <> 'staged' THEN
        PERFORM public.register_refuse(
            format('release number %s is %s, only a staged one can be approved', of_release, found),
            'See: tangga web releases');
    END IF;
    SELECT loaded_by INTO loader FROM public.register_releases WHERE number = of_release;
    IF public.register_plain_name(loader) = public.register_plain_name(by_name)
        AND NOT one_person THEN
        PERFORM public.register_refuse('who loaded a release cannot approve it',
            'Ask a second person to look at it and to approve it');
    END IF;
    IF public.register_hand(loader) = public.register_hand(by_name) AND NOT one_person THEN
        PERFORM public.register_refuse('it was loaded by the same account of this machine',
            'A second person approves it in the browser');
    END IF;
    UPDATE public.register_releases
    SET state = 'approved', approved_by = by_name, approved_at = now() WHERE number = of_release;
END
$$;

CREATE OR REPLACE FUNCTION public.register_put_in_force(
    of_release integer, by_name text, how text, state_of_old text, why text
) RETURNS void LANGUAGE plpgsql SET search_path = pg_catalog AS $$
DECLARE
    old integer := (SELECT number FROM public.register_current);
BEGIN
    PERFORM public.register_must_be_readable(of_release);
    UPDATE public.register_current SET number = of_release;
    UPDATE public.register_releases SET state = state_of_old WHERE number = old;
    UPDATE public.register_releases SET state = 'in_force' WHERE number = of_release;
    INSERT INTO public.register_switches (by, what, number, before, reason)
    VALUES (by_name, how, of_release, old, why);
END
$$;

-- Its table of changes speaks of the release in force, or else it would tell another story.
CREATE OR REPLACE FUNCTION public.register_switch(of_release integer, by_name text) RETURNS void
LANGUAGE plpgsql SET search_path = pg_catalog AS $$
DECLARE
    found text := public.register_state(of_release);
    compared integer;
    current integer := (SELECT number FROM public.register_current);
BEGIN
    IF found <> 'approved' THEN
        PERFORM public.register_refuse(format(
            'release number %s is %s, only an approved one comes into force', of_release, found),
            'See: tangga web releases');
    END IF;
    SELECT compared_to INTO compared FROM public.register_releases WHERE number = of_release;
    IF compared IS DISTINCT FROM current THEN
        PERFORM public.register_refuse(format(
            'release number %s was compared with number %s, and number %s is in force now',
            of_release, coalesce(compared::text, 'none'), coalesce(current::text, 'none')),
            'Load it again');
    END IF;
    PERFORM public.register_put_in_force(of_release, by_name, 'switch', 'former', '');
END
$$;

-- Back to the newest that was in force, was not withdrawn, and whose tables stand.
CREATE OR REPLACE FUNCTION public.register_rollback(by_name text, why text) RETURNS integer
LANGUAGE plpgsql SET search_path = pg_catalog AS $$
DECLARE
    former integer;
BEGIN
    IF btrim(why) = '' THEN
        PERFORM public.register_refuse('a rollback needs a reason',
            'Say why the former release is better');
    END IF;
    PERFORM public.register_alone();
    SELECT s.number INTO former FROM public.register_switches AS s
    JOIN public.register_releases AS r ON r.number = s.number AND r.state = 'former'
    ORDER BY s.id DESC LIMIT 1;
    IF former IS NULL THEN
        PERFORM public.register_refuse('there is no former release to go back to', '');
    END IF;
    PERFORM public.register_put_in_force(former, by_name, 'rollback', 'withdrawn', why);
    RETURN former;
END
$$;

-- For pages. Who asks is the account of this transaction, and not a name that the page hands over;
-- whether one person is enough was said when the release was loaded.
CREATE OR REPLACE FUNCTION public.register_asker() RETURNS text
LANGUAGE plpgsql STABLE SET search_path = pg_catalog AS $$
DECLARE
    found text;
BEGIN
    SELECT username INTO found FROM public.accounts_user
    WHERE id::text = current_setting('app.user', true) AND is_active;
    IF found IS NULL THEN
        PERFORM public.register_refuse('nobody has logged in', '');
    END IF;
    RETURN found;
END
$$;

CREATE OR REPLACE FUNCTION public.register_approve_as_asker(of_release integer) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog AS $$
DECLARE
    who text := public.register_asker();
BEGIN
    IF public.register_state(of_release) = 'staged' THEN
        PERFORM public.register_approve(of_release, who,
            (SELECT demo FROM public.register_releases WHERE number = of_release));
    END IF;
    PERFORM public.register_switch(of_release, who);
END
$$;

CREATE OR REPLACE FUNCTION public.register_rollback_as_asker(why text) RETURNS integer
LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog AS $$
    SELECT public.register_rollback(public.register_asker(), why)
$$;

REVOKE ALL ON FUNCTION public.register_refuse, public.register_plain_name, public.register_hand,
    public.register_alone,
    public.register_state, public.register_must_be_readable, public.register_approve, public.register_put_in_force, public.register_switch,
    public.register_rollback, public.register_asker, public.register_approve_as_asker,
    public.register_rollback_as_asker FROM PUBLIC;
DO $$
BEGIN
    IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'tangga_app') THEN
        GRANT EXECUTE ON FUNCTION public.register_approve_as_asker,
            public.register_rollback_as_asker TO tangga_app;
    END IF;
END
$$;
