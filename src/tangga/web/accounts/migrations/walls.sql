-- What a request may do with accounts: never remove one, and see posts of its own area only.
GRANT SELECT, INSERT, UPDATE ON accounts_user TO tangga_app;
GRANT SELECT, INSERT ON accounts_post TO tangga_app;
GRANT UPDATE (valid_to) ON accounts_post TO tangga_app;
GRANT SELECT, INSERT, UPDATE, DELETE ON django_session, mfa_authenticator TO tangga_app;
GRANT SELECT ON account_emailaddress, django_content_type TO tangga_app;

-- Where the workers of the server count failed logins together.
CREATE TABLE web_cache (
    cache_key varchar(255) PRIMARY KEY,
    value text NOT NULL,
    expires timestamptz NOT NULL
);
CREATE INDEX web_cache_expires ON web_cache (expires);
GRANT SELECT, INSERT, UPDATE, DELETE ON web_cache TO tangga_app;

-- Its own posts are anybody's to see, those of an area an administrator's of that area.
-- app.accounts_from, app.accounts_to: as app.area_from, but open to administrators alone.
ALTER TABLE accounts_post ENABLE ROW LEVEL SECURITY;
ALTER TABLE accounts_post FORCE ROW LEVEL SECURITY;
CREATE POLICY see ON accounts_post FOR SELECT USING (
    user_id::text = (SELECT nullif(current_setting('app.user', true), ''))
    OR (area >= (SELECT nullif(current_setting('app.accounts_from', true), ''))
        AND area < (SELECT nullif(current_setting('app.accounts_to', true), '')))
    OR (SELECT current_setting('app.accounts_from', true)) = '!'
);
CREATE POLICY give ON accounts_post FOR INSERT WITH CHECK (
    user_id::text IS DISTINCT FROM (SELECT nullif(current_setting('app.user', true), ''))
    AND ((area >= (SELECT nullif(current_setting('app.accounts_from', true), ''))
            AND area < (SELECT nullif(current_setting('app.accounts_to', true), '')))
        OR (SELECT current_setting('app.accounts_from', true)) = '!')
);
CREATE POLICY end_ ON accounts_post FOR UPDATE USING (
    (area >= (SELECT nullif(current_setting('app.accounts_from', true), ''))
        AND area < (SELECT nullif(current_setting('app.accounts_to', true), '')))
    OR (SELECT current_setting('app.accounts_from', true)) = '!'
);

-- The roles of a user in every area: two posts that exclude each other may be far apart.
CREATE FUNCTION accounts_roles_held(of_user bigint) RETURNS SETOF text
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog AS $$
DECLARE
    opened text := coalesce(current_setting('app.accounts_from', true), '');
BEGIN
    PERFORM set_config('app.accounts_from', '!', true);
    RETURN QUERY SELECT role::text FROM public.accounts_post
        WHERE user_id = of_user AND (valid_to IS NULL OR valid_to > current_date);
    PERFORM set_config('app.accounts_from', opened, true);
END
$$;
REVOKE ALL ON FUNCTION accounts_roles_held FROM PUBLIC;
GRANT EXECUTE ON FUNCTION accounts_roles_held TO tangga_app;
