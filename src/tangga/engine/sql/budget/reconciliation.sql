-- One row is one row of a payment file, and what became of it; key: rid, or, of a row in quarantine,
-- source, file, line. `amount` = `matched` + `unmatched`; all three are NULL where the amount is not
-- known. `owed`: what is surely owed for its months. `paid`: its state says that it was paid out.
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
read AS (
  SELECT y.*, m.known, m.unknown, m.units, m.again, m.paid AS paid_for, m.matched,
         s.family_id IS NOT NULL AS enrolled, s.began, s.undated, s.open, s.ended,
         l.programme IS NOT NULL AS listed,
         y.died_on IS NOT NULL OR coalesce(g.died_on < y.period_start, FALSE) AS dead
  FROM keyed AS y
  LEFT JOIN $matched AS m ON m.rid = y.rid
  LEFT JOIN spells AS s ON s.family_id = y.matched_family
    AND s.holder = y.holder AND s.programme = y.programme
  LEFT JOIN listed AS l ON l.programme = y.programme
  LEFT JOIN $gone AS g ON g.family_id = y.matched_family
),
states AS (
  SELECT *, CASE
    WHEN kind IS NOT NULL THEN kind
    WHEN dead THEN 'dead'
    WHEN units THEN 'other_units'
    WHEN unknown AND amount - matched > $tolerance THEN 'not_known'
    WHEN known = 0 AND NOT listed THEN 'no_list'
    WHEN known = 0 AND NOT enrolled THEN 'not_enrolled'
    WHEN known = 0 AND NOT open AND NOT undated AND ended.past <= first THEN 'after_exit'
    WHEN known = 0 AND NOT undated AND began >= past THEN 'before_start'
    WHEN known = 0 THEN 'not_known'
    WHEN amount - matched > $tolerance THEN CASE WHEN matched = 0 THEN 'twice' ELSE 'overpaid' END
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
       CASE WHEN s.state = 'after_exit' THEN nullif(s.ended.exit, '') END AS exit, s.died_on,
       s.after_death
FROM states AS s LEFT JOIN $families AS f ON f.family_id = coalesce(s.pool_family, s.family_id)
UNION ALL BY NAME
SELECT DISTINCT source, file, line, 'quarantined' AS state, FALSE AS paid
FROM $quarantine WHERE source IN ($sources)
