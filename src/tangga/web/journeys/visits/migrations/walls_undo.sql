DROP TRIGGER keep_former ON visits_visit;
DROP FUNCTION visits_keep_former();
DROP POLICY own_area ON visits_visit;
DROP POLICY own_area ON visits_former;
DROP POLICY own_area ON visits_field;
DROP POLICY own_area ON visits_handed;
DROP POLICY own ON visits_sheet;
DROP POLICY own ON visits_returned;
DROP POLICY own ON visits_row;
DROP POLICY worker ON visits_visit;
DROP POLICY worker ON visits_former;
DROP POLICY worker ON visits_sheet;
DROP POLICY worker ON visits_returned;
DROP POLICY worker ON visits_row;
DROP POLICY worker ON visits_field;
DROP POLICY worker ON visits_handed;
REVOKE ALL ON visits_visit, visits_row, visits_former, visits_sheet, visits_returned, visits_field,
    visits_handed FROM tangga_app;
