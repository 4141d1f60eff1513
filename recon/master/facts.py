"""What EDGAR and the screener say about a company: where it is and how it files."""

from datetime import date, timedelta
from typing import Final

import polars as pl

from recon.master.countries import ABROAD, from_city, from_edgar, from_screener
from recon.master.symbols import bare
from recon.master.unseen import FOLLOWED
from recon.store import AsOf

SECTION_16_ABROAD: Final = date(2026, 3, 18)
"""From this day insiders of foreign private issuers report under section 16 too, so that reporting
says nothing of where a company is at home (Holding Foreign Insiders Accountable Act, in the
National Defense Authorization Act for 2026; in EDGAR's data the share of filers abroad with such
reports doubles within two weeks of it)."""


def current_directory(known: AsOf) -> pl.DataFrame:
    """Lines of the symbol directories that were still followed at the moment.

    A directory of which one old file is known would go on naming companies that left long ago, and
    whoever took their symbols since would get their names.

    Parameters
    ----------
    known : AsOf
        What was known at the moment.

    Returns
    -------
    pl.DataFrame
        As of `AsOf.directory`, without directories whose newest file is older than
        `FOLLOWED`.
    """
    newest = pl.col("last_changed").max().over("directory")
    return known.directory().filter(newest >= known.moment.date() - FOLLOWED)


def attach(lines: pl.DataFrame, known: AsOf, directory: pl.DataFrame) -> pl.DataFrame:
    """Add the facts that tell a line's type and its company's nationality.

    Parameters
    ----------
    lines : pl.DataFrame
        `symbol`, `cik` (null where not known), `country` (the screener's words).
    known : AsOf
        What was known at the moment.
    directory : pl.DataFrame
        Its symbol directories, as of `current_directory`.

    Returns
    -------
    pl.DataFrame
        With `incorporation` and `headquarters` (ISO codes; headquarters from the place code of
        EDGAR's business address, else from its city, else the screener's country; `ABROAD` where
        only that much is known), `domestic_filer` (whether the newest annual report is a 10-K
        rather than a 20-F or 40-F; where no report is known, what EDGAR's entity type says; else
        whether insiders reported under section 16 while foreign private issuers were exempt; see
        `_files_at_home`), `entity_type`,
        `sic`, `filer_category`, `filer_name`, and the symbol directories' `directory_name` and
        `etf_flag`; null where not known.
    """
    places = known.places()
    reports = known.annual_forms().select("cik", files_10k=pl.col("form").cast(pl.String) == "10-K")
    reporting = known.filers(until=SECTION_16_ABROAD - timedelta(days=1)).select(
        "cik", domestic_filer="insider_transactions"
    )
    filers = known.filers().select(
        "cik",
        "entity_type",
        "sic",
        "filer_category",
        filer_name="name",
        incorporation=from_edgar("state_of_incorporation", places),
        address=from_edgar("business_state_or_country", places),
        city=pl.when(pl.col("business_state_or_country").is_null()).then(
            from_city("business_city", known.cities_abroad())
        ),
    )
    official = (
        directory.filter(pl.col("security_name").is_not_null())
        .select(
            spelling=bare("symbol"),
            directory_name="security_name",
            etf_flag="etf",
            last_changed="last_changed",
        )
        .drop_nulls("spelling")
        .sort("spelling", "last_changed", "directory_name")
        .unique("spelling", keep="last", maintain_order=True)
        .drop("last_changed")
    )
    return (
        lines.with_columns(screener=from_screener(lines["country"]))
        .join(filers, on="cik", how="left")
        .join(reporting, on="cik", how="left")
        .join(reports, on="cik", how="left")
        .with_columns(
            domestic_filer=pl.coalesce("files_10k", _files_at_home(), "domestic_filer"),
            headquarters=_headquarters(),
            spelling=bare("symbol"),
        )
        .join(official, on="spelling", how="left")
        .drop("address", "city", "screener", "files_10k", "spelling")
    )


def _headquarters() -> pl.Expr:
    """EDGAR's place code, else its city's country; what EDGAR leaves open the screener may say."""
    screener = pl.when(pl.col("city").is_null() | (pl.col("screener") != "US")).then("screener")
    return pl.coalesce("address", pl.col("city").replace(ABROAD, None), screener, "city")


def _files_at_home() -> pl.Expr:
    """Whether EDGAR's entity type shows a domestic filer; null where it says nothing.

    EDGAR calls a filer of domestic reports an operating company and a foreign private issuer
    `other`: IREN became `operating` on the day of its first 10-K. A new filer is `other` too until
    its first annual report, which brings the filer category.
    """
    entity = pl.col("entity_type")
    reported = pl.col("filer_category").is_not_null()
    return (
        pl.when(entity == "operating")
        .then(pl.lit(True))
        .when((entity == "other") & reported)
        .then(pl.lit(False))
    )
