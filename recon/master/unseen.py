"""Members that the market data cannot size: not quoted at all, or quoted without a cap.

VZ, FDS and CBOE are missing from the screener for years, and the slash lines of BF and CRD have
no cap. They still hold a rank each. Where an index fund shows how many shares it holds, that
bounds the company's count from below (`recon.master.share_holdings`).
"""

import polars as pl

from recon.master.company import EQUITY
from recon.master.share_holdings import fill_from_holdings
from recon.master.symbols import bare


def absent_members(members: pl.DataFrame, lines: pl.DataFrame) -> pl.DataFrame:
    """Members of the lists that are no line of the cross-section.

    Parameters
    ----------
    members : pl.DataFrame
        `ticker`, `name`, `security_id`, `size` as from `recon.master.membership`.
    lines : pl.DataFrame
        Lines of the cross-section: `security_id`.

    Returns
    -------
    pl.DataFrame
        The members of the Russell 3000 that do not trade in the data.
    """
    return (
        members.filter(pl.col("size").is_not_null())
        .join(lines.select("security_id").drop_nulls().unique(), on="security_id", how="anti")
        .unique("ticker", keep="first", maintain_order=True)
    )


def fill(lines: pl.DataFrame, absent: pl.DataFrame, holdings: pl.DataFrame) -> pl.DataFrame:
    """Counts from holdings for members without one, listed or not.

    Parameters
    ----------
    lines : pl.DataFrame
        Lines of the cross-section: `session`, `symbol`, `company_id`, `security_type`, `size`,
        `close`, `shares`.
    absent : pl.DataFrame
        As from `absent_members`.
    holdings : pl.DataFrame
        Fund holdings known at the moment: `asof`, `index`, `ticker`, `shares`, `price`.

    Returns
    -------
    pl.DataFrame
        `line` (bare symbol), `close` (USD), `shares`, `provenance`, `note`,
        `log_shares_dispersion`.
    """
    spelled = lines.with_columns(line=bare("symbol")).filter(
        pl.col("line").is_not_null() & pl.col("security_type").is_in(list(EQUITY))
    )
    sized = spelled.group_by("company_id").agg(sized=(pl.col("shares") > 0).any())
    unsized = (
        spelled.join(sized, on="company_id")
        .filter(pl.col("size").is_not_null() & ~pl.col("sized").fill_null(False))
        .select("session", "line", "close", company="company_id")
    )
    session = lines["session"].max()
    unquoted = absent.select(
        session=pl.lit(session, pl.Date),
        line=bare("ticker"),
        close=pl.lit(None, pl.Float64),
        company=bare("ticker"),
    )
    wanted = pl.concat([unsized, unquoted]).drop_nulls("line").unique("line", maintain_order=True)
    held = holdings.select("asof", "index", "shares", "price", line=bare("ticker")).drop_nulls(
        "line"
    )
    return fill_from_holdings(wanted, held, spelled.select("line", "shares")).drop("session")


def filled(
    lines: pl.DataFrame, absent: pl.DataFrame, holdings: pl.DataFrame
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Put counts from holdings where the market data have none.

    Parameters
    ----------
    lines, absent, holdings : pl.DataFrame
        As for `fill`; `lines` with `provenance`, `note`, `log_shares_dispersion`.

    Returns
    -------
    lines : pl.DataFrame
        With the counts filled in.
    absent : pl.DataFrame
        `ticker`, `name`, `size`, `total_cap_usd` (null where no fund shows it),
        `cap_provenance`, `note`.
    """
    own = ("shares", "provenance", "note", "log_shares_dispersion")
    counts = fill(lines, absent, holdings)
    renamed = counts.select("line", "close", **{f"filled_{c}": pl.col(c) for c in own})
    sized = (
        lines.with_columns(line=bare("symbol"))
        .join(renamed.drop("close"), on="line", how="left")
        .with_columns(
            pl.when(pl.col("shares") > 0).then(c).otherwise(pl.coalesce(f"filled_{c}", c)).alias(c)
            for c in own
        )
        .drop("line", *(f"filled_{c}" for c in own))
    )
    missing = (
        absent.with_columns(line=bare("ticker"))
        .join(renamed, on="line", how="left")
        .select(
            "ticker",
            "name",
            "size",
            total_cap_usd=pl.col("filled_shares") * pl.col("close"),
            cap_provenance=pl.coalesce("filled_provenance", pl.lit("missing")),
            note="filled_note",
        )
    )
    return sized, missing
