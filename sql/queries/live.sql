-- The live state of a table of happenings at the moment: one row per {key} whose last
-- happening is `seen`. `since` is the first session of the unbroken life, `last_changed` the
-- session of the attributes shown. With $slow_facts, a {subject} of which nothing is known yet
-- is stood in for by its earliest later rows, marked `hindsight`. Of two files known at once the
-- source decides and never the order in which they came: that is no fact.
{outranked},
ranked AS (
    SELECT
        {table}.*,
        source,
        coalesce(list_position($precedence, source), 1000000) AS source_rank
    FROM {table}
    JOIN batch USING (batch_id)
    ANTI JOIN outranked USING (source, session)
),
known AS (
    SELECT *, FALSE AS hindsight
    FROM ranked
    WHERE known_at <= $moment
),
later AS (
    SELECT *, TRUE AS hindsight
    FROM ranked
    WHERE $slow_facts AND known_at > $moment AND happening = 'seen'
      AND ({subject}) NOT IN (SELECT ({subject}) FROM known)
    QUALIFY rank() OVER (PARTITION BY {subject} ORDER BY known_at, session) = 1
),
settled AS (
    SELECT *
    FROM (FROM known UNION ALL FROM later)
    QUALIFY row_number() OVER (
        PARTITION BY {key}, session
        ORDER BY known_at DESC, happening = 'vanished', source_rank, source, {columns}
    ) = 1
),
ended AS (
    SELECT
        *,
        max(session) FILTER (WHERE happening = 'vanished') OVER (PARTITION BY {key}) AS end_session
    FROM settled
)
SELECT
    {columns},
    min(session) FILTER (WHERE end_session IS NULL OR session > end_session)
        OVER (PARTITION BY {key}) AS since,
    session AS last_changed,
    known_at,
    hindsight
FROM ended
QUALIFY row_number() OVER (PARTITION BY {key} ORDER BY session DESC) = 1 AND happening = 'seen'
ORDER BY {key}
