-- One row is one family, person named and card named, and the months to come that support counted
-- by the clock gives, without those of a declared disaster; key: family_id, person_id, card.
SELECT g.family_id, g.person_id, g.card, bit_or(g.gives & $after_disaster & $to_come) AS months
FROM (SELECT * FROM $running WHERE programme IN ($counted) AND dated) AS g
LEFT JOIN $disasters AS d ON g.family_id = d.family_id
GROUP BY g.family_id, g.person_id, g.card
