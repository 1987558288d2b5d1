-- One row is one thing that comes to a family by arithmetic, and the month of the calendar (`k`);
-- key: none.
SELECT village, '$measure' AS measure, '' AS programme, $k AS k, 1::BIGINT AS many
FROM $families WHERE $k > 0
