-- Quotes of sessions that one source supplies, from its batches.
SELECT {columns}
FROM quote
WHERE list_contains($sessions, session)
  AND list_contains($batches, batch_id)
  AND known_at <= $moment
  AND ($symbols IS NULL OR list_contains($symbols, symbol))
