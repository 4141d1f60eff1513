-- Keep the rows of a batch whose key its source has not delivered before.
-- Filled in by recon.store.land from the table's contract; {key} includes known_at,
-- {order} is its first two columns, so that scans prune by them.
INSERT INTO {table} ({columns}, batch_id)
SELECT {columns}, $batch_id
FROM incoming_{table} AS incoming
ANTI JOIN (
    SELECT {key}
    FROM {table}
    WHERE batch_id IN (SELECT batch_id FROM batch WHERE source = $source)
      AND known_at IN (SELECT known_at FROM incoming_{table})
) AS stored USING ({key})
ORDER BY {order}
