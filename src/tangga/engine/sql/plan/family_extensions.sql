-- One row is one family whose support an official extended, by name and document, and until when;
-- key: family_id. No extension is longer than the clock lets it be.
SELECT family_id, max(least(until, CAST(on_date + INTERVAL $most MONTH AS DATE))) AS extended_until
FROM $events
WHERE event = 'extension' AND until IS NOT NULL AND "by" IS NOT NULL AND document IS NOT NULL
GROUP BY family_id
