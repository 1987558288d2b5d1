-- One row is one family, programme that pays by member and stretch of months, from `first` to before
-- `past`, in which nobody of it changes; key: family_id, programme, first. amount: whole rupiah a
-- year of those surely counted; known: nothing more may be counted. Empty: rows are added.
SELECT NULL::VARCHAR AS family_id, NULL::VARCHAR AS programme, NULL::INTEGER AS first,
       NULL::INTEGER AS past, NULL::BIGINT AS amount, NULL::BOOLEAN AS known
WHERE FALSE
