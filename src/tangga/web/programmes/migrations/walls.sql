-- Rounds, results, deliveries, determinations: by area. Whoever works inside the area of a round may
-- read it, since their village is part of it; its lines are seen by their own villages alone.
GRANT SELECT, INSERT, UPDATE ON programmes_round, programmes_determination, programmes_quota,
    programmes_complaint, programmes_delivery TO tangga_app;
GRANT SELECT, INSERT ON programmes_resultfile, programmes_result, programmes_store TO tangga_app;
GRANT SELECT, INSERT, DELETE ON programmes_row, programmes_pick TO tangga_app;

DO $$
DECLARE one text;
BEGIN
    FOREACH one IN ARRAY ARRAY['round', 'row', 'resultfile', 'result', 'store', 'delivery',
                               'determination', 'pick', 'quota', 'complaint'] LOOP
        EXECUTE format('ALTER TABLE programmes_%s ENABLE ROW LEVEL SECURITY', one);
        EXECUTE format('ALTER TABLE programmes_%s FORCE ROW LEVEL SECURITY', one);
        EXECUTE format($policy$CREATE POLICY own_area ON programmes_%s TO tangga_app USING (
            area >= (SELECT nullif(current_setting('app.area_from', true), ''))
            AND area < (SELECT nullif(current_setting('app.area_to', true), ''))
        )$policy$, one);
        EXECUTE format('CREATE POLICY worker ON programmes_%s TO CURRENT_USER USING (true)', one);
    END LOOP;
    FOREACH one IN ARRAY ARRAY['round', 'quota'] LOOP
        EXECUTE format($policy$CREATE POLICY around ON programmes_%s FOR SELECT TO tangga_app USING (
            (SELECT nullif(current_setting('app.area_from', true), '')) LIKE area || '%%'
        )$policy$, one);
    END LOOP;
END $$;

-- What was signed stays as it was signed; names may be emptied once their time is over, by the owner
-- alone (requests may not change a line at all).
CREATE FUNCTION programmes_row_frozen() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE of_round uuid;
BEGIN
    IF TG_OP = 'UPDATE' AND NEW.who IS NULL AND to_jsonb(NEW) - 'who' = to_jsonb(OLD) - 'who' THEN
        RETURN NEW;
    END IF;
    of_round := CASE WHEN TG_OP = 'DELETE' THEN OLD.round_id ELSE NEW.round_id END;
    IF EXISTS (SELECT FROM programmes_round AS r
               WHERE r.item_id = of_round AND r.frozen_at IS NOT NULL) THEN
        RAISE EXCEPTION 'the list of this round is signed' USING ERRCODE = 'check_violation';
    END IF;
    RETURN CASE WHEN TG_OP = 'DELETE' THEN OLD ELSE NEW END;
END $$;
CREATE TRIGGER frozen BEFORE INSERT OR UPDATE OR DELETE ON programmes_row
    FOR EACH ROW EXECUTE FUNCTION programmes_row_frozen();

CREATE FUNCTION programmes_round_frozen() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.frozen_at IS NOT NULL AND (NEW.frozen_at, NEW.digest, NEW.total, NEW.payees, NEW.area,
            NEW.programme, NEW.period_start, NEW.period_end, NEW.goods, NEW.each)
        IS DISTINCT FROM (OLD.frozen_at, OLD.digest, OLD.total, OLD.payees, OLD.area,
            OLD.programme, OLD.period_start, OLD.period_end, OLD.goods, OLD.each) THEN
        RAISE EXCEPTION 'the list of this round is signed' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER frozen BEFORE UPDATE ON programmes_round
    FOR EACH ROW EXECUTE FUNCTION programmes_round_frozen();

CREATE FUNCTION programmes_pick_frozen() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE of_act uuid;
BEGIN
    of_act := CASE WHEN TG_OP = 'DELETE' THEN OLD.determination_id ELSE NEW.determination_id END;
    IF EXISTS (SELECT FROM programmes_determination AS d
               WHERE d.item_id = of_act AND d.state <> 'draft') THEN
        RAISE EXCEPTION 'the list of this determination was handed in'
            USING ERRCODE = 'check_violation';
    END IF;
    RETURN CASE WHEN TG_OP = 'DELETE' THEN OLD ELSE NEW END;
END $$;
CREATE TRIGGER frozen BEFORE INSERT OR UPDATE OR DELETE ON programmes_pick
    FOR EACH ROW EXECUTE FUNCTION programmes_pick_frozen();
