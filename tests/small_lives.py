"""Listings, marks and evidence of renames by hand, for tests of lives."""

from datetime import date

import polars as pl

from recon.master.lives import lives, securities
from recon.master.renames import renames

START = date(2021, 1, 29)
HISTORY = {
    "symbol": pl.String,
    "exchange": pl.String,
    "name": pl.String,
    "valid_from": pl.Date,
    "valid_to": pl.Date,
}
MARKS = {
    "life": pl.String,
    "first_close": pl.Float64,
    "first_shares": pl.Float64,
    "last_close": pl.Float64,
    "last_shares": pl.Float64,
    "last_dollars": pl.Float64,
}
PAIRS = {"ticker": pl.String, "cik": pl.String, "valid_from": pl.Date, "valid_to": pl.Date}


def listed(*rows):
    """Intervals `(symbol, name, from, to)`; days as ISO text, None while still so."""

    def day(text):
        return date.fromisoformat(text) if isinstance(text, str) else text

    return pl.DataFrame(
        [(s, "nasdaq", n, day(since), day(until)) for s, n, since, until in rows],
        schema=HISTORY,
        orient="row",
    )


def marks(*rows):
    """Marks of lives: closes, counts, and last dollars where a row has them."""
    return pl.DataFrame([(*row, None)[:6] for row in rows], schema=MARKS, orient="row")


def at_edgar(*rows):
    """Tickers of CIKs `(ticker, cik, from, to)`."""
    days = [(t, c, *(d and date.fromisoformat(d) for d in ends)) for t, c, *ends in rows]
    return pl.DataFrame(days, schema=PAIRS, orient="row")


def changed_names(*pairs):
    """Former and present company keys at EDGAR."""
    return pl.DataFrame(
        list(pairs), schema={"old_key": pl.String, "new_key": pl.String}, orient="row"
    )


def announced(*changes):
    """Symbol changes `(old, new, day)`."""
    return pl.DataFrame(
        [(old, new, date.fromisoformat(day)) for old, new, day in changes],
        schema={"old_symbol": pl.String, "new_symbol": pl.String, "effective_on": pl.Date},
        orient="row",
    )


def chained(history, *ends, edgar=(), symbols=(), ciks=()):
    """`security_id` by life; `ends` are rows of marks, `edgar` pairs of company keys."""
    alive = lives(history)
    pairs = renames(
        alive, marks(*ends), changed_names(*edgar), announced(*symbols), at_edgar(*ciks)
    )
    return dict(securities(alive, pairs).select("life", "security_id").iter_rows())
