-- Quarantined rows of all batches, by table and rule.
SELECT table_name || ': ' || rule AS broken, count(*) AS rows
FROM quarantine
GROUP BY broken
ORDER BY broken
