-- Sessions of which a source stated some lines again later, as known at the moment.
SELECT session
FROM quote_session
WHERE known_at <= $moment
GROUP BY session, source
HAVING count(DISTINCT known_at) > 1
