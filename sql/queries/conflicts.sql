-- Rows of a batch that its source delivered before with other values: a sample, and how many.
-- Filled in by recon.store.land from the table's contract; {key} includes known_at.
SELECT stored, incoming, count(*) OVER () AS conflicts
FROM incoming_{table} AS incoming
JOIN (
    SELECT {columns}
    FROM {table}
    WHERE batch_id IN (SELECT batch_id FROM batch WHERE source = $source)
      AND known_at IN (SELECT known_at FROM incoming_{table})
) AS stored USING ({key})
WHERE row({incoming_values}) IS DISTINCT FROM row({stored_values})
LIMIT 20
