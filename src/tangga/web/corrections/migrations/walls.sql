-- A proposal or batch is seen where its item is; none is ever removed.
GRANT SELECT, INSERT, UPDATE ON corrections_proposal, corrections_batch TO tangga_app;

ALTER TABLE corrections_proposal ENABLE ROW LEVEL SECURITY;
ALTER TABLE corrections_proposal FORCE ROW LEVEL SECURITY;
ALTER TABLE corrections_batch ENABLE ROW LEVEL SECURITY;
ALTER TABLE corrections_batch FORCE ROW LEVEL SECURITY;

CREATE POLICY of_an_item ON corrections_proposal TO tangga_app
    USING (EXISTS (SELECT 1 FROM work_item AS i WHERE i.id = item_id));
CREATE POLICY of_an_item ON corrections_batch TO tangga_app
    USING (EXISTS (SELECT 1 FROM work_item AS i WHERE i.id = item_id));

CREATE POLICY worker ON corrections_proposal TO CURRENT_USER USING (true);
CREATE POLICY worker ON corrections_batch TO CURRENT_USER USING (true);
