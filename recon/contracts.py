"""Contracts of the frames that cross a boundary: what a source must deliver to the store.

Each class is one table of the store. A row that breaks a rule is quarantined under the
rule's name (`symbol|regex`, `close|min`, or the name of a method below), never dropped in
silence. Times are UTC without a zone attached (`Datetime("us")`), as DuckDB stores them.

Facts that have an end (a listing, a ticker's CIK) come as **happenings**: `seen` states the
attributes from `session` on, `vanished` ends them; each has its own `known_at`, so that an
end never shows before it happened (design, Time).
"""

from datetime import date

import dataframely as dy
import polars as pl

SYMBOL = r"^[A-Z0-9][A-Z0-9.\-/^$=+*#]{0,14}$"
FIRST_SESSION = date(2009, 1, 1)
LAST_SESSION = date(2031, 12, 31)
"""The days that `recon.calendar` knows; a session outside them is an error of the source."""
INDEXES = ("R1000", "R2000", "R3000", "RMICRO")
EXCHANGES = ("nasdaq", "nyse", "amex")
MEMBERSHIP_KINDS = (
    "official_membership_list",
    "official_derived",
    "etf_ishares",
    "etf_ishares_tickers",
    "derived_list_NOT_official",
    "watchlist_tickers",
)
COUNTED_BY = ("vendor_counts", "companyfacts")
"""Who counts shares beside the screener."""
OWN_FACTS = (
    "exchange",
    "share_type",
    "structure",
    "nationality",
    "passed_over",
    "offering",
    "free_float",
    "voting_rights",
    "ubti",
)
"""Rules of `recon.screen` that a user may answer: all but those that are figures."""


class Quote(dy.Schema):
    """One line at one session's close, as the screener showed it that evening."""

    session = dy.Date(primary_key=True, min=FIRST_SESSION, max=LAST_SESSION)
    symbol = dy.String(primary_key=True, regex=SYMBOL)
    exchange = dy.Enum(EXCHANGES, primary_key=True)
    close = dy.Float64(nullable=True, min=0.0, max=1e7)
    """USD, unadjusted."""
    netchange = dy.Float64(nullable=True, min=-1e7, max=1e7)
    """USD against the previous close adjusted for splits."""
    volume = dy.Int64(nullable=True, min=0)
    """Shares."""
    market_cap = dy.Float64(nullable=True, min=0.0, max=1e14)
    """USD: all shares of the company times this line's price. The screener has shown 25 trillion
    for a day (AMZN, 2022-06-06): the close of such a row is good, so the bound is above it."""
    known_at = dy.Datetime(time_unit="us")


class Listing(dy.Schema):
    """A line's slowly changing attributes in the screener, as happenings."""

    symbol = dy.String(primary_key=True, regex=SYMBOL)
    exchange = dy.Enum(EXCHANGES, primary_key=True)
    session = dy.Date(primary_key=True, min=FIRST_SESSION, max=LAST_SESSION)
    happening = dy.Enum(("seen", "vanished"), primary_key=True)
    name = dy.String(nullable=True)
    country = dy.String(nullable=True)
    """Country of headquarters, as the screener words it."""
    ipo_year = dy.Int16(nullable=True, min=1700, max=2100)
    sector = dy.String(nullable=True)
    industry = dy.String(nullable=True)
    known_at = dy.Datetime(time_unit="us")


class Membership(dy.Schema):
    """One line of one index snapshot: an official list or a fund's holdings."""

    asof = dy.Date(primary_key=True)
    index = dy.Enum(INDEXES, primary_key=True)
    ticker = dy.String(primary_key=True, regex=SYMBOL)
    name = dy.String(nullable=True)
    weight = dy.Float64(nullable=True, min=0.0, max=100.0)
    """Percent of the fund."""
    shares = dy.Float64(nullable=True)
    price = dy.Float64(nullable=True, min=0.0)
    market_value = dy.Float64(nullable=True)
    cusip = dy.String(nullable=True)
    isin = dy.String(nullable=True)
    sector = dy.String(nullable=True)
    exchange = dy.String(nullable=True)
    kind = dy.Enum(MEMBERSHIP_KINDS, primary_key=True)
    origin = dy.String(primary_key=True)
    """Where the snapshot was published, or the file's name."""
    known_at = dy.Datetime(time_unit="us")


class FundSnapshot(dy.Schema):
    """The head of a holdings file: fund shares outstanding (creations and redemptions)."""

    asof = dy.Date(primary_key=True)
    fund = dy.String(primary_key=True)
    """IWM, IWB, IWV or IWC."""
    shares_outstanding = dy.Float64(nullable=True, min=0.0)
    known_at = dy.Datetime(time_unit="us")


class Announcement(dy.Schema):
    """One line of a list of additions or deletions that FTSE Russell published."""

    event = dy.String(primary_key=True, regex=r"^(ipo:)?\d{4}-\d{2}$")
    """Event id as in `recon.calendar`."""
    index = dy.Enum(INDEXES, primary_key=True)
    action = dy.Enum(("add", "delete"), primary_key=True)
    ticker = dy.String(primary_key=True, regex=SYMBOL)
    name = dy.String(nullable=True)
    industry = dy.String(nullable=True)
    stage = dy.Enum(("preliminary", "updated", "final"), primary_key=True)
    listed_on = dy.Date(primary_key=True)
    """Publication date of the list."""
    origin = dy.String()
    known_at = dy.Datetime(time_unit="us")


class DerivedMigration(dy.Schema):
    """A move between Russell 1000 and Russell 2000, inferred afterwards from two lists."""

    event = dy.String(primary_key=True, regex=r"^\d{4}-\d{2}$")
    """Event id as in `recon.calendar`."""
    ticker = dy.String(primary_key=True, regex=SYMBOL)
    """Without separators."""
    from_index = dy.Enum(("R1000", "R2000"))
    to_index = dy.Enum(("R1000", "R2000"))
    origin = dy.String()
    """Which lists were compared."""
    known_at = dy.Datetime(time_unit="us")

    @dy.rule()
    def moves(cls) -> pl.Expr:  # noqa: N805 - a rule is given the class
        """Whoever stays where it was has not moved."""
        return cls.from_index.col != cls.to_index.col


class Filer(dy.Schema):
    """What EDGAR shows of a company, as happenings."""

    cik = dy.String(primary_key=True, regex=r"^\d{10}$")
    session = dy.Date(primary_key=True)
    happening = dy.Enum(("seen", "vanished"), primary_key=True)
    name = dy.String(nullable=True)
    entity_type = dy.String(nullable=True)
    sic = dy.String(nullable=True)
    filer_category = dy.String(nullable=True)
    state_of_incorporation = dy.String(nullable=True)
    """EDGAR place code."""
    business_state_or_country = dy.String(nullable=True)
    """EDGAR place code."""
    business_city = dy.String(nullable=True)
    ein = dy.String(nullable=True)
    insider_transactions = dy.Bool(nullable=True)
    """Whether insiders report under section 16, as they do for domestic filers only."""
    origin = dy.String(primary_key=True)
    known_at = dy.Datetime(time_unit="us")


class AnnualReport(dy.Schema):
    """An annual report, whose form tells a domestic filer (10-K) from a foreign one."""

    cik = dy.String(primary_key=True, regex=r"^\d{10}$")
    filed = dy.Date(primary_key=True)
    form = dy.Enum(("10-K", "20-F", "40-F"), primary_key=True)
    """Without its variant: 10-KT and 10-K/A are 10-K."""
    origin = dy.String(primary_key=True)
    known_at = dy.Datetime(time_unit="us")


class FormerName(dy.Schema):
    """A name under which a company filed before."""

    cik = dy.String(primary_key=True, regex=r"^\d{10}$")
    name = dy.String(primary_key=True)
    valid_from = dy.Date(nullable=True)
    valid_to = dy.Date(nullable=True)
    origin = dy.String(primary_key=True)
    known_at = dy.Datetime(time_unit="us")


class TickerCik(dy.Schema):
    """A ticker's company at EDGAR, as happenings. Tickers are reused: read as of a moment."""

    ticker = dy.String(primary_key=True)
    cik = dy.String(primary_key=True, regex=r"^\d{10}$")
    session = dy.Date(primary_key=True)
    happening = dy.Enum(("seen", "vanished"), primary_key=True)
    name = dy.String(nullable=True)
    origin = dy.String(primary_key=True)
    known_at = dy.Datetime(time_unit="us")


class Directory(dy.Schema):
    """A line of a Nasdaq Trader symbol directory, as happenings."""

    directory = dy.Enum(("nasdaqlisted", "otherlisted", "symbol_list"), primary_key=True)
    symbol = dy.String(primary_key=True)
    """As the directory writes it: classes with `.`, preferreds with `$`."""
    session = dy.Date(primary_key=True)
    happening = dy.Enum(("seen", "vanished"), primary_key=True)
    security_name = dy.String(nullable=True)
    exchange = dy.String(nullable=True)
    etf = dy.Bool(nullable=True)
    test_issue = dy.Bool(nullable=True)
    financial_status = dy.String(nullable=True)
    known_at = dy.Datetime(time_unit="us")


class Profile(dy.Schema):
    """Sector, industry and place of a line on one date (financedatabase)."""

    symbol = dy.String(primary_key=True)
    session = dy.Date(primary_key=True)
    name = dy.String(nullable=True)
    sector = dy.String(nullable=True)
    industry = dy.String(nullable=True)
    country = dy.String(nullable=True)
    state = dy.String(nullable=True)
    city = dy.String(nullable=True)
    known_at = dy.Datetime(time_unit="us")


class SymbolChange(dy.Schema):
    """A ticker that became another one."""

    effective_on = dy.Date(primary_key=True)
    old_symbol = dy.String(primary_key=True)
    new_symbol = dy.String(primary_key=True)
    name = dy.String(nullable=True)
    known_at = dy.Datetime(time_unit="us")


class CusipTicker(dy.Schema):
    """CUSIP of a line; the source bears no date."""

    cusip = dy.String(primary_key=True, regex=r"^[0-9A-Z*@#]{9}$")
    ticker = dy.String(primary_key=True)
    known_at = dy.Datetime(time_unit="us")


class Place(dy.Schema):
    """An EDGAR place code: US states, Canadian provinces, countries."""

    code = dy.String(primary_key=True)
    place = dy.String()
    type = dy.String(nullable=True)
    iso = dy.String(nullable=True)
    known_at = dy.Datetime(time_unit="us")


class ShareCount(dy.Schema):
    """Shares of a whole company, all classes, as its filings or a vendor count them."""

    company = dy.String(primary_key=True, regex=SYMBOL)
    """CIK of ten digits, or the symbol that the line had on `as_of`."""
    as_of = dy.Date(primary_key=True, min=date(1990, 1, 1), max=LAST_SESSION)
    """The day of which the count is, in the shares of that day: not adjusted for later splits."""
    counted_by = dy.Enum(COUNTED_BY, primary_key=True)
    measure = dy.Enum(("cover", "balance_sheet", "stated"), primary_key=True)
    """Cover of a filing, its balance sheet, or a vendor's statement."""
    shares = dy.Float64(min=1.0, max=1e13)
    origin = dy.String(primary_key=True)
    """Form and accession number, or the vendor's own word for where the count is from."""
    known_at = dy.Datetime(time_unit="us", primary_key=True)
    """Part of the key: a count may be corrected."""

    @dy.rule()
    def counted_before_known(cls) -> pl.Expr:  # noqa: N805 - a rule is given the class
        """No count is of a day after the one on which it was known."""
        return cls.as_of.col <= cls.known_at.col.dt.date()


class OwnFact(dy.Schema):
    """A user's own answer to a rule that public data leaves open."""

    company = dy.String(primary_key=True, regex=SYMBOL)
    """CIK of ten digits, or the symbol that the line had at `known_at`."""
    fact = dy.Enum(OWN_FACTS, primary_key=True)
    value = dy.Enum(("pass", "fail"))
    origin = dy.String()
    """Where the user has it from."""
    known_at = dy.Datetime(time_unit="us", primary_key=True)
    """Part of the key: a later answer goes before an earlier one."""


class QuotedSpread(dy.Schema):
    """Quoted bid-ask spread of a line, from a user's own vendor."""

    symbol = dy.String(primary_key=True, regex=SYMBOL)
    """As the line was written on `session`."""
    session = dy.Date(primary_key=True, min=FIRST_SESSION, max=LAST_SESSION)
    quoted_spread_bps = dy.Float64(min=0.0, max=1e4)
    """Ask less bid, basis points of the mid; of the close or the day's mean, as the vendor says."""
    origin = dy.String()
    """Where the user has it from."""
    known_at = dy.Datetime(time_unit="us", primary_key=True)
    """Part of the key: a figure may be corrected."""

    @dy.rule()
    def measured_before_known(cls) -> pl.Expr:  # noqa: N805 - a rule is given the class
        """No figure is of a day after the one on which it was known."""
        return cls.session.col <= cls.known_at.col.dt.date()


class ImpliedVolatility(dy.Schema):
    """Implied volatility of a line's options, from a user's own vendor."""

    symbol = dy.String(primary_key=True, regex=SYMBOL)
    """As the line was written on `session`."""
    session = dy.Date(primary_key=True, min=FIRST_SESSION, max=LAST_SESSION)
    days = dy.Int16(primary_key=True, min=1, max=1100)
    """Calendar days to expiry."""
    implied_volatility_percent = dy.Float64(min=0.1, max=2000.0)
    """At the money, percent a year."""
    origin = dy.String()
    """Where the user has it from."""
    known_at = dy.Datetime(time_unit="us", primary_key=True)
    """Part of the key: a figure may be corrected."""

    @dy.rule()
    def measured_before_known(cls) -> pl.Expr:  # noqa: N805 - a rule is given the class
        """No figure is of a day after the one on which it was known."""
        return cls.session.col <= cls.known_at.col.dt.date()


class ShortInterest(dy.Schema):
    """Shares of a line sold short at a settlement date, from a user's own vendor."""

    symbol = dy.String(primary_key=True, regex=SYMBOL)
    """As the line was written on `settled`."""
    settled = dy.Date(primary_key=True, min=FIRST_SESSION, max=LAST_SESSION)
    shares_short = dy.Float64(min=0.0, max=1e12)
    """Shares of that day: not adjusted for later splits."""
    origin = dy.String()
    """Where the user has it from."""
    known_at = dy.Datetime(time_unit="us", primary_key=True)
    """Part of the key: a figure may be corrected."""

    @dy.rule()
    def settled_before_known(cls) -> pl.Expr:  # noqa: N805 - a rule is given the class
        """No figure is of a day after the one on which it was known."""
        return cls.settled.col <= cls.known_at.col.dt.date()


CONTRACTS: dict[str, type[dy.Schema]] = {
    "quote": Quote,
    "listing": Listing,
    "membership": Membership,
    "fund_snapshot": FundSnapshot,
    "announcement": Announcement,
    "derived_migration": DerivedMigration,
    "filer": Filer,
    "annual_report": AnnualReport,
    "former_name": FormerName,
    "ticker_cik": TickerCik,
    "directory": Directory,
    "profile": Profile,
    "symbol_change": SymbolChange,
    "cusip_ticker": CusipTicker,
    "place": Place,
    "share_count": ShareCount,
    "own_fact": OwnFact,
    "quoted_spread": QuotedSpread,
    "implied_volatility": ImpliedVolatility,
    "short_interest": ShortInterest,
}
"""Tables of the store that sources fill, by name."""
