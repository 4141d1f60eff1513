-- Each source with its batches, rows and sessions.
SELECT
    source,
    count(*) AS batches,
    sum(rows)::BIGINT AS rows,
    any_value(first) AS first,
    any_value(last) AS last,
    coalesce(any_value(sessions), 0) AS sessions
FROM batch
LEFT JOIN (
    SELECT
        source,
        min(session) AS first,
        max(session) AS last,
        count(DISTINCT session) AS sessions
    FROM quote_session
    GROUP BY source
) AS quoted USING (source)
GROUP BY source
ORDER BY source
