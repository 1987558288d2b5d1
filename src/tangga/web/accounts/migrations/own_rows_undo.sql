DROP POLICY own ON mfa_authenticator;
ALTER TABLE mfa_authenticator DISABLE ROW LEVEL SECURITY;
DROP POLICY see ON accounts_user;
DROP POLICY make ON accounts_user;
DROP POLICY change ON accounts_user;
ALTER TABLE accounts_user DISABLE ROW LEVEL SECURITY;
GRANT SELECT, INSERT, UPDATE ON accounts_user TO tangga_app;
GRANT SELECT, INSERT, UPDATE, DELETE ON django_session TO tangga_app;
DROP FUNCTION accounts_managed, accounts_password, session_read, session_make, session_change, session_end;
