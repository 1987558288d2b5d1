-- The areas of a user's posts, also of those that the asking administrator does not see: whose posts
-- reach further than an administrator does is not theirs to manage.
CREATE FUNCTION accounts_reach(of_user bigint, day date) RETURNS TABLE (area text, ended boolean)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog AS $$
DECLARE
    opened text := coalesce(current_setting('app.accounts_from', true), '');
BEGIN
    PERFORM set_config('app.accounts_from', '!', true);
    RETURN QUERY SELECT p.area::text, coalesce(p.valid_to <= day, false)
        FROM public.accounts_post AS p WHERE p.user_id = of_user;
    PERFORM set_config('app.accounts_from', opened, true);
END
$$;
REVOKE ALL ON FUNCTION accounts_reach FROM PUBLIC;
GRANT EXECUTE ON FUNCTION accounts_reach TO tangga_app;
