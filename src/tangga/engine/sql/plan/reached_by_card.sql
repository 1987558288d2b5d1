-- One row is one person's time on a family card that a row names without a person, with the months
-- of support as bits. Key: none.
SELECT m.person_id, $met
FROM $memberships AS m
JOIN (SELECT card, $bits FROM $owned WHERE card IS NOT NULL GROUP BY card) AS u ON m.kk = u.card
JOIN $persons AS p ON m.person_id = p.person_id
