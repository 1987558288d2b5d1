-- One row is one row of a payment file that stands; key: rid. `kind`: why it takes no part in the
-- matching, NULL where it does. `pool_family`: whose support it is held against: the family it speaks
-- of, or, where that one never had the programme, the one family in whose support its person is named,
-- as the one whom it is for or as payee (a family that parted since). `holder`: the person, in a
-- programme for persons. `first`, `past`: its months, counted from the first of the window.
-- `died_on`, `after_death`: it is for a time after the death of the one it names, or of its payee;
-- `undated`: one of these died, and nobody says when; `suspected`: one of these has perhaps died.
WITH strangers AS (
  SELECT DISTINCT y.programme, y.person_id
  FROM $payments AS y ANTI JOIN $spells AS s
    ON s.programme = y.programme AND s.family_id = y.family_id
  WHERE y.person_id IS NOT NULL
),
named AS (
  SELECT DISTINCT s.programme, s.family_id, s.person_id FROM (
    SELECT programme, family_id, person_id FROM $spells
    UNION ALL SELECT programme, family_id, payee_person_id FROM $spells
  ) AS s SEMI JOIN strangers AS t ON t.programme = s.programme AND t.person_id = s.person_id
  WHERE s.family_id IS NOT NULL
),
elsewhere AS (
  SELECT programme, person_id, min(family_id) AS family_id FROM named
  GROUP BY programme, person_id HAVING count(*) = 1
),
parted AS (
  SELECT y.rid, e.family_id
  FROM $payments AS y ANTI JOIN $spells AS s
    ON s.programme = y.programme AND s.family_id = y.family_id
  JOIN elsewhere AS e ON e.programme = y.programme AND e.person_id = y.person_id
),
died AS (
  SELECT source, source_id, min(died_on) AS died_on, min(what) AS after_death
  FROM $after_death GROUP BY source, source_id
),
-- What was written and could not be read: the register is empty there, and the file was not. A day of
-- payment that exists in the calendar was left out because it lies ahead.
unread AS (
  SELECT source, source_id, bool_or(field = 'amount') AS amount, bool_or(field = 'status') AS status,
         bool_or(field = 'paid_on' AND problem = 'impossible_date' AND coalesce(
           try_strptime(value, [$forms])::DATE > DATE '$earliest',
           regexp_extract(value, '\d{4}') > left('$day', 4), FALSE)) AS later
  FROM $problems WHERE field IN ('amount', 'status', 'paid_on') GROUP BY source, source_id
),
read AS (
  SELECT y.*, coalesce(o.family_id, y.family_id) AS pool_family,
         CASE WHEN y.programme IN ($of_persons) THEN y.person_id
           WHEN y.family_id IS NOT NULL OR o.family_id IS NOT NULL THEN '' END AS holder,
         ($first_month - $base)::INTEGER AS first, ($last_month - $base + 1)::INTEGER AS past,
         CASE WHEN y.latest THEN d.died_on END AS died_on,
         CASE WHEN y.latest THEN d.after_death END AS after_death, coalesce(u.amount, FALSE) AS unread,
         y.status IS NULL AND coalesce(u.status, FALSE) AS no_word,
         y.paid_on IS NULL AND coalesce(u.later, FALSE) AS later,
         coalesce(q.undated, FALSE) AS undated, coalesce(q.suspected, FALSE) AS suspected
  FROM $payments AS y
  LEFT JOIN parted AS o ON o.rid = y.rid
  LEFT JOIN died AS d ON d.source = y.source AND d.source_id = y.source_id
  LEFT JOIN $doubts AS q ON q.rid = y.rid
  LEFT JOIN unread AS u ON u.source = y.source AND u.source_id = y.source_id
)
SELECT rid, source, source_id, file, line, programme, coalesce(component, '') AS component,
       person_id, family_id, pool_family, holder, status, amount, paid_on, period_start, period_end,
       first, past, died_on, after_death, undated, suspected,
       CASE
         WHEN NOT latest THEN 'superseded'
         WHEN paid_on > DATE '$day' OR later THEN 'later'
         $states
         WHEN status NOT IN ($paid) OR no_word THEN 'other_status'
         WHEN amount < 0 THEN 'negative'
         WHEN amount IS NULL THEN CASE WHEN unread THEN 'unreadable' ELSE 'no_amount' END
         WHEN programme IS NULL THEN 'no_programme'
         WHEN holder IS NULL OR pool_family IS NULL THEN 'nobody'
         WHEN first IS NULL OR past <= first THEN 'no_period'
         WHEN first < 0 OR past > $months OR first > $now THEN 'other_period'
       END AS kind
FROM read
