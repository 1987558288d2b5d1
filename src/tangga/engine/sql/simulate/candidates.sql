-- One row is one family (or person) of one programme, with what decides whether it stands in the order
-- in which places and money are given out; key: family_id, person_id. `place`, `fund`: the stated line
-- of places and of money that its area falls under, NULL where none does; `area`: where a freed place
-- is filled.
SELECT a.*, k.village, k.people, k.decile, k.protected, k.severity, $area AS area,
       $place AS place, $fund AS fund, a.after IS TRUE AND k.decile IS NOT NULL AS ranked
FROM (SELECT * FROM answers WHERE programme = '$programme') AS a
JOIN kinds AS k ON k.family_id = a.family_id
