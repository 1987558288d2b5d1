-- One row is one year, area, focus and source of funds: the money that its budget lines say; and one
-- without a source, of what no source can be told: what is owed and paid and, in the year of the run,
-- people on the day. Key: year, area, focus, fund_source. `allocated`, `disbursed`: the area's own
-- figures of the focus, NULL where it has none; `allocated_known`, `disbursed_known`: what there is at
-- least, of these and of all that is known inside them: more than an own figure that they contradict.
-- `owed`, `paid`: of the programmes of the focus, in money. `families`, `persons`: NULL where no list
-- of the focus was received.
WITH budget AS (
  SELECT year, area, focus, fund_source,
         max(CASE WHEN measure = '$planned' THEN amount END) AS allocated,
         max(CASE WHEN measure = '$planned' THEN known END) AS allocated_known,
         max(CASE WHEN measure = '$spent' THEN amount END) AS disbursed,
         max(CASE WHEN measure = '$spent' THEN known END) AS disbursed_known
  FROM (SELECT *, greatest(amount, scope_amount, children_amount) AS known FROM $tree)
  WHERE programme IS NULL AND focus IS NOT NULL AND known IS NOT NULL AND fund_source IS NOT NULL
    AND measure IN ('$planned', '$spent')
  GROUP BY year, area, focus, fund_source
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
         CROSS JOIN (SELECT DISTINCT focus FROM $programmes) AS p),
beside AS (
  SELECT year, area, focus, m.owed, m.paid,
         CASE WHEN year = $year AND focus IN (SELECT focus FROM listed)
           THEN coalesce(w.families, 0) END AS families,
         CASE WHEN year = $year AND focus IN (SELECT focus FROM listed)
           THEN coalesce(w.persons, 0) END AS persons
  FROM grid LEFT JOIN money AS m USING (year, area, focus)
  LEFT JOIN people AS w USING (year, area, focus)
)
SELECT year, $level AS level, area, focus, fund_source, allocated, allocated_known, disbursed,
       disbursed_known, owed, paid, families, persons
FROM (FROM budget UNION ALL BY NAME FROM beside)
ORDER BY year, length(area), area, focus, fund_source NULLS FIRST
