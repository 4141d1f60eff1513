-- How far two sources differ on the sessions that both have; the newest statement of each counts.
WITH overlap AS (
    SELECT one.source AS one, other.source AS other, one.session
    FROM (SELECT DISTINCT source, session FROM quote_session) AS one
    JOIN (SELECT DISTINCT source, session FROM quote_session) AS other
        ON one.session = other.session AND one.source < other.source
),
line AS (
    SELECT quote.*, source
    FROM quote
    JOIN batch USING (batch_id)
    WHERE session IN (SELECT session FROM overlap)
    QUALIFY row_number() OVER (
        PARTITION BY source, session, symbol, exchange ORDER BY known_at DESC
    ) = 1
),
compared AS (
    SELECT
        overlap.one,
        overlap.other,
        overlap.session,
        line.symbol,
        line.exchange,
        count(*) = 2
            AND count(DISTINCT row(close, netchange, volume, market_cap)) = 1 AS agree
    FROM overlap
    JOIN line ON line.session = overlap.session AND line.source IN (overlap.one, overlap.other)
    GROUP BY ALL
)
SELECT one, other, count(DISTINCT session) AS sessions, count(*) FILTER (WHERE NOT agree) AS lines
FROM compared
GROUP BY one, other
ORDER BY one, other
