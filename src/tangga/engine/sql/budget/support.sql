-- One row is one spell of support as far as it binds; key: source, source_id, valid_from. What the
-- clock ends ends on the day of a graduation too, though its list may run on, and runs again from the
-- day on which the family fell back. What the clock never ends goes on; where the list names no
-- component, whether there is any such is seen from the members (`goes_on`), and what is owed after
-- the graduation is not known. `graduated_on`: the graduation that ended it; `listed_on`: its list
-- runs on beyond that day. A spell that ended nobody knows when is left be.
WITH bound AS (
  SELECT s.*, g.graduated_on, g.fell_on,
         lag(g.fell_on) OVER (PARTITION BY s.source, s.source_id ORDER BY g.graduated_on) AS resumed,
         lead(g.graduated_on) OVER (PARTITION BY s.source, s.source_id ORDER BY g.graduated_on)
           IS NULL AS last
  FROM $spells AS s JOIN $graduated AS g ON g.family_id = s.family_id
  WHERE g.sure AND s.programme IN ($counted)
    AND (s.programme, coalesce(s.component, '')) NOT IN ($kept)
    AND coalesce(s.valid_from < g.graduated_on, TRUE)
    AND (s.valid_to >= g.graduated_on OR s.valid_to IS NULL AND s.open)
),
goes_on AS (
  SELECT DISTINCT c.family_id, c.programme FROM $components AS c
  SEMI JOIN bound AS b ON b.family_id = c.family_id AND b.programme = c.programme
  WHERE (c.programme, c.component) IN ($kept)
)
SELECT s.*, NULL::DATE AS graduated_on, NULL::DATE AS fell_on, FALSE AS listed_on
FROM $spells AS s ANTI JOIN bound AS b ON b.source = s.source AND b.source_id = s.source_id
UNION ALL
SELECT * EXCLUDE (resumed, last) REPLACE (coalesce(resumed, valid_from) AS valid_from,
         graduated_on AS valid_to, FALSE AS open),
       coalesce(valid_to > graduated_on, TRUE)
FROM bound
UNION ALL
SELECT * EXCLUDE (resumed, last) REPLACE (fell_on AS valid_from, NULL AS graduated_on,
         NULL AS fell_on), FALSE
FROM bound WHERE last AND coalesce(valid_to > fell_on, fell_on IS NOT NULL)
UNION ALL
SELECT b.* EXCLUDE (resumed, last) REPLACE (b.graduated_on AS valid_from, NULL AS valid_to,
         FALSE AS open, NULL AS graduated_on, NULL AS fell_on), FALSE
FROM bound AS b SEMI JOIN goes_on AS g ON g.family_id = b.family_id AND g.programme = b.programme
WHERE b.component IS NULL AND coalesce(b.valid_to > b.graduated_on, TRUE)
