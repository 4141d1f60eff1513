-- Keep the rows of a part of a batch whose key its source has not delivered before.
-- Filled in by recon.store.staged from the table's contract; {key} includes known_at,
-- {order} is its first two columns, so that scans prune by them; the part is part.sql.
INSERT INTO {table} ({columns}, batch_id)
SELECT {columns}, $batch_id
FROM (SELECT {columns} FROM incoming_{table} WHERE {part}) AS incoming
ANTI JOIN (
    SELECT {key}
    FROM {table}
    WHERE batch_id IN (SELECT batch_id FROM batch WHERE source = $source) AND {part}
) AS stored USING ({key})
ORDER BY {order}
