DROP FUNCTION public_try;
DROP TABLE public_tries;
DROP POLICY own_area ON public_phone;
DROP POLICY own_area ON public_code;
DROP POLICY worker ON public_phone;
DROP POLICY worker ON public_code;
REVOKE ALL ON public_phone, public_code FROM tangga_app;
