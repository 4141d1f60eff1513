"""Which company a line belongs to: CIK where it can be known, otherwise a name key.

A CIK is taken over only when the names do not contradict it, because tickers are reused and a
later file may show another company under the same ticker.
"""

import polars as pl

from recon.master.names import company_key, same_company
from recon.master.symbols import bare, edgar_bare


def ciks_of_lines(
    lines: pl.DataFrame, ticker_cik: pl.DataFrame, former_names: pl.DataFrame
) -> pl.DataFrame:
    """CIK of each line whose ticker EDGAR lists under a name that fits.

    Parameters
    ----------
    lines : pl.DataFrame
        `symbol`, `name` (full security name) of lines listed at the moment.
    ticker_cik : pl.DataFrame
        `ticker`, `cik`, `name`, `session` as known at the moment (or standing in for it under
        slow-facts).
    former_names : pl.DataFrame
        `cik`, `name` under which a company filed before.

    Returns
    -------
    pl.DataFrame
        `symbol`, `cik`, at most one row per symbol: the newest fact that fits.
    """
    known = ticker_cik.select(
        "cik",
        "session",
        spelling=edgar_bare("ticker"),
        filer_key=company_key("name"),
    ).filter(pl.col("spelling").is_not_null())
    candidates = lines.select("symbol", spelling=bare("symbol"), line_key=company_key("name")).join(
        known, on="spelling"
    )
    former = former_names.select("cik", former_key=company_key("name")).drop_nulls().unique()
    by_former_name = (
        candidates.join(former, on="cik")
        .filter(same_company(pl.col("line_key"), pl.col("former_key")))
        .select("symbol", "cik")
        .unique()
        .with_columns(fits_former=pl.lit(True))
    )
    return (
        candidates.join(by_former_name, on=["symbol", "cik"], how="left")
        .filter(
            same_company(pl.col("line_key"), pl.col("filer_key")).fill_null(True)
            | pl.col("fits_former").fill_null(False)
        )
        .sort("symbol", "session", "cik")
        .unique("symbol", keep="last", maintain_order=True)
        .select("symbol", "cik")
    )


def companies_of_lines(lines: pl.DataFrame) -> pl.DataFrame:
    """Group lines into companies.

    Lines with one CIK are one company; a line without a CIK joins the company that bears the
    same name key. Tracking stocks rank as companies of their own (methodology §3.1), told
    apart by the group that their name tracks.

    Parameters
    ----------
    lines : pl.DataFrame
        `symbol`, `name`, `cik` (null where not known), `security_type`.

    Returns
    -------
    pl.DataFrame
        The lines with `cik` and `company_id` (`cik:0001652044`, `name:ALPHABET INC`).
    """
    keyed = lines.with_columns(key=company_key("name"))
    one_cik = (
        keyed.filter(pl.col("cik").is_not_null() & pl.col("key").is_not_null())
        .group_by("key", maintain_order=True)
        .agg(key_cik=pl.col("cik").first(), distinct=pl.col("cik").n_unique())
        .filter(pl.col("distinct") == 1)
        .select("key", "key_cik")
    )
    grouped = keyed.join(one_cik, on="key", how="left").with_columns(
        cik=pl.coalesce("cik", "key_cik")
    )
    tracked = (
        pl.when(pl.col("security_type") == "tracking_stock")
        .then(
            pl.col("name")
            .str.extract(r"(?i)(?:series|class) [a-z]\s+(.+?)\s+common", 1)
            .str.to_uppercase()
        )
        .otherwise(None)
    )
    company = pl.coalesce(
        pl.format("cik:{}", "cik"), pl.format("name:{}", "key"), pl.format("symbol:{}", "symbol")
    )
    return grouped.with_columns(
        company_id=pl.when(tracked.is_not_null())
        .then(pl.format("{}/{}", company, tracked))
        .otherwise(company)
    ).drop("key", "key_cik")
