-- Events: who saw or changed what, when, why. No foreign keys: the trail outlives what it speaks of.

CREATE SEQUENCE audit_events_id;

-- The transaction has its number before the event has its own. So an event numbered after somebody
-- looked belongs to a transaction that began after: what is sealed, no late commit can enter.
CREATE FUNCTION audit_next_id() RETURNS bigint
LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog AS $$
BEGIN
    PERFORM pg_current_xact_id();
    RETURN nextval('public.audit_events_id');
END
$$;

CREATE TABLE audit_events (
    id bigint PRIMARY KEY DEFAULT audit_next_id(),
    at timestamptz NOT NULL DEFAULT clock_timestamp(),
    by_user bigint,
    post bigint,
    role text NOT NULL DEFAULT '',
    post_area text COLLATE "C" NOT NULL DEFAULT '',
    what text NOT NULL CHECK (what ~ '^[a-z][a-z_]{2,39}$'),
    -- Where what was seen or changed is; '': the nation, or no place at all.
    area text COLLATE "C" NOT NULL DEFAULT '',
    family_id text,
    person_id text,
    reason text NOT NULL DEFAULT '',
    about jsonb NOT NULL DEFAULT '{}',
    request text NOT NULL DEFAULT ''
);
CREATE INDEX audit_events_family ON audit_events (family_id, id DESC) WHERE family_id IS NOT NULL;
CREATE INDEX audit_events_user ON audit_events (by_user, id DESC) WHERE by_user IS NOT NULL;
CREATE INDEX audit_events_area ON audit_events (area, id DESC);
ALTER SEQUENCE audit_events_id OWNED BY audit_events.id;

-- A seal holds the hash of the events with after_id < id <= last_id, and of the seal before it.
CREATE TABLE audit_seals (
    number bigint PRIMARY KEY CHECK (number > 0),
    sealed_at timestamptz NOT NULL,
    after_id bigint NOT NULL,
    last_id bigint NOT NULL CHECK (last_id > after_id),
    events bigint NOT NULL CHECK (events >= 0),
    hash text NOT NULL UNIQUE CHECK (hash ~ '^[0-9a-f]{64}$')
);

CREATE FUNCTION audit_is_only_added_to() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'the audit trail is only added to' USING ERRCODE = 'insufficient_privilege';
END
$$;
CREATE TRIGGER audit_events_stay BEFORE UPDATE OR DELETE ON audit_events
    FOR EACH ROW EXECUTE FUNCTION audit_is_only_added_to();
CREATE TRIGGER audit_events_are_not_emptied BEFORE TRUNCATE ON audit_events
    FOR EACH STATEMENT EXECUTE FUNCTION audit_is_only_added_to();
CREATE TRIGGER audit_seals_stay BEFORE UPDATE OR DELETE ON audit_seals
    FOR EACH ROW EXECUTE FUNCTION audit_is_only_added_to();
CREATE TRIGGER audit_seals_are_not_emptied BEFORE TRUNCATE ON audit_seals
    FOR EACH STATEMENT EXECUTE FUNCTION audit_is_only_added_to();

-- The app's role neither numbers nor dates an event.
REVOKE ALL ON audit_events, audit_seals FROM PUBLIC;
GRANT SELECT ON audit_events, audit_seals TO tangga_app;
GRANT INSERT (by_user, post, role, post_area, what, area, family_id, person_id, reason, about,
              request) ON audit_events TO tangga_app;
GRANT USAGE ON SEQUENCE audit_events_id TO tangga_app;

-- An event without a place is the nation's.
ALTER TABLE audit_events ENABLE ROW LEVEL SECURITY;
ALTER TABLE audit_events FORCE ROW LEVEL SECURITY;
CREATE POLICY read_by_area ON audit_events FOR SELECT USING (
    (area >= (SELECT nullif(current_setting('app.area_from', true), ''))
        AND area < (SELECT nullif(current_setting('app.area_to', true), '')))
    OR (area = '' AND (SELECT current_setting('app.area_from', true)) = '!')
);
CREATE POLICY add_always ON audit_events FOR INSERT WITH CHECK (true);
