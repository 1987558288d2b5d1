-- One row is one row of a payment file, and what became of it; key: rid, or, of a row in quarantine,
-- source, file, line. `amount` = `matched` + `unmatched`; all three are NULL where the amount is not
-- known. `owed`: what is surely owed for its months. `paid`: its state says that it was paid out.
-- `to_check`: what somebody has to look at, whatever the state.
WITH idle AS (
  SELECT DISTINCT y.pool_family, y.programme
  FROM $rows AS y SEMI JOIN $matched AS m ON m.rid = y.rid AND m.known = 0
),
spells AS (
  SELECT s.family_id, s.programme,
         CASE WHEN s.programme IN ($of_persons) THEN s.person_id ELSE '' END AS holder,
         min($spell_first - $base) AS began, bool_or(valid_from IS NULL) AS undated,
         bool_or(open) AS open,
         max({'past': $spell_past - $base, 'exit': coalesce(exit, '')}) AS ended
  FROM $spells AS s SEMI JOIN idle AS i ON i.pool_family = s.family_id AND i.programme = s.programme
  GROUP BY s.family_id, s.programme, holder
),
listed AS (SELECT DISTINCT programme FROM $spells),
keyed AS (
  SELECT *, CASE WHEN kind IS NULL THEN pool_family END AS matched_family FROM $rows
),
-- Support of members that their death ended, and whether it was before the period.
mourned AS (
  SELECT y.rid, bool_or(coalesce(d.died_on < y.period_start, FALSE)) AS dated,
         bool_or(d.died_on IS NULL) AS undated,
         min(d.died_on) FILTER (WHERE d.died_on < y.period_start) AS died_on
  FROM $spells AS s
  JOIN $dead AS d ON d.person_id = s.person_id
  JOIN keyed AS y ON y.matched_family = s.family_id AND y.programme = s.programme
    AND y.component IN ('', s.component)
  WHERE s.component IS NOT NULL AND coalesce(s.valid_from <= y.period_end, TRUE)
    AND coalesce(s.valid_to > y.period_start, TRUE)
  GROUP BY y.rid
),
-- Payments for a time in which their family stood on its own.
stood AS (
  SELECT y.rid, bool_or(s.listed_on) AS listed_on
  FROM $support AS s
  JOIN keyed AS y ON y.matched_family = s.family_id AND y.programme = s.programme
    AND (y.holder = '' OR y.holder = s.person_id)
    AND (y.component = '' OR coalesce(s.component = y.component, TRUE))
  WHERE s.graduated_on <= y.period_start AND coalesce(s.fell_on > y.period_start, TRUE)
  GROUP BY y.rid
),
unsaid AS (
  SELECT DISTINCT y.rid
  FROM (SELECT * FROM $graduated WHERE NOT sure) AS g
  JOIN keyed AS y ON y.matched_family = g.family_id AND y.programme IN ($counted)
  WHERE g.graduated_on <= y.period_start AND coalesce(g.fell_on > y.period_start, TRUE)
),
read AS (
  SELECT y.*, m.known, m.unknown, m.units, m.again, m.paid AS paid_for, m.matched,
         s.family_id IS NOT NULL AS enrolled, s.began, s.undated AS since_unknown, s.open, s.ended,
         l.programme IS NOT NULL AS listed, t.rid IS NOT NULL AS graduated,
         coalesce(t.listed_on, FALSE) AS listed_on, n.rid IS NOT NULL AS unsaid,
         y.died_on IS NOT NULL OR coalesce(g.died_on < y.period_start, FALSE) AS dead,
         y.undated OR g.family_id IS NOT NULL AND g.died_on IS NULL AS dead_undated,
         coalesce(r.dated, FALSE) AS mourned, coalesce(r.undated, FALSE) AS mourned_undated,
         r.died_on AS member_died_on, amount - coalesce(m.matched, 0) > $tolerance AS too_much
  FROM keyed AS y
  LEFT JOIN $matched AS m ON m.rid = y.rid
  LEFT JOIN spells AS s ON s.family_id = y.matched_family
    AND s.holder = y.holder AND s.programme = y.programme
  LEFT JOIN listed AS l ON l.programme = y.programme
  LEFT JOIN $gone AS g ON g.family_id = y.matched_family
  LEFT JOIN mourned AS r ON r.rid = y.rid
  LEFT JOIN stood AS t ON t.rid = y.rid
  LEFT JOIN unsaid AS n ON n.rid = y.rid
),
states AS (
  SELECT *, CASE
    WHEN kind IS NOT NULL THEN kind
    WHEN dead THEN 'dead'
    WHEN dead_undated OR mourned_undated AND too_much THEN 'dead_undated'
    WHEN units THEN 'other_units'
    WHEN mourned AND too_much THEN 'dead'
    WHEN graduated AND too_much AND NOT unknown AND (known = 0 OR NOT again) THEN 'graduated'
    WHEN unknown AND too_much THEN 'not_known'
    WHEN known = 0 AND NOT listed THEN 'no_list'
    WHEN known = 0 AND NOT enrolled THEN 'not_enrolled'
    WHEN known = 0 AND NOT open AND NOT since_unknown AND ended.past <= first
      THEN CASE WHEN ended.exit IN ($counts) THEN 'graduated' ELSE 'after_exit' END
    WHEN known = 0 AND NOT since_unknown AND began >= past THEN 'before_start'
    WHEN known = 0 THEN 'not_known'
    WHEN too_much THEN CASE WHEN matched = 0 THEN 'twice' ELSE 'overpaid' END
    WHEN NOT unknown AND paid_for < known - $tolerance THEN 'underpaid'
    ELSE 'matched'
  END AS state
  FROM read
)
SELECT s.source, s.file, s.line, s.source_id, s.rid, s.programme, nullif(s.component, '') AS component,
       s.person_id, coalesce(s.pool_family, s.family_id) AS family_id, f.village, s.period_start,
       s.period_end, s.paid_on, s.status, s.kind IS NULL OR s.kind IN ($paid_kinds) AS paid,
       s.state, s.amount,
       CASE WHEN s.amount IS NOT NULL THEN coalesce(s.matched, 0) END AS matched,
       s.amount - coalesce(s.matched, 0) AS unmatched, s.known AS owed,
       CASE WHEN s.state IN ('after_exit', 'graduated') THEN nullif(s.ended.exit, '') END AS exit,
       coalesce(s.died_on, CASE WHEN s.state = 'dead' THEN s.member_died_on END) AS died_on,
       coalesce(s.after_death, CASE WHEN s.state = 'dead' AND s.mourned THEN 'component' END)
         AS after_death,
       CASE
         WHEN s.kind IS NOT NULL THEN NULL
         WHEN s.state = 'dead_undated' THEN 'day_of_death'
         WHEN s.suspected AND s.state <> 'dead' THEN 'perhaps_dead'
         WHEN s.graduated AND s.listed_on THEN 'list_runs_on'
         WHEN s.unsaid THEN 'graduation_unsaid'
       END AS to_check
FROM states AS s LEFT JOIN $families AS f ON f.family_id = coalesce(s.pool_family, s.family_id)
UNION ALL BY NAME
SELECT DISTINCT source, file, line, 'quarantined' AS state, FALSE AS paid
FROM $quarantine WHERE source IN ($sources)
