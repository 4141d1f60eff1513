-- Close and implied share count at both ends of each life: the first and the last session with a
-- cap within ten days of its start and of its end (with a close, where none has a cap), of the first
-- source that has it, as last known; and the dollars of the busiest of the last sessions, of any
-- source. Lists are parallel, one entry per life.
WITH life AS (
    SELECT
        unnest($lives) AS life,
        unnest($symbols::VARCHAR[]) AS symbol,
        unnest($firsts::DATE[]) AS first,
        unnest($gones::DATE[]) AS gone
),
near AS (
    SELECT
        life.life,
        quote.session BETWEEN life.first AND life.first + 10 AS begins,
        coalesce(quote.session BETWEEN life.gone - 10 AND life.gone - 1, FALSE) AS ends,
        close,
        CASE WHEN market_cap > 0 THEN market_cap / close END AS shares,
        close * volume AS dollars,
        coalesce(list_position($precedence, source), 1000000) AS place,
        row(session, place, source, exchange, -epoch_us(quote.known_at)) AS early,
        row(session, -place, source, exchange, epoch_us(quote.known_at)) AS late
    FROM quote
    JOIN life USING (symbol)
    JOIN batch USING (batch_id)
    WHERE quote.known_at <= $moment
      AND close > 0
      AND (begins OR ends)
)
SELECT
    life,
    coalesce(
        arg_min(close, early) FILTER (WHERE begins AND shares > 0),
        arg_min(close, early) FILTER (WHERE begins)
    ) AS first_close,
    arg_min(shares, early) FILTER (WHERE begins) AS first_shares,
    coalesce(
        arg_max(close, late) FILTER (WHERE ends AND shares > 0),
        arg_max(close, late) FILTER (WHERE ends)
    ) AS last_close,
    arg_max(shares, late) FILTER (WHERE ends) AS last_shares,
    max(dollars) FILTER (WHERE ends) AS last_dollars
FROM near
GROUP BY life
ORDER BY life
