"""Reference files of the simulated market: EDGAR filers, ticker ↔ CIK, symbol directories."""

from pathlib import Path

import polars as pl

from recon.sources.parquet import SIMULATED_STAMP
from recon.sources.simulated.kinds import INDUSTRIES, PLACES
from recon.sources.simulated.market import Market

_FILER = (
    "name", "cik", "start_date", "business_city", "business_stateOrCountry",
    "business_stateOrCountryDescription", "business_street1", "business_street2",
    "business_zipCode", "category", "description", "ein", "entityType", "exchanges",
    "fiscalYearEnd", "flags", "insiderTransactionForIssuerExists",
    "insiderTransactionForOwnerExists", "mailing_city", "mailing_stateOrCountry",
    "mailing_stateOrCountryDescription", "mailing_street1", "mailing_street2",
    "mailing_zipCode", "ownerOrg", "phone", "sic", "sicDescription", "stateOfIncorporation",
    "stateOfIncorporationDescription", "tickers", "first_seen", "last_seen",
)  # fmt: skip
_KIND = (
    r" (Class [AB] .*|Common (Stock|Shares|Units).*|Ordinary Shares|Units of .*"
    r"|American Depositary .*|Sponsored ADR|Unit|Warrant|Right|\S+% (Series|Senior) .*"
    r"|Depositary Shares .*)$"
)
_ISO = {
    "Bermuda": "BM", "Brazil": "BR", "Canada": "CA", "Cayman Islands": "KY", "China": "CN",
    "Greece": "GR", "Hong Kong": "HK", "Ireland": "IE", "Israel": "IL", "Japan": "JP",
    "Netherlands": "NL", "Singapore": "SG", "Switzerland": "CH", "Taiwan": "TW",
    "United Kingdom": "GB",
}  # fmt: skip
_SHELL_PLACES = {"D0": "Bermuda", "E9": "Cayman Islands"}
_EDGAR_EXCHANGE = {"nasdaq": "Nasdaq", "nyse": "NYSE", "amex": "NYSE"}


def write_reference(folder: Path, market: Market, origin: str) -> None:
    """Write the files under `reference/`.

    Parameters
    ----------
    folder : Path
        Folder of the simulated data.
    market : Market
        From `draw_market`.
    origin : str
        What `source` columns say.
    """
    dated = _dated(market)
    metadata = folder / "reference" / "sec_filer_metadata"
    directories = folder / "reference" / "nasdaqtrader_symdir"
    for place in (metadata, directories):
        place.mkdir(parents=True, exist_ok=True)
    filers(dated).write_parquet(
        metadata / "listed_filer_metadata_history.parquet", metadata=SIMULATED_STAMP
    )
    ticker_cik(dated, origin).write_parquet(
        folder / "reference" / "ticker_cik_map.parquet", metadata=SIMULATED_STAMP
    )
    for name, frame in {
        "nasdaqlisted_intervals": _nasdaq_listed(dated),
        "otherlisted_intervals": _other_listed(dated),
        "symbol_list_daily_intervals_2021_2026": _symbol_list(dated),
    }.items():
        frame.write_parquet(directories / f"{name}.parquet", metadata=SIMULATED_STAMP)
    codes = folder / "reference" / "edgartools_ref"
    codes.mkdir(exist_ok=True)
    place_codes(dated).write_csv(codes / "place_codes.csv", quote_style="always")
    days = pl.DataFrame({"snapshot_date": pl.Series(market.sessions).cast(pl.String)})
    for name in ("nasdaqlisted", "otherlisted", "symbol_list"):
        days.write_parquet(directories / f"{name}_snapshot_dates.parquet", metadata=SIMULATED_STAMP)


def _dated(market: Market) -> pl.DataFrame:
    """Periods with their company's facts and dates as text, `last_seen` null at the cut."""
    days = pl.Series(market.sessions).cast(pl.String)
    facts = market.companies.drop("symbol", "exchange", "name", "born", "gone", "price")
    joined = market.periods.join(facts, on="company").join(
        market.lines.select("line", "share_type"), on="line"
    )
    row = pl.col("industry")
    return joined.with_columns(
        company_name=pl.col("name").str.replace(_KIND, "").str.strip_chars(),
        edgar=_edgar_ticker(),
        # EDGAR shows no SIC for funds that file as investment companies, BDCs among them.
        sic=pl.when(structure="bdc")
        .then(pl.lit(""))
        .otherwise(row.replace_strict({i: r[2] for i, r in enumerate(INDUSTRIES)})),
        sic_words=row.replace_strict({i: r[1] for i, r in enumerate(INDUSTRIES)}),
        entity_type=pl.when(pl.col("structure").is_in(["closed_end_fund", "royalty_trust"]))
        .then(pl.lit("other"))
        .when(pl.col("structure").str.starts_with("foreign"))
        .then(pl.lit("other"))
        .otherwise(pl.lit("operating")),
        category=pl.when(pl.col("cap") > 7e8)
        .then(pl.lit("Large accelerated filer"))
        .when(pl.col("cap") > 7.5e7)
        .then(pl.lit("Accelerated filer"))
        .otherwise(pl.lit("Non-accelerated filer<br>Smaller reporting company")),
    ).with_columns(
        first_seen=days.gather(joined["since"]),
        last_seen=pl.when(pl.col("until") < len(days)).then(days.gather(joined["until"] - 1)),
    )


def _edgar_ticker() -> pl.Expr:
    """Classes with `-`, preferreds with `-P`, as EDGAR writes them."""
    hat = pl.col("symbol").str.replace("^", "-P", literal=True)
    return hat.str.replace("/", "-", literal=True)


def filers(dated: pl.DataFrame) -> pl.DataFrame:
    """Give `listed_filer_metadata_history.parquet`: one row a company and name.

    Parameters
    ----------
    dated : DataFrame
        Periods with facts.

    Returns
    -------
    DataFrame
        All columns of the real file as text; what the simulation does not know is empty.
    """
    quoted = "['" + pl.col("edgar").sort_by("line").str.join("', '") + "']"
    exchange = pl.col("exchange").replace_strict(_EDGAR_EXCHANGE)
    grouped = dated.group_by("cik", "company_name", maintain_order=True).agg(
        pl.col("place", "incorporation", "category", "entity_type", "sic", "sic_words").first(),
        pl.col("first_seen").min(),
        last_seen=pl.when(pl.col("last_seen").null_count() == 0).then(pl.col("last_seen").max()),
        tickers=quoted,
        exchanges="['" + exchange.str.join("', '") + "']",
    )
    words = {row[1]: row[0] for row in PLACES}
    named = grouped.with_columns(
        name="company_name",
        start_date=pl.lit("2000-01-01"),
        business_city=pl.lit("SIMULATED"),
        business_stateOrCountry="place",
        business_stateOrCountryDescription=pl.col("place").replace(words),
        category="category",
        ein=pl.lit("000000000"),
        entityType="entity_type",
        fiscalYearEnd=pl.lit("1231"),
        sicDescription="sic_words",
        stateOfIncorporation="incorporation",
        stateOfIncorporationDescription=pl.col("incorporation").replace(words),
    )
    empty = [pl.lit("").alias(c) for c in _FILER if c not in named.columns]
    return named.with_columns(empty).select(_FILER).sort("cik", "first_seen", "name")


def place_codes(dated: pl.DataFrame) -> pl.DataFrame:
    """Give `place_codes.csv`: the EDGAR place codes that the filers use.

    Parameters
    ----------
    dated : DataFrame
        Periods with facts.

    Returns
    -------
    DataFrame
        `Code`, `Place`, `Type`, `ISO`, as text; a state of the United States is its own place.
    """
    abroad = {code: country for country, code, _ in PLACES} | _SHELL_PLACES
    country = pl.col("Code").replace_strict(abroad, default=None, return_dtype=pl.String)
    used = pl.concat([dated["place"], dated["incorporation"]]).drop_nulls().unique().sort()
    return pl.DataFrame({"Code": used}).select(
        "Code",
        Place=pl.coalesce(country.str.to_uppercase(), "Code"),
        Type=pl.when(country.is_null())
        .then(pl.lit("US"))
        .when(country == "Canada")
        .then(pl.lit("CANADIAN"))
        .otherwise(pl.lit("FOREIGN")),
        ISO=country.replace_strict(_ISO, default="US", return_dtype=pl.String),
    )


def ticker_cik(dated: pl.DataFrame, origin: str) -> pl.DataFrame:
    """Give `ticker_cik_map.parquet`: one row a symbol and time.

    Parameters
    ----------
    dated : DataFrame
        Periods with facts.
    origin : str
        What `source` says.

    Returns
    -------
    DataFrame
        Columns and types of the real file.
    """
    return dated.select(
        "cik",
        "sic",
        "entity_type",
        "first_seen",
        "last_seen",
        ticker="edgar",
        name="company_name",
        state_inc="incorporation",
        biz_state_country="place",
        filer_category="category",
        source=pl.lit(origin),
    ).select(
        "ticker", "cik", "name", "sic", "state_inc", "biz_state_country", "entity_type",
        "filer_category", "first_seen", "last_seen", "source",
    ).sort("ticker", "first_seen")  # fmt: skip


def _directory_symbol() -> pl.Expr:
    hat = pl.col("symbol").str.replace("^", "$", literal=True)
    return hat.str.replace("/WS", ".W", literal=True).str.replace("/", ".", literal=True)


def _official_name() -> pl.Expr:
    """Security name; directories part company and share by a dash on Nasdaq."""
    kind = pl.col("name").str.strip_prefix(pl.col("company_name")).str.strip_chars()
    return (
        pl.when(kind == "")
        .then("company_name")
        .otherwise(pl.format("{} - {}", "company_name", kind))
    )


def _nasdaq_listed(dated: pl.DataFrame) -> pl.DataFrame:
    return dated.filter(exchange="nasdaq").select(
        pl.col("symbol").alias("Symbol"),
        pl.col("company_name").alias("Company Name"),
        _official_name().alias("Security Name"),
        pl.lit("G").alias("Market Category"),
        pl.lit("N").alias("Test Issue"),
        pl.lit("N").alias("Financial Status"),
        pl.lit("100").alias("Round Lot Size"),
        pl.lit("N").alias("ETF"),
        pl.lit("N").alias("NextShares"),
        "first_seen",
        "last_seen",
    ).sort("Symbol", "first_seen")  # fmt: skip


def _other_listed(dated: pl.DataFrame) -> pl.DataFrame:
    share = pl.when(share_type="additional_class").then(pl.lit(" Class B Common Stock"))
    name = pl.col("name") + pl.when(pl.col("name") == pl.col("company_name")).then(
        share.when(share_type="warrant")
        .then(pl.lit(" Warrants"))
        .otherwise(pl.lit(" Class A Common Stock"))
    ).otherwise(pl.lit(""))
    return dated.filter(pl.col("exchange") != "nasdaq").select(
        _directory_symbol().alias("ACT Symbol"),
        name.alias("Company Name"),
        name.alias("Security Name"),
        pl.col("exchange").replace_strict({"nyse": "N", "amex": "A"}).alias("Exchange"),
        pl.col("symbol").str.replace("^", "p", literal=True).str.replace("/", ".", literal=True)
        .alias("CQS Symbol"),
        pl.lit("N").alias("ETF"),
        pl.lit("100.0").alias("Round Lot Size"),
        pl.lit("N").alias("Test Issue"),
        pl.col("symbol").str.replace("^", "-", literal=True).str.replace("/WS", "+", literal=True)
        .str.replace("/", ".", literal=True).alias("NASDAQ Symbol"),
        "first_seen",
        "last_seen",
    ).sort("ACT Symbol", "first_seen")  # fmt: skip


def _symbol_list(dated: pl.DataFrame) -> pl.DataFrame:
    market = {"nasdaq": "NASDAQ Global Select MarketSM", "nyse": "NYSE", "amex": "NYSE MKT"}
    return dated.select(
        symbol=_directory_symbol(),
        security_name=pl.when(exchange="nasdaq").then(_official_name()).otherwise("name"),
        exchange=pl.col("exchange").replace_strict(market),
        first_seen="first_seen",
        last_seen="last_seen",
    ).sort("symbol", "first_seen")
