-- Rows of a table to publish, of a range of sessions or all, in an order that is always the same.
SELECT *
FROM {table}
WHERE {condition}
ORDER BY {order}
