-- Index snapshots known at the moment.
SELECT
    "asof",
    "index",
    kind,
    origin,
    count(DISTINCT ticker) AS lines,
    max(known_at) AS known_at
FROM membership
WHERE known_at <= $moment
GROUP BY "asof", "index", kind, origin
ORDER BY "asof", "index", kind, origin
