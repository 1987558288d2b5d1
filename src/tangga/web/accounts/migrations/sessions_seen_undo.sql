DROP FUNCTION session_note, sessions_mine, sessions_end_mine;
DROP INDEX django_session_of_user;
ALTER TABLE django_session DROP COLUMN number, DROP COLUMN of_user, DROP COLUMN began,
    DROP COLUMN seen, DROP COLUMN device;
