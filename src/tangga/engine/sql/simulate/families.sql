-- One row is one family and one programme that the scenario looks at, with what becomes of it; key:
-- programme, family_id. Of a programme for persons a family counts once, its people are the persons
-- meant; of one for families, all who live there. Flags are 1 and 0, so that sums count.
SELECT programme, family_id, village,
  $most((before IS TRUE)::INTEGER) AS fits_before, $most((after IS TRUE)::INTEGER) AS fits,
  $most((before IS NULL)::INTEGER) AS not_known_before, $most((after IS NULL)::INTEGER) AS not_known,
  $most((before IS FALSE AND after IS TRUE)::INTEGER) AS comes_to_fit,
  $most((before IS TRUE AND after IS FALSE)::INTEGER) AS ceases_to_fit,
  $most(((before IS NULL) <> (after IS NULL))::INTEGER) AS known_otherwise,
  $most(receives::INTEGER) AS receives, $most(served::INTEGER) AS served,
  $most((served AND NOT receives)::INTEGER) AS families_in,
  $most((receives AND NOT served)::INTEGER) AS families_out,
  $people(CASE WHEN served AND NOT receives THEN $each ELSE 0 END)::BIGINT AS people_in,
  $people(CASE WHEN receives AND NOT served THEN $each ELSE 0 END)::BIGINT AS people_out,
  $people(CASE WHEN receives THEN $each ELSE 0 END)::BIGINT AS people_before,
  $people(CASE WHEN served THEN $each ELSE 0 END)::BIGINT AS people_after,
  $most((fate IN ('no_place', 'no_money', 'no_amount'))::INTEGER) AS waiting,
  $most((fate = 'no_rank')::INTEGER) AS without_rank,
  $most((fate = 'kept')::INTEGER) AS kept,
  $sum(CASE WHEN before THEN coalesce(amount_before, 0) ELSE 0 END)::BIGINT AS cost_of_all_before,
  $sum(CASE WHEN after THEN coalesce(amount_after, 0) ELSE 0 END)::BIGINT AS cost_of_all,
  $sum(CASE WHEN receives THEN coalesce(amount_before, 0) ELSE 0 END)::BIGINT AS cost_before,
  $sum(CASE WHEN served THEN coalesce(amount_after, 0) ELSE 0 END)::BIGINT AS cost,
  $sum(CASE WHEN after AND amount_after IS NULL THEN most_after ELSE 0 END)::BIGINT
    AS all_set_aside,
  $sum(CASE WHEN receives AND amount_before IS NULL THEN most_before ELSE 0 END)::BIGINT
    AS set_aside_before,
  $sum(CASE WHEN served AND amount_after IS NULL THEN most_after ELSE 0 END)::BIGINT AS set_aside,
  -- By what the enrolment names, as what is owed is counted; else by the rule.
  $sum(CASE WHEN receives THEN coalesce(recorded_before, amount_before, 0) ELSE 0 END)::BIGINT
    AS cost_recorded_before,
  $sum(CASE WHEN served THEN coalesce(CASE WHEN receives THEN recorded_after END, amount_after, 0)
    ELSE 0 END)::BIGINT AS cost_recorded,
  $most((served AND amount_after IS NULL)::INTEGER) AS amount_unknown,
  $most((served AND (amount_after IS NULL OR receives AND amount_before IS NULL))::INTEGER)
    AS change_unknown,
  $most((receives AND NOT served AND amount_before IS NULL)::INTEGER) AS lost_unknown,
  $most((served AND amount_after IS NULL AND recorded_after IS NULL)::INTEGER) AS by_the_most,
  $most(((sets OR receives <> served) AND (receives AND amount_before IS NULL
      AND recorded_before IS NULL OR served AND amount_after IS NULL AND recorded_after IS NULL))
    ::INTEGER) AS difference_open
FROM served
WHERE programme = '$programme'
$group
