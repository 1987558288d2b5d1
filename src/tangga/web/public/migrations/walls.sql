-- Telephones and codes where the family lives; a page without login opens that area for one query.
GRANT SELECT, INSERT ON public_phone, public_code TO tangga_app;
GRANT UPDATE (ended_on) ON public_phone TO tangga_app;
GRANT UPDATE (tries, used_at) ON public_code TO tangga_app;
ALTER TABLE public_phone ENABLE ROW LEVEL SECURITY;
ALTER TABLE public_phone FORCE ROW LEVEL SECURITY;
ALTER TABLE public_code ENABLE ROW LEVEL SECURITY;
ALTER TABLE public_code FORCE ROW LEVEL SECURITY;
CREATE POLICY own_area ON public_phone TO tangga_app USING (
    area >= (SELECT nullif(current_setting('app.area_from', true), ''))
    AND area < (SELECT nullif(current_setting('app.area_to', true), ''))
);
CREATE POLICY own_area ON public_code TO tangga_app USING (
    area >= (SELECT nullif(current_setting('app.area_from', true), ''))
    AND area < (SELECT nullif(current_setting('app.area_to', true), ''))
);
CREATE POLICY worker ON public_phone TO CURRENT_USER USING (true) WITH CHECK (true);
CREATE POLICY worker ON public_code TO CURRENT_USER USING (true) WITH CHECK (true);

-- How often somebody asked. No request reads it: what is asked for is a keyed hash, and only the
-- count of one's own comes back. Each window of time is counted by itself, and old ones go.
CREATE TABLE public_tries (
    key bytea NOT NULL,
    window_from timestamptz NOT NULL,
    many integer NOT NULL,
    PRIMARY KEY (key, window_from)
);
CREATE INDEX public_tries_old ON public_tries (window_from);
ALTER TABLE public_tries ENABLE ROW LEVEL SECURITY;
ALTER TABLE public_tries FORCE ROW LEVEL SECURITY;
CREATE POLICY worker ON public_tries TO CURRENT_USER USING (true) WITH CHECK (true);

-- One try more of a key within this window of seconds; returns how many there were with it.
CREATE FUNCTION public_try(of_key bytea, seconds integer) RETURNS integer
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog AS $$
DECLARE
    begun timestamptz := to_timestamp(floor(extract(epoch FROM clock_timestamp()) / seconds) * seconds);
    found integer;
BEGIN
    INSERT INTO public.public_tries AS t (key, window_from, many) VALUES (of_key, begun, 1)
    ON CONFLICT (key, window_from) DO UPDATE SET many = t.many + 1
    RETURNING many INTO found;
    DELETE FROM public.public_tries WHERE ctid = ANY (ARRAY(
        SELECT o.ctid FROM public.public_tries AS o
        WHERE o.window_from < clock_timestamp() - interval '1 day'
        LIMIT 5 FOR UPDATE SKIP LOCKED));
    RETURN found;
END
$$;
REVOKE ALL ON FUNCTION public_try FROM PUBLIC;
GRANT EXECUTE ON FUNCTION public_try TO tangga_app;
