-- First days of the months in which a table has sessions.
SELECT DISTINCT date_trunc('month', session)::DATE AS first
FROM {table}
ORDER BY first
