-- A table of happenings as intervals, as they were known at the moment: `valid_to` is the first
-- session on which the row no longer held, null while no end was known. Where two
-- sources of quotes overlap, the happenings come from the better one alone, gaps in it of up to a
-- week included: what another saw flicker must neither break nor end a life.
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
),
settled AS (
    SELECT {table}.*
    FROM {table}
    JOIN batch USING (batch_id)
    ANTI JOIN outranked USING (source, session)
    WHERE known_at <= $moment
    QUALIFY row_number() OVER (
        PARTITION BY {key}, session
        ORDER BY
            known_at DESC,
            happening = 'vanished',
            coalesce(list_position($precedence, source), 1000000),
            batch_id,
            {columns}
    ) = 1
)
SELECT
    {columns},
    session AS valid_from,
    lead(session) OVER (PARTITION BY {key} ORDER BY session) AS valid_to,
    known_at
FROM settled
QUALIFY happening = 'seen'
ORDER BY {key}, valid_from
