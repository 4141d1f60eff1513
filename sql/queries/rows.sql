-- Rows of a table known at the moment, one per {key}: the latest known, of the first source.
SELECT {table}.* EXCLUDE (batch_id)
FROM {table}
JOIN batch USING (batch_id)
WHERE known_at <= $moment AND {condition}
QUALIFY row_number() OVER (
    PARTITION BY {key}
    ORDER BY
        coalesce(list_position($precedence, source), 1000000), source, known_at DESC, batch_id
) = 1
ORDER BY {key}
