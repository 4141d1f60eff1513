-- Moves between the Russell 1000 and the Russell 2000, inferred afterwards: labels, no forecast.

CREATE TABLE derived_migration (
    event VARCHAR NOT NULL,
    ticker VARCHAR NOT NULL,
    from_index VARCHAR NOT NULL,
    to_index VARCHAR NOT NULL,
    origin VARCHAR NOT NULL,
    known_at TIMESTAMP NOT NULL,
    batch_id INTEGER NOT NULL
);
