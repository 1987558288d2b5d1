DROP FUNCTION papers_check, papers_next;
DROP TRIGGER papers_stay ON papers_paper;
DROP FUNCTION papers_stay;
DROP POLICY owner ON papers_named;
DROP POLICY owner ON papers_paper;
DROP POLICY own_area ON papers_named;
DROP POLICY own_area ON papers_paper;
REVOKE ALL ON papers_paper, papers_named FROM tangga_app;
