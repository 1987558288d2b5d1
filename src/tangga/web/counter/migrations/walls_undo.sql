DROP POLICY own_area ON counter_served;
DROP POLICY own_area ON counter_reactivation;
DROP POLICY worker ON counter_served;
DROP POLICY worker ON counter_reactivation;
REVOKE ALL ON counter_served, counter_reactivation FROM tangga_app;
