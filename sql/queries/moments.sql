-- The moments at which the rows of a batch became known, each with the rows of the batch and those
-- that its source delivered before.
SELECT known_at, count(*) AS rows
FROM (
    SELECT known_at
    FROM incoming_{table}
    UNION ALL
    SELECT known_at
    FROM {table}
    WHERE batch_id IN (SELECT batch_id FROM batch WHERE source = $source)
      AND known_at IN (SELECT DISTINCT known_at FROM incoming_{table})
)
GROUP BY known_at
ORDER BY known_at
