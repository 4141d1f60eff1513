"""Quotes of the sessions up to one, by security: what counts, volumes and mean prices need."""

from datetime import date, timedelta

import polars as pl

from recon.master.company import CANDIDATE
from recon.rulebook import Rulebook
from recon.store import AsOf

SESSIONS_A_YEAR = 252
_COLUMNS = ("session", "symbol", "exchange", "close", "netchange", "volume", "market_cap")


def two_years(
    known: AsOf, session: date, securities: pl.DataFrame, lines: pl.DataFrame, *, years: int
) -> pl.DataFrame:
    """Daily quotes over the pricing vehicle's look-back (methodology §3.1); see `last_sessions`."""
    return last_sessions(known, session, securities, lines, sessions=SESSIONS_A_YEAR * years)


def last_sessions(
    known: AsOf, session: date, securities: pl.DataFrame, lines: pl.DataFrame, *, sessions: int
) -> pl.DataFrame:
    """Daily quotes of equity lines, through renames.

    Parameters
    ----------
    known : AsOf
        What was known at the moment.
    session : date
        Last session of the window.
    securities : pl.DataFrame
        Lives with `security_id`.
    lines : pl.DataFrame
        Lines listed at the session: `security_id`, `name`, `security_type`.
    sessions : int
        Length of the window.

    Returns
    -------
    pl.DataFrame
        `session`, `symbol`, `exchange`, `close`, `netchange`, `market_cap` (USD), `volume`
        (shares), `security_id`, `name` (of today), and `line`, a number for the security that
        groups faster than its id; the sessions of a security ascending, one row each.
    """
    wanted = (
        lines.filter(pl.col("security_type").is_in(list(CANDIDATE)))
        .select("security_id", "name")
        .with_row_index("line")
    )
    bearers = securities.join(wanted, on="security_id").select(
        "symbol", "line", "security_id", "name", "first", "gone"
    )
    past = [s for s in known.sessions() if s <= session][-sessions:]
    symbols = bearers["symbol"].unique().to_list()
    quotes = known.slices(past, 1, _COLUMNS, symbols)
    return borne(quotes, bearers)


def borne(quotes: pl.DataFrame, bearers: pl.DataFrame) -> pl.DataFrame:
    """Quotes of securities, each under the symbol that it bore on the day.

    Parameters
    ----------
    quotes : pl.DataFrame
        `session`, `symbol`, `exchange` and figures.
    bearers : pl.DataFrame
        Lives of symbols: `symbol`, `line` (a number for the security), `first`, `gone` (first
        session without it; null while listed), and columns that are carried along.

    Returns
    -------
    pl.DataFrame
        Rows of `quotes` with the columns of `bearers` but `first` and `gone`, `exchange` as
        text; the rows of a security in the order of `quotes`, one per session.
    """
    # Where a symbol and a security belong to each other alone, no ends need comparing.
    alone = (pl.len().over("symbol") == 1) & (pl.len().over("line") == 1)
    held = quotes.with_columns(pl.col("exchange").cast(pl.String)).join(
        bearers.with_columns(alone=alone), on="symbol", maintain_order="left"
    )
    begun = pl.col("session") >= pl.col("first")
    over = (pl.col("session") >= pl.col("gone")).fill_null(False)
    single = held.filter(pl.col("alone") & begun)
    several = (
        held.filter(~pl.col("alone") & begun & ~over)
        .sort("session", "symbol", "exchange")
        .unique(["session", "line"], keep="first", maintain_order=True)
    )
    return pl.concat([single, several]).drop("first", "gone", "alone")


def mean_price(window: pl.DataFrame, session: date, rulebook: Rulebook) -> pl.DataFrame:
    """Mean close over the look-back of the members' price rule (methodology §2.2).

    Returns
    -------
    pl.DataFrame
        `security_id`, `mean_price_usd`.
    """
    days = rulebook.eligibility.min_price_lookback_days
    if rulebook.eligibility.min_price_lookback_unit == "session":
        lately = pl.col("session").is_in(window["session"].unique().sort().tail(days).implode())
    else:
        lately = pl.col("session") > session - timedelta(days=days)
    return (
        window.filter(lately)
        .group_by("line", maintain_order=True)
        .agg(pl.col("security_id").first(), mean_price_usd=pl.col("close").mean())
        .drop("line")
    )


def traded(window: pl.DataFrame) -> pl.DataFrame:
    """Trading of each security: shares over the whole window, dollars a day over its last year.

    Returns
    -------
    pl.DataFrame
        `security_id`, `two_year_volume` (shares), `days_traded` (sessions with volume),
        `addtv_usd` (average daily dollar trading volume; the owner does not state the period
        for further classes, a year is held).
    """
    year = window["session"].unique().sort().tail(SESSIONS_A_YEAR)
    lately = pl.col("session").is_in(year.implode())
    return (
        window.group_by("line", maintain_order=True)
        .agg(
            pl.col("security_id").first(),
            two_year_volume=pl.col("volume").sum().cast(pl.Float64),
            days_traded=(pl.col("volume") > 0).sum(),
            addtv_usd=(pl.col("close") * pl.col("volume")).filter(lately).mean(),
        )
        .drop("line")
    )
