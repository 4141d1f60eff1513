-- A table of happenings as intervals, as they were known at the moment: `valid_to` is the first
-- session on which the row no longer held, null while no end was known.
{outranked},
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
            source,
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
