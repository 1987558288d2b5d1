-- Fingerprints of the keys that ever sealed something here: of a service started with another key
-- nothing could be read, and new releases would be sealed with a key that nobody keeps.
CREATE TABLE IF NOT EXISTS public.register_field_keys (
    fingerprint text PRIMARY KEY CHECK (fingerprint ~ '^[0-9a-f]{16}$'),
    since timestamptz NOT NULL DEFAULT now(),
    -- Whether the service had this key when it last started: what it sealed can be read.
    held boolean NOT NULL DEFAULT true
);
REVOKE ALL ON public.register_field_keys FROM PUBLIC;
