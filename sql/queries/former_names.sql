-- Names under which companies filed before, as known at the moment; a name whose use began
-- later is left out and an end that came later is null. With $slow_facts, the earliest later
-- rows of a company that has none yet, marked `hindsight`.
WITH known AS (
    SELECT *, FALSE AS hindsight
    FROM former_name
    WHERE known_at <= $moment
    QUALIFY row_number() OVER (
        PARTITION BY cik, name, origin ORDER BY known_at DESC, batch_id
    ) = 1
),
later AS (
    SELECT *, TRUE AS hindsight
    FROM former_name
    WHERE $slow_facts AND known_at > $moment
      AND cik NOT IN (SELECT cik FROM known)
    QUALIFY rank() OVER (PARTITION BY cik ORDER BY known_at) = 1
        AND row_number() OVER (PARTITION BY cik, name, origin ORDER BY known_at, batch_id) = 1
)
SELECT
    cik,
    name,
    valid_from,
    CASE WHEN valid_to <= $moment::DATE THEN valid_to END AS valid_to,
    origin,
    known_at,
    hindsight
FROM (FROM known UNION ALL FROM later)
WHERE valid_from IS NULL OR valid_from <= $moment::DATE
ORDER BY cik, name, origin
