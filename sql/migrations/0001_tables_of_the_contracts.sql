-- The tables of recon.contracts, each row with its batch, and the books about the batches.
-- Times are UTC without a zone. No keys and no indexes: ingest compares a batch with what its
-- source delivered before, and scans prune by the order in which batches are written.

CREATE TABLE schema_version (
    version INTEGER NOT NULL,
    name VARCHAR NOT NULL
);

CREATE TABLE batch (
    batch_id INTEGER NOT NULL,
    source VARCHAR NOT NULL,
    file VARCHAR NOT NULL,
    fingerprint VARCHAR NOT NULL, -- SHA-256 of the content, or the version of a growing source
    simulated BOOLEAN NOT NULL,
    rows BIGINT NOT NULL,
    quarantined BIGINT NOT NULL,
    skipped BIGINT NOT NULL,
    repeated BIGINT NOT NULL, -- rows that the source had delivered before, with the same values
    conflicts BIGINT NOT NULL, -- rows that the source had delivered before, with other values
    ingested_at TIMESTAMP -- for audit; nothing is read by it
);

CREATE TABLE quarantine (
    batch_id INTEGER NOT NULL,
    table_name VARCHAR NOT NULL,
    rule VARCHAR NOT NULL,
    row VARCHAR NOT NULL -- JSON
);

-- A sample of the rows counted in batch.conflicts; what is stored stays.
CREATE TABLE conflict (
    batch_id INTEGER NOT NULL,
    table_name VARCHAR NOT NULL,
    stored VARCHAR NOT NULL,
    incoming VARCHAR NOT NULL
);

-- Which source has which session, so that precedence is decided without a scan of quote.
CREATE TABLE quote_session (
    batch_id INTEGER NOT NULL,
    source VARCHAR NOT NULL,
    session DATE NOT NULL,
    known_at TIMESTAMP NOT NULL,
    rows BIGINT NOT NULL
);

CREATE TABLE quote (
    session DATE NOT NULL,
    symbol VARCHAR NOT NULL,
    exchange VARCHAR NOT NULL,
    close DOUBLE,
    netchange DOUBLE,
    volume BIGINT,
    market_cap DOUBLE,
    known_at TIMESTAMP NOT NULL,
    batch_id INTEGER NOT NULL
);

CREATE TABLE listing (
    symbol VARCHAR NOT NULL,
    exchange VARCHAR NOT NULL,
    session DATE NOT NULL,
    happening VARCHAR NOT NULL,
    name VARCHAR,
    country VARCHAR,
    ipo_year SMALLINT,
    sector VARCHAR,
    industry VARCHAR,
    known_at TIMESTAMP NOT NULL,
    batch_id INTEGER NOT NULL
);

CREATE TABLE membership (
    "asof" DATE NOT NULL,
    "index" VARCHAR NOT NULL,
    ticker VARCHAR NOT NULL,
    name VARCHAR,
    weight DOUBLE,
    shares DOUBLE,
    price DOUBLE,
    market_value DOUBLE,
    cusip VARCHAR,
    isin VARCHAR,
    sector VARCHAR,
    exchange VARCHAR,
    kind VARCHAR NOT NULL,
    origin VARCHAR NOT NULL,
    known_at TIMESTAMP NOT NULL,
    batch_id INTEGER NOT NULL
);

CREATE TABLE fund_snapshot (
    "asof" DATE NOT NULL,
    fund VARCHAR NOT NULL,
    shares_outstanding DOUBLE,
    known_at TIMESTAMP NOT NULL,
    batch_id INTEGER NOT NULL
);

CREATE TABLE announcement (
    event VARCHAR NOT NULL,
    "index" VARCHAR NOT NULL,
    action VARCHAR NOT NULL,
    ticker VARCHAR NOT NULL,
    name VARCHAR,
    industry VARCHAR,
    stage VARCHAR NOT NULL,
    listed_on DATE NOT NULL,
    origin VARCHAR NOT NULL,
    known_at TIMESTAMP NOT NULL,
    batch_id INTEGER NOT NULL
);

CREATE TABLE filer (
    cik VARCHAR NOT NULL,
    session DATE NOT NULL,
    happening VARCHAR NOT NULL,
    name VARCHAR,
    entity_type VARCHAR,
    sic VARCHAR,
    filer_category VARCHAR,
    state_of_incorporation VARCHAR,
    business_state_or_country VARCHAR,
    business_city VARCHAR,
    ein VARCHAR,
    insider_transactions BOOLEAN,
    origin VARCHAR NOT NULL,
    known_at TIMESTAMP NOT NULL,
    batch_id INTEGER NOT NULL
);

CREATE TABLE former_name (
    cik VARCHAR NOT NULL,
    name VARCHAR NOT NULL,
    valid_from DATE,
    valid_to DATE,
    origin VARCHAR NOT NULL,
    known_at TIMESTAMP NOT NULL,
    batch_id INTEGER NOT NULL
);

CREATE TABLE ticker_cik (
    ticker VARCHAR NOT NULL,
    cik VARCHAR NOT NULL,
    session DATE NOT NULL,
    happening VARCHAR NOT NULL,
    name VARCHAR,
    origin VARCHAR NOT NULL,
    known_at TIMESTAMP NOT NULL,
    batch_id INTEGER NOT NULL
);

CREATE TABLE directory (
    directory VARCHAR NOT NULL,
    symbol VARCHAR NOT NULL,
    session DATE NOT NULL,
    happening VARCHAR NOT NULL,
    security_name VARCHAR,
    exchange VARCHAR,
    etf BOOLEAN,
    test_issue BOOLEAN,
    financial_status VARCHAR,
    known_at TIMESTAMP NOT NULL,
    batch_id INTEGER NOT NULL
);

CREATE TABLE profile (
    symbol VARCHAR NOT NULL,
    session DATE NOT NULL,
    name VARCHAR,
    sector VARCHAR,
    industry VARCHAR,
    country VARCHAR,
    state VARCHAR,
    city VARCHAR,
    known_at TIMESTAMP NOT NULL,
    batch_id INTEGER NOT NULL
);

CREATE TABLE symbol_change (
    effective_on DATE NOT NULL,
    old_symbol VARCHAR NOT NULL,
    new_symbol VARCHAR NOT NULL,
    name VARCHAR,
    known_at TIMESTAMP NOT NULL,
    batch_id INTEGER NOT NULL
);

CREATE TABLE cusip_ticker (
    cusip VARCHAR NOT NULL,
    ticker VARCHAR NOT NULL,
    known_at TIMESTAMP NOT NULL,
    batch_id INTEGER NOT NULL
);

CREATE TABLE place (
    code VARCHAR NOT NULL,
    place VARCHAR NOT NULL,
    type VARCHAR,
    iso VARCHAR,
    known_at TIMESTAMP NOT NULL,
    batch_id INTEGER NOT NULL
);
