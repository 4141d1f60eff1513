"""Lines whose price hardly moves: held by a trust's value or by a deal's price.

The share of a blank-cheque company trades at what its trust pays back, about $10, until a merger
is announced and often until it closes; that tells the many whose name says nothing else
("Sandbridge X2 Corp."). Any other line that stops moving is most often under a cash offer.
"""

from typing import Final

import polars as pl

SESSIONS: Final = 40
"""Sessions looked at."""
MIN_SESSIONS: Final = 8
QUIET: Final = 0.006
"""Standard deviation of daily log returns below which a price is pinned; a listed operating
company's is two percent and more, a bank's above one."""
TRUST_PRICE: Final = (9.5, 11.6)
"""USD: a trust holds $10 a share at the start and earns interest."""


def quiet_lines(quotes: pl.DataFrame) -> pl.DataFrame:
    """Lines that hardly move.

    Parameters
    ----------
    quotes : pl.DataFrame
        `session`, `line`, `security_id`, `close`, `netchange` (USD) up to the wanted session.

    Returns
    -------
    pl.DataFrame
        `security_id`, `daily_sigma` (of log returns, by the source's own adjusted change),
        `mean_close` (USD) over the last `SESSIONS` sessions; lines with fewer than
        `MIN_SESSIONS` are left out.
    """
    recent = quotes["session"].unique().sort().tail(SESSIONS)
    before = pl.col("close") - pl.col("netchange")
    return (
        quotes.filter(
            pl.col("session").is_in(recent.implode()) & (pl.col("close") > 0) & (before > 0)
        )
        .with_columns(log_return=(pl.col("close") / before).log())
        .group_by("line", maintain_order=True)
        .agg(
            pl.col("security_id").first(),
            daily_sigma=pl.col("log_return").std(),
            mean_close=pl.col("close").mean(),
            seen=pl.len(),
        )
        .filter(pl.col("seen") >= MIN_SESSIONS)
        .drop("seen", "line")
    )


def with_blank_cheques(lines: pl.DataFrame, quiet: pl.DataFrame) -> pl.DataFrame:
    """Type as SPAC what trades like one, and flag prices pinned for another reason.

    Parameters
    ----------
    lines : pl.DataFrame
        `security_id`, `security_type`, `structure`, `type_reason`, `size`.
    quiet : pl.DataFrame
        As from `quiet_lines`.

    Returns
    -------
    pl.DataFrame
        With `price_pinned` (bool). A member is never retyped.
    """
    joined = lines.join(quiet, on="security_id", how="left")
    still = (pl.col("daily_sigma") < QUIET).fill_null(False)
    blank = (
        still
        & pl.col("mean_close").is_between(*TRUST_PRICE)
        & (pl.col("security_type") == "common")
        & (pl.col("structure") == "corporation")
        & pl.col("size").is_null()
    )
    return joined.with_columns(
        security_type=pl.when(blank).then(pl.lit("spac")).otherwise("security_type"),
        structure=pl.when(blank).then(pl.lit("spac")).otherwise("structure"),
        type_reason=pl.when(blank).then(pl.lit("price_pinned_at_trust")).otherwise("type_reason"),
        price_pinned=still,
    ).drop("mean_close")
