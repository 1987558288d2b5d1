-- One row is one active family and what records of acts say of its past; key: family_id. What is
-- recorded with us and has no record did not happen; what others' lists would say is null where no
-- list came.
SELECT f.family_id,
       CASE d.decile_used WHEN 'official' THEN d.decile_official WHEN 'indicative' THEN d.decile END
         AS decile,
       d.decile_release, d.decile_on, d.rank_state, d.decile_before,
       CAST(round(d.probability * 100) AS INTEGER) AS chance_of_poorest_40,
       CAST(round(d.falls * 100) AS INTEGER) AS chance_of_falling,
       CASE WHEN g.family_id IS NOT NULL THEN g.rung WHEN $support_open THEN 'protection' END AS rung,
       CASE WHEN g.family_id IS NOT NULL THEN g.rung_since
            WHEN $support_open THEN r.supported_since END AS rung_since,
       $support_open AS support_open, $bound_open AS clock_bound_open, r.supported_since, s.shock, s.shock_on, x.extended_until,
       a.above_first, a.above_last, coalesce($above_months, 0) AS above_months,
       coalesce(a.above_observers, 0)::INTEGER AS above_observers, v.visited_on, i.income_seen,
       i.income_seen_on, v.statement,
       coalesce(v.minutes, FALSE) AS minutes, g.graduated_on, e.last_exit,
       c.family_id IS NOT NULL AS suspension_open$receives
FROM $families AS f
LEFT JOIN $ranking AS d ON f.family_id = d.family_id
LEFT JOIN $rungs AS g ON f.family_id = g.family_id
LEFT JOIN $received AS r ON f.family_id = r.family_id
LEFT JOIN $shocks AS s ON f.family_id = s.family_id
LEFT JOIN $extensions AS x ON f.family_id = x.family_id
LEFT JOIN $above AS a ON f.family_id = a.family_id
LEFT JOIN $visits AS v ON f.family_id = v.family_id
LEFT JOIN $incomes AS i ON f.family_id = i.family_id
LEFT JOIN (
  SELECT family_id, arg_max(exit, struct_pack(
           on_date := coalesce(on_date, DATE '0001-01-01'), source := source, id := source_id
         )) AS last_exit
  FROM $exits WHERE family_id IS NOT NULL GROUP BY family_id
) AS e ON f.family_id = e.family_id
LEFT JOIN (SELECT DISTINCT family_id FROM $suspensions) AS c ON f.family_id = c.family_id
WHERE f.status = 'active' AND $part
