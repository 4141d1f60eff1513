-- Opens a query on happenings: the sessions of a source of quotes (`outranked`) of which a better
-- source is known at the moment to cover the session itself, or both sides of a gap around it
-- of up to a week. The happenings come from the better one alone: what another saw flicker
-- must neither break nor end a life.
WITH covered AS (
    SELECT DISTINCT
        source, session, row(coalesce(list_position($precedence, source), 1000000), source) AS place
    FROM quote_session
    WHERE known_at <= $moment
),
outranked AS (
    SELECT DISTINCT own.source, own.session
    FROM covered AS own
    JOIN covered AS better
        ON better.place < own.place
        AND better.session BETWEEN own.session - 7 AND own.session + 7
    GROUP BY own.source, own.session, better.source
    HAVING min(better.session) <= own.session AND max(better.session) >= own.session
)
