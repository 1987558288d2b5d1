"""A request sees the tokens of its own account, and of those that its administrator manages."""

from django.db import migrations

POLICIES = """
ALTER TABLE api_token ENABLE ROW LEVEL SECURITY;
CREATE POLICY own ON api_token TO tangga_app USING (
    user_id::text = (SELECT nullif(current_setting('app.user', true), ''))
    OR accounts_managed(user_id)
) WITH CHECK (
    user_id::text = (SELECT nullif(current_setting('app.user', true), ''))
    OR (revoked_at IS NOT NULL AND accounts_managed(user_id))
);
-- Whose a token is, for who shows the token itself.
CREATE FUNCTION api_token_owner(of_digest bytea) RETURNS bigint
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog AS $$
    SELECT user_id FROM public.api_token WHERE digest = of_digest
$$;
REVOKE ALL ON FUNCTION api_token_owner FROM PUBLIC;
GRANT EXECUTE ON FUNCTION api_token_owner TO tangga_app;
"""
UNDO = """
DROP FUNCTION api_token_owner;
DROP POLICY own ON api_token;
ALTER TABLE api_token DISABLE ROW LEVEL SECURITY;
"""


class Migration(migrations.Migration):
    dependencies = (("api", "0001_tokens"), ("accounts", "0004_own_rows"))
    operations = (migrations.RunSQL(POLICIES, UNDO),)
