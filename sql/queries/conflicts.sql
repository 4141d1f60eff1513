-- Rows of a part of a batch that its source delivered before with other values: a sample, and how
-- many. Filled in by recon.store.staged from the table's contract; {key} includes known_at,
-- the part is part.sql.
SELECT stored, incoming, count(*) OVER () AS conflicts
FROM (SELECT {columns} FROM incoming_{table} WHERE {part}) AS incoming
JOIN (
    SELECT {columns}
    FROM {table}
    WHERE batch_id IN (SELECT batch_id FROM batch WHERE source = $source) AND {part}
) AS stored USING ({key})
WHERE row({incoming_values}) IS DISTINCT FROM row({stored_values})
LIMIT $sample
