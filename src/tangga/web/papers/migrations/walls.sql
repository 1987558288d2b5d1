-- Papers are added and revoked, never changed or removed.
GRANT SELECT, INSERT ON papers_paper, papers_named TO tangga_app;
GRANT UPDATE (revoked_on, revoked_by_id, revoked_why, replaced_by_id) ON papers_paper TO tangga_app;
GRANT USAGE ON SEQUENCE papers_named_id_seq TO tangga_app;

ALTER TABLE papers_paper ENABLE ROW LEVEL SECURITY;
ALTER TABLE papers_paper FORCE ROW LEVEL SECURITY;
ALTER TABLE papers_named ENABLE ROW LEVEL SECURITY;
ALTER TABLE papers_named FORCE ROW LEVEL SECURITY;

CREATE POLICY own_area ON papers_paper TO tangga_app USING (
    area >= (SELECT nullif(current_setting('app.area_from', true), ''))
    AND area < (SELECT nullif(current_setting('app.area_to', true), ''))
    AND (NOT cased OR (SELECT current_setting('app.case', true)) = 'yes')
);
CREATE POLICY own_area ON papers_named TO tangga_app USING (
    area >= (SELECT nullif(current_setting('app.area_from', true), ''))
    AND area < (SELECT nullif(current_setting('app.area_to', true), ''))
    AND (NOT cased OR (SELECT current_setting('app.case', true)) = 'yes')
);
CREATE POLICY owner ON papers_paper TO CURRENT_USER USING (true);
CREATE POLICY owner ON papers_named TO CURRENT_USER USING (true);

-- What was issued stays as it was issued, whoever asks. The owner alone may seal its content anew,
-- under a new key of the service; its digest still proves it.
CREATE FUNCTION papers_stay() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog AS $$
BEGIN
    IF TG_OP = 'DELETE' THEN
        RAISE EXCEPTION 'a paper that was issued is never removed'
            USING ERRCODE = 'insufficient_privilege';
    END IF;
    IF (to_jsonb(NEW) - '{revoked_on,revoked_by_id,revoked_why,replaced_by_id,content}'::text[])
        IS DISTINCT FROM
        (to_jsonb(OLD) - '{revoked_on,revoked_by_id,revoked_why,replaced_by_id,content}'::text[])
        OR (OLD.revoked_on IS NOT NULL AND NEW.revoked_on IS DISTINCT FROM OLD.revoked_on)
    THEN
        RAISE EXCEPTION 'a paper that was issued is only revoked, and once'
            USING ERRCODE = 'insufficient_privilege';
    END IF;
    RETURN NEW;
END
$$;
CREATE TRIGGER papers_stay BEFORE UPDATE OR DELETE ON papers_paper
    FOR EACH ROW EXECUTE FUNCTION papers_stay();

-- The next number of an office's series in a year: no gap, since the last one that stands is read
-- behind a lock that is held until the paper stands too, or is taken back.
CREATE FUNCTION papers_next(of_office text, of_kind text, of_series text, of_year integer)
RETURNS integer
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog AS $$
BEGIN
    PERFORM pg_advisory_xact_lock(
        7210701, hashtext(of_office || '|' || of_kind || '|' || of_series || '|' || of_year)
    );
    RETURN coalesce((
        SELECT max(p.n) FROM public.papers_paper AS p
        WHERE p.office = of_office AND p.kind = of_kind AND p.series = of_series
            AND p.year = of_year
    ), 0) + 1;
END
$$;
REVOKE ALL ON FUNCTION papers_next FROM PUBLIC;
GRANT EXECUTE ON FUNCTION papers_next TO tangga_app;

-- What anybody may know of a paper whose code they hold; of a case not even which kind it is. The
-- content stays sealed: the service opens it for the few words that the kind marks to be checked.
CREATE FUNCTION papers_check(of_code text)
RETURNS TABLE (number text, kind text, title text, on_day date, office text, rows integer,
               mark text, revoked_on date, replaced_by text, content bytea)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog AS $$
    SELECT p.number, CASE WHEN p.cased THEN '' ELSE p.kind END,
        CASE WHEN p.cased THEN '' ELSE p.title END, p.on_day, p.office, p.rows, left(p.digest, 16), p.revoked_on,
        r.number,
        CASE WHEN NOT p.cased AND p.rows <= 50 THEN p.content END
    FROM public.papers_paper AS p LEFT JOIN public.papers_paper AS r ON r.id = p.replaced_by_id
    WHERE p.code = of_code
$$;
REVOKE ALL ON FUNCTION papers_check FROM PUBLIC;
GRANT EXECUTE ON FUNCTION papers_check TO tangga_app;
