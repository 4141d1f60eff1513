-- Close and implied share count at both ends of each life: the first and the last session with a
-- cap within ten days of its start and of its end, of the first source that has it. Lists are
-- parallel, one entry per life.
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
        life.first,
        life.gone,
        quote.session,
        close,
        market_cap / close AS shares,
        row(session, coalesce(list_position($precedence, source), 1000000), source, exchange) AS early,
        row(session, -coalesce(list_position($precedence, source), 1000000), source, exchange) AS late
    FROM quote
    JOIN life USING (symbol)
    JOIN batch USING (batch_id)
    WHERE quote.known_at <= $moment
      AND market_cap > 0
      AND close > 0
      AND (
          quote.session BETWEEN life.first AND life.first + 10
          OR (life.gone IS NOT NULL AND quote.session BETWEEN life.gone - 10 AND life.gone - 1)
      )
)
SELECT
    life,
    arg_min(close, early) FILTER (WHERE session BETWEEN first AND first + 10) AS first_close,
    arg_min(shares, early) FILTER (WHERE session BETWEEN first AND first + 10) AS first_shares,
    arg_max(close, late) FILTER (WHERE session BETWEEN gone - 10 AND gone - 1) AS last_close,
    arg_max(shares, late) FILTER (WHERE session BETWEEN gone - 10 AND gone - 1) AS last_shares
FROM near
GROUP BY life
ORDER BY life
