-- One row is one objection, with the last letter that the family had by then; key: source,
-- source_id. `state`: in_time (it suspends the move), late (lodged when the move was in effect: it
-- changes nothing), no_letter (nothing was told yet that it could suspend).
--
-- The effect that the letter names is put off while an earlier objection waits for its answer.
WITH told AS (
  SELECT o.*, n.number, n.move, n.date AS notice_on, n.takes_effect_on
  FROM $objected AS o LEFT JOIN $notices AS n
    ON n.family_id = o.family_id AND n.date <= o.lodged_on
  QUALIFY row_number() OVER (
    PARTITION BY o.source, o.source_id ORDER BY n.date DESC, n.number DESC) = 1
)
SELECT family_id, person_id, lodged_on, answered_on,
       CASE WHEN answered_on IS NOT NULL THEN upheld END AS upheld, document,
       number, move, notice_on, takes_effect_on,
       CASE WHEN number IS NULL THEN 'no_letter'
            WHEN lodged_on < greatest(takes_effect_on, max(
              CASE WHEN lodged_on < takes_effect_on THEN coalesce(answered_on, DATE '9999-12-31') END)
              OVER (PARTITION BY number ORDER BY lodged_on, source, source_id
                    ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING)) THEN 'in_time'
            ELSE 'late' END AS state,
       source, source_id
FROM told ORDER BY family_id, lodged_on, source, source_id
