DROP FUNCTION accounts_roles_held;
DROP TABLE web_cache;
DROP POLICY see ON accounts_post;
DROP POLICY give ON accounts_post;
DROP POLICY end_ ON accounts_post;
ALTER TABLE accounts_post DISABLE ROW LEVEL SECURITY;
