-- Counts and answers of the user's own, and the annual reports that tell how a company files.

CREATE TABLE annual_report (
    cik VARCHAR NOT NULL,
    filed DATE NOT NULL,
    form VARCHAR NOT NULL,
    origin VARCHAR NOT NULL,
    known_at TIMESTAMP NOT NULL,
    batch_id INTEGER NOT NULL
);

CREATE TABLE share_count (
    company VARCHAR NOT NULL,
    as_of DATE NOT NULL,
    counted_by VARCHAR NOT NULL,
    measure VARCHAR NOT NULL,
    shares DOUBLE NOT NULL,
    origin VARCHAR NOT NULL,
    known_at TIMESTAMP NOT NULL,
    batch_id INTEGER NOT NULL
);

CREATE TABLE own_fact (
    company VARCHAR NOT NULL,
    fact VARCHAR NOT NULL,
    value VARCHAR NOT NULL,
    origin VARCHAR NOT NULL,
    known_at TIMESTAMP NOT NULL,
    batch_id INTEGER NOT NULL
);
