-- Quotes of the sessions asked for, each session whole from the first source that has it.
WITH supply AS (
    SELECT DISTINCT session, batch_id
    FROM (
        SELECT session, batch_id
        FROM quote_session
        WHERE known_at <= $moment AND list_contains($sessions, session)
        QUALIFY rank() OVER (
            PARTITION BY session
            ORDER BY coalesce(list_position($precedence, source), 1000000), source
        ) = 1
    )
)
SELECT quote.* EXCLUDE (batch_id)
FROM quote
JOIN supply USING (session, batch_id)
WHERE quote.known_at <= $moment
  AND quote.session IN (SELECT unnest($sessions))
  AND ($symbols IS NULL OR list_contains($symbols, symbol))
