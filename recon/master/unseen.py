"""Members that the market data cannot size: not quoted at all, or quoted without a cap.

VZ, FDS and CBOE are missing from the screener for years, and the slash lines of BF and CRD have
no cap. They still hold a rank each. Where an index fund shows how many shares it holds, that
bounds the company's count from below (`recon.master.share_holdings`).
"""

from datetime import timedelta

import polars as pl

from recon.master.company import EQUITY
from recon.master.share_holdings import fill_from_holdings
from recon.master.symbols import bare, edgar_bare

FOLLOWED = timedelta(days=30)
"""A directory in which nothing has changed for longer is not followed: lines change daily."""

BUSY_SESSIONS = 20
"""Sessions over whose median a member's volume is held against its count."""


def without_impossible_counts(lines: pl.DataFrame, window: pl.DataFrame) -> pl.DataFrame:
    """Take from members counts that their trading rules out.

    No member of an index turns over all its shares in a usual session: a smaller count is an error
    of the source, which may last for a year. The funds that hold the member give a better one.

    Parameters
    ----------
    lines : pl.DataFrame
        `security_id`, `size` (null for others than members), `shares`, `note`.
    window : pl.DataFrame
        Quotes: `session`, `security_id`, `volume` (shares).

    Returns
    -------
    pl.DataFrame
        `lines` with null `shares` and `note` `below_daily_volume` where it is so.
    """
    lately = pl.col("session").is_in(
        window["session"].unique().sort().tail(BUSY_SESSIONS).implode()
    )
    usual = window.filter(lately).group_by("security_id").agg(usual=pl.col("volume").median())
    impossible = (pl.col("size").is_not_null() & (pl.col("shares") < pl.col("usual"))).fill_null(
        False
    )
    return (
        lines.join(usual, on="security_id", how="left", maintain_order="left")
        .with_columns(
            shares=pl.when(~impossible).then("shares"),
            note=pl.when(impossible).then(pl.lit("below_daily_volume")).otherwise("note"),
        )
        .drop("usual")
    )


def absent_members(
    members: pl.DataFrame,
    lines: pl.DataFrame,
    directory: pl.DataFrame,
    ticker_cik: pl.DataFrame,
) -> pl.DataFrame:
    """Companies among the members that have no line in the cross-section.

    Funds hold lines that trade nowhere (rights of companies taken over, warrants), and further
    classes of companies that are there by another line: neither holds a rank.

    Parameters
    ----------
    members : pl.DataFrame
        `ticker`, `name`, `security_id`, `size` as from `recon.master.membership`.
    lines : pl.DataFrame
        Lines of the cross-section: `session`, `security_id`, `cik`.
    directory : pl.DataFrame
        Lines of the exchanges' directories at the moment: `directory`, `symbol`, `last_changed`.
        Only directories that are followed to the session, and cover all exchanges, tell what
        is not listed.
    ticker_cik : pl.DataFrame
        Live pairs `ticker`, `cik`, `session`.

    Returns
    -------
    pl.DataFrame
        The rows of `members` that stand for such companies, one each.
    """
    absent = members.filter(pl.col("size").is_not_null()).join(
        lines.select("security_id").drop_nulls().unique(), on="security_id", how="anti"
    )
    spelled = absent.with_columns(spelling=bare("ticker"))
    listed = _followed(directory, lines)
    if not listed.is_empty():
        spelled = spelled.join(listed, on="spelling", how="semi")
    ciks = (
        ticker_cik.select("cik", "session", spelling=edgar_bare("ticker"))
        .drop_nulls("spelling")
        .sort("session", "cik")
        .unique("spelling", keep="last", maintain_order=True)
        .drop("session")
    )
    return (
        spelled.join(ciks, on="spelling", how="left", maintain_order="left")
        .join(lines.select("cik").drop_nulls().unique(), on="cik", how="anti")
        .unique("ticker", keep="first", maintain_order=True)
        .with_columns(company=pl.coalesce("cik", "ticker"))
        .unique("company", keep="first", maintain_order=True)
        .select(members.columns)
    )


def _followed(directory: pl.DataFrame, lines: pl.DataFrame) -> pl.DataFrame:
    """Spellings in the directories, empty unless those followed cover all exchanges."""
    until = lines["session"].max()
    followed = directory.filter(
        pl.col("last_changed").max().over("directory") >= pl.lit(until, pl.Date) - FOLLOWED
    )
    there = set(followed["directory"].cast(pl.String))
    if "symbol_list" not in there and not there >= {"nasdaqlisted", "otherlisted"}:
        followed = followed.clear()
    return followed.select(spelling=bare("symbol")).drop_nulls().unique()


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
