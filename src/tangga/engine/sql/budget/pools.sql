-- One row is what a pool (a family's, or a person's, support by one programme) is owed in one payment
-- period, all kinds of support together; key: pool_family, holder, programme, first. `known`: rupiah
-- surely owed; `unknown`: there may be more.
SELECT family_id AS pool_family, programme,
       CASE WHEN programme IN ($of_persons) THEN person_id ELSE '' END AS holder,
       first, past, min(period_start) AS period_start, min(period_end) AS period_end,
       bool_and(due) AS due, bool_or(suspended) AS suspended,
       coalesce(sum(amount), 0)::BIGINT AS known, count(*) > count(amount) AS unknown
FROM $owed GROUP BY pool_family, holder, programme, first, past
