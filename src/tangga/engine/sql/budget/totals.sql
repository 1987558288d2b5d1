-- One row is the payments of one file, programme, period and state: rows, and rupiah; key: source,
-- file, programme, period_start, period_end, state. `amount` = `matched` + `unmatched`; `no_amount`:
-- rows whose amount is not known, which stand in no sum.
SELECT source, file, programme, period_start, period_end, state, count(*)::BIGINT AS rows,
       coalesce(sum(amount), 0)::BIGINT AS amount, coalesce(sum(matched), 0)::BIGINT AS matched,
       coalesce(sum(unmatched), 0)::BIGINT AS unmatched,
       (count(*) - count(amount))::BIGINT AS no_amount
FROM $reconciliation
GROUP BY source, file, programme, period_start, period_end, state
ORDER BY source, file, programme NULLS LAST, period_start NULLS LAST, period_end NULLS LAST, state
