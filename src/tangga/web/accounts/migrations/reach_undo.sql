DROP FUNCTION accounts_reach;
