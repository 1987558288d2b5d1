DROP TRIGGER IF EXISTS frozen ON programmes_row;
DROP TRIGGER IF EXISTS frozen ON programmes_round;
DROP TRIGGER IF EXISTS frozen ON programmes_pick;
DROP FUNCTION IF EXISTS programmes_row_frozen();
DROP FUNCTION IF EXISTS programmes_round_frozen();
DROP FUNCTION IF EXISTS programmes_pick_frozen();
DO $$
DECLARE one text;
BEGIN
    FOREACH one IN ARRAY ARRAY['round', 'row', 'resultfile', 'result', 'store', 'delivery',
                               'determination', 'pick', 'quota', 'complaint'] LOOP
        EXECUTE format('DROP POLICY IF EXISTS own_area ON programmes_%s', one);
        EXECUTE format('DROP POLICY IF EXISTS around ON programmes_%s', one);
        EXECUTE format('DROP POLICY IF EXISTS worker ON programmes_%s', one);
        EXECUTE format('ALTER TABLE programmes_%s DISABLE ROW LEVEL SECURITY', one);
        EXECUTE format('REVOKE ALL ON programmes_%s FROM tangga_app', one);
    END LOOP;
END $$;
