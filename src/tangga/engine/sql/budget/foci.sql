-- One row is one year, area and focus: its money and, in the year of the run, its people on the day;
-- key: year, area, focus. `allocated`, `disbursed`: the area's own figures of the focus, NULL where it
-- has none; `allocated_known`, `disbursed_known`: what is known inside them. `owed`, `paid`: of the
-- programmes of the focus, in money. `families`, `persons`: NULL where no list of the focus was received.
WITH budget AS (
  SELECT year, area, focus,
         sum(CASE WHEN measure = '$planned' THEN amount END)::BIGINT AS allocated,
         sum(CASE WHEN measure = '$spent' THEN amount END)::BIGINT AS disbursed,
         sum(CASE WHEN measure = '$planned' THEN inside END)::BIGINT AS allocated_known,
         sum(CASE WHEN measure = '$spent' THEN inside END)::BIGINT AS disbursed_known
  FROM (SELECT *, greatest(scope_amount, children_amount) AS inside FROM $tree)
  WHERE programme IS NULL AND focus IS NOT NULL GROUP BY year, area, focus
),
money AS (
  SELECT m.year, u.area, p.focus, sum(m.owed)::BIGINT AS owed, sum(m.paid)::BIGINT AS paid
  FROM (SELECT *, $above AS u FROM $money) AS m JOIN $programmes AS p ON p.programme = m.programme
  WHERE (u.area <> '') = (u.level <> 'country') GROUP BY m.year, u.area, p.focus
),
people AS (
  SELECT $year AS year, u.area, focus, sum(families)::BIGINT AS families,
         sum(persons)::BIGINT AS persons
  FROM (SELECT *, $above AS u FROM $people) WHERE (u.area <> '') = (u.level <> 'country') GROUP BY u.area, focus
),
listed AS (SELECT DISTINCT p.focus FROM $spells AS s
           JOIN $programmes AS p ON p.programme = s.programme),
areas AS (SELECT year, area FROM budget UNION SELECT year, area FROM money
          UNION SELECT year, area FROM people),
grid AS (SELECT a.year, a.area, p.focus FROM areas AS a
         CROSS JOIN (SELECT DISTINCT focus FROM $programmes) AS p)
SELECT year, $level AS level, area, focus, b.allocated, b.allocated_known, b.disbursed,
       b.disbursed_known, m.owed, m.paid,
       CASE WHEN year = $year AND focus IN (SELECT focus FROM listed)
         THEN coalesce(w.families, 0) END AS families,
       CASE WHEN year = $year AND focus IN (SELECT focus FROM listed)
         THEN coalesce(w.persons, 0) END AS persons
FROM grid LEFT JOIN budget AS b USING (year, area, focus)
LEFT JOIN money AS m USING (year, area, focus)
LEFT JOIN people AS w USING (year, area, focus)
ORDER BY year, length(area), area, focus
