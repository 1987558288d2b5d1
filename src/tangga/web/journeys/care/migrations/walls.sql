-- Files of rehabilitation, checks and moves are seen where their item is; assessments and notes are
-- added and never changed.
GRANT SELECT, INSERT, UPDATE ON care_case, care_check, care_areamove TO tangga_app;
GRANT SELECT, INSERT ON care_assessment, care_note TO tangga_app;

ALTER TABLE care_case ENABLE ROW LEVEL SECURITY;
ALTER TABLE care_case FORCE ROW LEVEL SECURITY;
ALTER TABLE care_assessment ENABLE ROW LEVEL SECURITY;
ALTER TABLE care_assessment FORCE ROW LEVEL SECURITY;
ALTER TABLE care_note ENABLE ROW LEVEL SECURITY;
ALTER TABLE care_note FORCE ROW LEVEL SECURITY;
ALTER TABLE care_check ENABLE ROW LEVEL SECURITY;
ALTER TABLE care_check FORCE ROW LEVEL SECURITY;
ALTER TABLE care_areamove ENABLE ROW LEVEL SECURITY;
ALTER TABLE care_areamove FORCE ROW LEVEL SECURITY;

CREATE POLICY of_an_item ON care_case TO tangga_app
    USING (EXISTS (SELECT 1 FROM work_item AS i WHERE i.id = item_id AND i.cased));
CREATE POLICY of_an_item ON care_assessment TO tangga_app
    USING (EXISTS (SELECT 1 FROM work_item AS i WHERE i.id = item_id AND i.cased));
CREATE POLICY of_an_item ON care_note TO tangga_app
    USING (EXISTS (SELECT 1 FROM work_item AS i WHERE i.id = item_id AND i.cased));
CREATE POLICY of_an_item ON care_check TO tangga_app
    USING (EXISTS (SELECT 1 FROM work_item AS i WHERE i.id = item_id));
CREATE POLICY of_an_item ON care_areamove TO tangga_app
    USING (EXISTS (SELECT 1 FROM work_item AS i WHERE i.id = item_id));
CREATE POLICY worker ON care_case TO CURRENT_USER USING (true);
CREATE POLICY worker ON care_assessment TO CURRENT_USER USING (true);
CREATE POLICY worker ON care_note TO CURRENT_USER USING (true);
CREATE POLICY worker ON care_check TO CURRENT_USER USING (true);
CREATE POLICY worker ON care_areamove TO CURRENT_USER USING (true);

-- Two files of one person at a time would be two truths about where they are.
CREATE UNIQUE INDEX care_one_file ON work_item (person_id)
    WHERE kind = 'referral' AND closed_on IS NULL;
CREATE UNIQUE INDEX care_one_move ON work_item (family_id)
    WHERE kind = 'area_move' AND closed_on IS NULL;

-- Which persons of one family have a file: whether it runs, and whether it went to a Sentra (which
-- opens those families alone), for who may see the family. Only the first is shown to others. A
-- function and no table, so that it is asked of one family and cannot be listed.
CREATE FUNCTION care_files_of(
    family text, OUT person_id text, OUT runs boolean, OUT sentra boolean
) RETURNS SETOF record LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog AS $$
    SELECT i.person_id::text, bool_or(c.opened IS NOT NULL AND c.closed IS NULL),
           bool_or(c.provider = 'sentra')
    FROM public.work_item AS i JOIN public.care_case AS c ON c.item_id = i.id
    WHERE i.family_id = $1 AND i.kind = 'referral'
      AND i.area >= nullif(current_setting('app.area_from', true), '') COLLATE "C"
      AND i.area < nullif(current_setting('app.area_to', true), '') COLLATE "C"
    GROUP BY i.person_id
$$;
REVOKE ALL ON FUNCTION care_files_of(text) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION care_files_of(text) TO tangga_app;

-- Of one family that the asker may see: whom recorded violence keeps from receiving its support.
-- victim: the record does not say who did it, so all but the victims are kept from it. The columns
-- of a case that say so are named by the pack.
CREATE FUNCTION care_violence_of(
    family text, violence_column text, payee_column text, OUT person_id text, OUT victim boolean
) RETURNS SETOF record LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog AS $$
DECLARE
    low text := nullif(current_setting('app.area_from', true), '');
    high text := nullif(current_setting('app.area_to', true), '');
    held text;
BEGIN
    RETURN QUERY
        SELECT CASE WHEN c.against = '' THEN i.person_id ELSE c.against END::text, c.against = ''
        FROM public.work_item AS i JOIN public.care_case AS c ON c.item_id = i.id
        WHERE i.family_id = $1 AND c.violence AND (c.against_payee OR c.against <> '')
          AND i.area >= low COLLATE "C" AND i.area < high COLLATE "C";
    SELECT n.nspname INTO held
    FROM public.register_current AS now
    JOIN pg_namespace AS n ON n.nspname = 'r_' || now.number
    WHERE (
        SELECT count(*) FROM pg_attribute AS a
        JOIN pg_class AS t ON t.oid = a.attrelid
        WHERE t.relnamespace = n.oid AND t.relname = 'cases' AND NOT a.attisdropped
          AND a.attname IN (violence_column, payee_column)
    ) = 2;
    IF held IS NOT NULL THEN
        RETURN QUERY EXECUTE format(
            'SELECT c.person_id::text, true FROM %I.cases AS c WHERE c.family_id = $1 '
            'AND c.%I AND c.%I AND c.area >= $2 COLLATE "C" AND c.area < $3 COLLATE "C" '
            -- A file of our own that is in the release already says more above.
            'AND NOT EXISTS (SELECT FROM public.care_case AS o WHERE o.item_id::text = c.source_id)',
            held, violence_column, payee_column) USING family, low, high;
    END IF;
END
$$;
REVOKE ALL ON FUNCTION care_violence_of(text, text, text) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION care_violence_of(text, text, text) TO tangga_app;

-- What travels with a family once its move is accepted, by who holds the destination or the province
-- of it: what is open about the family, and what has become true of it since the release.
CREATE FUNCTION care_carry(move uuid) RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog AS $$
DECLARE
    of_move record;
    carried integer;
    part text;
BEGIN
    SELECT i.family_id, m.to_village, i.area INTO of_move
    FROM public.work_item AS i JOIN public.care_areamove AS m ON m.item_id = i.id
    WHERE i.id = move AND i.kind = 'area_move' AND i.state = 'accepted'
      AND i.other_area >= nullif(current_setting('app.area_from', true), '') COLLATE "C"
      AND i.other_area < nullif(current_setting('app.area_to', true), '') COLLATE "C";
    IF NOT FOUND THEN
        RAISE EXCEPTION 'no accepted move of this area' USING ERRCODE = 'insufficient_privilege';
    END IF;
    UPDATE public.work_item SET area = of_move.to_village
    WHERE family_id = of_move.family_id AND closed_on IS NULL AND id <> move
      AND area = of_move.area;
    GET DIAGNOSTICS carried = ROW_COUNT;
    UPDATE public.work_item SET area = of_move.to_village
    WHERE family_id = of_move.family_id AND area = of_move.area
      AND kind IN ('referral', 'tangguh', 'graduation', 'cap_decision', 'restoration');
    -- What belongs to these matters stands where they do.
    FOREACH part IN ARRAY ARRAY['climb_step', 'climb_effect', 'climb_line', 'climb_place',
                                'climb_turnover', 'appeals_appeal', 'counter_reactivation']
    LOOP
        EXECUTE format(
            'UPDATE public.%I AS p SET area = $1 FROM public.work_item AS i '
            'WHERE p.item_id = i.id AND i.family_id = $2 AND i.area = $1 AND p.area = $3', part)
        USING of_move.to_village, of_move.family_id, of_move.area;
    END LOOP;
    UPDATE public.overlay_value SET area = of_move.to_village
    WHERE family_id = of_move.family_id AND ended IS NULL;
    UPDATE public.overlay_event SET area = of_move.to_village
    WHERE family_id = of_move.family_id AND ended IS NULL;
    UPDATE public.overlay_spell SET area = of_move.to_village
    WHERE family_id = of_move.family_id AND ended IS NULL;
    RETURN carried;
END
$$;
REVOKE ALL ON FUNCTION care_carry(uuid) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION care_carry(uuid) TO tangga_app;
