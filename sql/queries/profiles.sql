-- The newest profile of each line known at the moment; with $slow_facts, the earliest later one
-- of a line that has none yet, marked `hindsight`.
WITH known AS (
    SELECT *, FALSE AS hindsight
    FROM profile
    WHERE known_at <= $moment
    QUALIFY row_number() OVER (
        PARTITION BY symbol ORDER BY session DESC, known_at DESC, batch_id
    ) = 1
),
later AS (
    SELECT *, TRUE AS hindsight
    FROM profile
    WHERE $slow_facts AND known_at > $moment
      AND symbol NOT IN (SELECT symbol FROM known)
    QUALIFY row_number() OVER (PARTITION BY symbol ORDER BY known_at, session, batch_id) = 1
)
SELECT * EXCLUDE (batch_id)
FROM (FROM known UNION ALL FROM later)
ORDER BY symbol
