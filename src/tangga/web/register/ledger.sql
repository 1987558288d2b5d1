-- Which releases were loaded, by whom, and which one is in force. Tables of a release itself stand in
-- a schema of its own, r_NUMBER.

CREATE EXTENSION IF NOT EXISTS pg_trgm;
CREATE EXTENSION IF NOT EXISTS btree_gin;

CREATE TABLE IF NOT EXISTS public.register_releases (
    number      integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    release     text NOT NULL,
    as_of       date NOT NULL,
    workspace   text NOT NULL DEFAULT '',
    -- loading, staged, approved, in_force, former, withdrawn; or without tables: failed, dropped
    state       text NOT NULL DEFAULT 'loading' CHECK (state IN (
        'loading', 'staged', 'approved', 'in_force', 'former', 'withdrawn', 'failed', 'dropped')),
    loaded_at   timestamptz NOT NULL DEFAULT now(),
    loaded_by   text NOT NULL,
    approved_at timestamptz,
    approved_by text,
    compared_to integer,
    seconds     double precision,
    manifest    jsonb NOT NULL,
    counts      jsonb NOT NULL DEFAULT '{}',
    hashes      jsonb NOT NULL DEFAULT '{}',
    -- Of manifest.json as it was read: with the hashes in it, it says which bytes were approved.
    manifest_sha256 text NOT NULL DEFAULT '',
    -- Loaded in a demonstration: who loaded may approve.
    demo        boolean NOT NULL DEFAULT false,
    -- Fingerprint of the key that its numbers are sealed with; '' where nobody noted it.
    field_key   text NOT NULL DEFAULT ''
);

-- One row: what a request reads. The switch is one UPDATE of it.
CREATE TABLE IF NOT EXISTS public.register_current (
    only_row boolean PRIMARY KEY DEFAULT true CHECK (only_row),
    number   integer REFERENCES public.register_releases (number)
);
INSERT INTO public.register_current (number) VALUES (NULL) ON CONFLICT DO NOTHING;

CREATE TABLE IF NOT EXISTS public.register_switches (
    id     bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    at     timestamptz NOT NULL DEFAULT now(),
    by     text NOT NULL,
    what   text NOT NULL CHECK (what IN ('switch', 'rollback')),
    number integer NOT NULL,
    before integer,
    reason text NOT NULL DEFAULT ''
);

-- Corrections that a release says it has taken in: until one does, an overlay entry stays shown.
CREATE TABLE IF NOT EXISTS public.register_consumed (
    number        integer NOT NULL REFERENCES public.register_releases (number),
    correction_id text NOT NULL,
    PRIMARY KEY (correction_id, number)
);

DO $$
BEGIN
    IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'tangga_app') THEN
        GRANT SELECT ON public.register_releases, public.register_current,
            public.register_switches, public.register_consumed TO tangga_app;
    END IF;
END
$$;
