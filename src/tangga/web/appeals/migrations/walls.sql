-- What was lodged is seen where its item is; who reported another family by those alone who are let
-- to, and who took the report in can write it but not read it again.
GRANT SELECT, INSERT ON appeals_appeal, appeals_objector TO tangga_app;
GRANT UPDATE (reminded_on) ON appeals_appeal TO tangga_app;
GRANT UPDATE (judged, judged_on) ON appeals_objector TO tangga_app;
ALTER TABLE appeals_appeal ENABLE ROW LEVEL SECURITY;
ALTER TABLE appeals_appeal FORCE ROW LEVEL SECURITY;
ALTER TABLE appeals_objector ENABLE ROW LEVEL SECURITY;
ALTER TABLE appeals_objector FORCE ROW LEVEL SECURITY;
CREATE POLICY own_area ON appeals_appeal TO tangga_app USING (
    area >= (SELECT nullif(current_setting('app.area_from', true), ''))
    AND area < (SELECT nullif(current_setting('app.area_to', true), ''))
);
CREATE POLICY write_down ON appeals_objector FOR INSERT TO tangga_app WITH CHECK (
    area >= (SELECT nullif(current_setting('app.area_from', true), ''))
    AND area < (SELECT nullif(current_setting('app.area_to', true), ''))
);
CREATE POLICY let_to_see ON appeals_objector FOR SELECT TO tangga_app USING (
    (SELECT current_setting('app.objectors', true)) = 'yes'
    AND area >= (SELECT nullif(current_setting('app.area_from', true), ''))
    AND area < (SELECT nullif(current_setting('app.area_to', true), ''))
);
CREATE POLICY let_to_judge ON appeals_objector FOR UPDATE TO tangga_app USING (
    (SELECT current_setting('app.objectors', true)) = 'yes'
    AND area >= (SELECT nullif(current_setting('app.area_from', true), ''))
    AND area < (SELECT nullif(current_setting('app.area_to', true), ''))
);
GRANT SELECT, INSERT ON appeals_reminder TO tangga_app;
ALTER TABLE appeals_reminder ENABLE ROW LEVEL SECURITY;
ALTER TABLE appeals_reminder FORCE ROW LEVEL SECURITY;
CREATE POLICY own_area ON appeals_reminder TO tangga_app USING (
    area >= (SELECT nullif(current_setting('app.area_from', true), ''))
    AND area < (SELECT nullif(current_setting('app.area_to', true), ''))
);
CREATE POLICY worker ON appeals_reminder TO CURRENT_USER USING (true) WITH CHECK (true);
CREATE POLICY worker ON appeals_appeal TO CURRENT_USER USING (true) WITH CHECK (true);
CREATE POLICY worker ON appeals_objector TO CURRENT_USER USING (true) WITH CHECK (true);

-- How many reports of somebody were found to be in bad faith since a day, and how many wait about a
-- family: for who takes one in, and may not read whose they were.
CREATE FUNCTION appeals_bad_faith(of_person text, since date) RETURNS bigint
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog AS $$
    SELECT count(*) FROM public.appeals_objector AS o
    WHERE o.person_id = of_person AND o.judged = 'bad_faith' AND o.judged_on >= since
$$;
CREATE FUNCTION appeals_open_reports(of_person text, about_family text) RETURNS bigint
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog AS $$
    SELECT count(*) FROM public.appeals_objector AS o
    JOIN public.work_item AS i ON i.id = o.item_id
    WHERE o.person_id = of_person AND i.family_id = about_family AND i.closed_on IS NULL
$$;
-- Withdrawn at the counter, by who may not see who it was.
CREATE FUNCTION appeals_withdrawn(of_item uuid, on_day date) RETURNS void
LANGUAGE sql VOLATILE SECURITY DEFINER SET search_path = pg_catalog AS $$
    UPDATE public.appeals_objector SET judged = 'withdrawn', judged_on = on_day
    WHERE item_id = of_item AND judged = ''
$$;
REVOKE ALL ON FUNCTION appeals_bad_faith, appeals_open_reports, appeals_withdrawn FROM PUBLIC;
GRANT EXECUTE ON FUNCTION appeals_bad_faith, appeals_open_reports, appeals_withdrawn TO tangga_app;
