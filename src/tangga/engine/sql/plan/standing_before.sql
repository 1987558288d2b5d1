-- One row is something that stood before the day of the run, or on it in an earlier run, and since
-- when; key: what, subject. Two things may have become one.
SELECT what, subject, min(since) AS since FROM $ledger WHERE $stood GROUP BY what, subject
