-- How many rows of a table each batch has.
SELECT batch_id, count(*) AS rows
FROM query_table($table)
GROUP BY batch_id
