-- Items by area (their own, or the other one's), case data for the case team; steps and evidence
-- where their item is seen. Nothing is ever removed, and a step that was taken never changes.
GRANT SELECT, INSERT, UPDATE ON work_item, work_delegation, work_counter TO tangga_app;
GRANT SELECT, INSERT ON work_taken, work_evidence TO tangga_app;
GRANT USAGE, SELECT ON SEQUENCE work_taken_id_seq, work_counter_id_seq TO tangga_app;

ALTER TABLE work_taken ADD CONSTRAINT three_hands
    EXCLUDE USING gist (item_id WITH =, user_id WITH =, hand WITH <>)
    WHERE (hand <> '' AND user_id IS NOT NULL);

ALTER TABLE work_item ENABLE ROW LEVEL SECURITY;
ALTER TABLE work_item FORCE ROW LEVEL SECURITY;
ALTER TABLE work_taken ENABLE ROW LEVEL SECURITY;
ALTER TABLE work_taken FORCE ROW LEVEL SECURITY;
ALTER TABLE work_evidence ENABLE ROW LEVEL SECURITY;
ALTER TABLE work_evidence FORCE ROW LEVEL SECURITY;
ALTER TABLE work_delegation ENABLE ROW LEVEL SECURITY;
ALTER TABLE work_delegation FORCE ROW LEVEL SECURITY;
ALTER TABLE work_counter ENABLE ROW LEVEL SECURITY;
ALTER TABLE work_counter FORCE ROW LEVEL SECURITY;

CREATE POLICY own_area ON work_item TO tangga_app USING (
    (
        (
            area >= (SELECT nullif(current_setting('app.area_from', true), ''))
            AND area < (SELECT nullif(current_setting('app.area_to', true), ''))
        ) OR (
            other_area <> ''
            AND other_area >= (SELECT nullif(current_setting('app.area_from', true), ''))
            AND other_area < (SELECT nullif(current_setting('app.area_to', true), ''))
        )
    ) AND (NOT cased OR (SELECT current_setting('app.case', true)) = 'yes')
);
CREATE POLICY of_an_item ON work_taken TO tangga_app
    USING (EXISTS (SELECT 1 FROM work_item AS i WHERE i.id = item_id));
CREATE POLICY of_an_item ON work_evidence TO tangga_app
    USING (EXISTS (SELECT 1 FROM work_item AS i WHERE i.id = item_id));
CREATE POLICY mine_or_of_my_area ON work_delegation TO tangga_app USING (
    from_user_id::text = (SELECT current_setting('app.user', true))
    OR to_user_id::text = (SELECT current_setting('app.user', true))
    OR (
        area >= (SELECT nullif(current_setting('app.area_from', true), ''))
        AND area < (SELECT nullif(current_setting('app.area_to', true), ''))
    )
) WITH CHECK (from_user_id::text = (SELECT current_setting('app.user', true)));
-- Whether who gave a power still has the post that it came from: it ends with their office.
CREATE FUNCTION work_giver_holds(giver bigint, of_role text, of_area text, day date)
RETURNS boolean LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog AS $$
DECLARE
    opened text := coalesce(current_setting('app.accounts_from', true), '');
    found boolean;
BEGIN
    PERFORM set_config('app.accounts_from', '!', true);
    found := EXISTS (
        SELECT FROM public.accounts_post AS p WHERE p.user_id = giver AND p.role = of_role
        AND p.area = of_area AND p.valid_from <= day AND (p.valid_to IS NULL OR p.valid_to > day)
    );
    PERFORM set_config('app.accounts_from', opened, true);
    RETURN found;
END
$$;
REVOKE ALL ON FUNCTION work_giver_holds FROM PUBLIC;
GRANT EXECUTE ON FUNCTION work_giver_holds TO tangga_app;

CREATE POLICY counting ON work_counter TO tangga_app USING (true);

CREATE POLICY worker ON work_item TO CURRENT_USER USING (true);
CREATE POLICY worker ON work_taken TO CURRENT_USER USING (true);
CREATE POLICY worker ON work_evidence TO CURRENT_USER USING (true);
CREATE POLICY worker ON work_delegation TO CURRENT_USER USING (true);
CREATE POLICY worker ON work_counter TO CURRENT_USER USING (true);
