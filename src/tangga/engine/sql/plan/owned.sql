-- One row is one family, person and card named, with the months of support as bits; months of a
-- declared disaster are left out. Key: family_id, person_id, card.
SELECT u.family_id, u.person_id, u.card, $bits
FROM $units AS u
LEFT JOIN $spoilt AS s
  ON coalesce(u.family_id, u.person_id, u.card) = s.holder AND u.programme = s.programme
LEFT JOIN $disasters AS d ON u.family_id = d.family_id
GROUP BY u.family_id, u.person_id, u.card
