-- Sessions with quotes that were known at the moment.
SELECT DISTINCT session
FROM quote_session
WHERE known_at <= $moment
ORDER BY session
