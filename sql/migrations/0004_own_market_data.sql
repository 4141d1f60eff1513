-- What a user's own vendor says of trading in a line: spread, implied volatility, short interest.

CREATE TABLE quoted_spread (
    symbol VARCHAR NOT NULL,
    session DATE NOT NULL,
    quoted_spread_bps DOUBLE NOT NULL,
    origin VARCHAR NOT NULL,
    known_at TIMESTAMP NOT NULL,
    batch_id INTEGER NOT NULL
);

CREATE TABLE implied_volatility (
    symbol VARCHAR NOT NULL,
    session DATE NOT NULL,
    days SMALLINT NOT NULL,
    implied_volatility_percent DOUBLE NOT NULL,
    origin VARCHAR NOT NULL,
    known_at TIMESTAMP NOT NULL,
    batch_id INTEGER NOT NULL
);

CREATE TABLE short_interest (
    symbol VARCHAR NOT NULL,
    settled DATE NOT NULL,
    shares_short DOUBLE NOT NULL,
    origin VARCHAR NOT NULL,
    known_at TIMESTAMP NOT NULL,
    batch_id INTEGER NOT NULL
);
