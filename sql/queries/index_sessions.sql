-- Enter the sessions of a batch's quotes, so that precedence needs no scan of them.
INSERT INTO quote_session
SELECT batch_id, $source, session, known_at, count(*)
FROM quote
WHERE batch_id = $batch_id
GROUP BY ALL
ORDER BY session
