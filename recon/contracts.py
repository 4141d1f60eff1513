"""Contracts of the frames that cross a boundary: what a source must deliver to the store.

Each class is one table of the store. A row that breaks a rule is quarantined under the
rule's name (`symbol|regex`, `close|min`, or the name of a method below), never dropped in
silence. Times are UTC without a zone attached (`Datetime("us")`), as DuckDB stores them.

Facts that have an end (a listing, a ticker's CIK) come as **happenings**: `seen` states the
attributes from `session` on, `vanished` ends them; each has its own `known_at`, so that an
end never shows before it happened (design, Time).
"""

from datetime import date, datetime
from typing import Any

import dataframely as dy
import polars as pl

SYMBOL = r"^[A-Z0-9][A-Z0-9.\-/^$=+*#]{0,14}$"
FIRST_SESSION = date(2009, 1, 1)
LAST_SESSION = date(2031, 12, 31)
"""The days that `recon.calendar` knows; a session outside them is an error of the source."""
FIRST_DAY = date(1900, 1, 1)
"""Of anything that is no session: EDGAR knows names of companies from 1993 on."""
FIRST_MOMENT, LAST_MOMENT = datetime(1993, 1, 1), datetime(2032, 1, 2)  # noqa: DTZ001 - naive UTC
"""Between them a fact became known: EDGAR's first filing, and the calendar's end."""
CODE = r"^[A-Za-z0-9][A-Za-z0-9.\-/^$=+*#~&@_]{0,19}$"
"""A symbol in any spelling, and nothing that a shell, a path or a query would take for more."""
TEXT = r"^\P{Cc}*$"
"""For people: without control characters, which a terminal would obey."""
LONGEST_TEXT = 1000
"""Letters; the longest of the known texts has 254."""
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


def _text(**more: Any) -> dy.String:
    return dy.String(regex=TEXT, max_length=LONGEST_TEXT, **more)


def _known_at(**more: Any) -> dy.Datetime:
    return dy.Datetime(time_unit="us", min=FIRST_MOMENT, max=LAST_MOMENT, **more)


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
    name = _text(nullable=True)
    country = _text(nullable=True)
    """Country of headquarters, as the screener words it."""
    ipo_year = dy.Int16(nullable=True, min=1700, max=2100)
    sector = _text(nullable=True)
    industry = _text(nullable=True)
    known_at = dy.Datetime(time_unit="us")


class Membership(dy.Schema):
    """One line of one index snapshot: an official list or a fund's holdings."""

    asof = dy.Date(primary_key=True, min=date(2000, 1, 1), max=LAST_SESSION)
    index = dy.Enum(INDEXES, primary_key=True)
    ticker = dy.String(primary_key=True, regex=SYMBOL)
    name = _text(nullable=True)
    weight = dy.Float64(nullable=True, min=0.0, max=100.0)
    """Percent of the fund."""
    shares = dy.Float64(nullable=True, min=0.0, max=1e13)
    price = dy.Float64(nullable=True, min=0.0, max=1e7)
    market_value = dy.Float64(nullable=True, min=0.0, max=1e14)
    cusip = _text(nullable=True)
    isin = _text(nullable=True)
    sector = _text(nullable=True)
    exchange = _text(nullable=True)
    kind = dy.Enum(MEMBERSHIP_KINDS, primary_key=True)
    origin = _text(primary_key=True)
    """Where the snapshot was published, or the file's name."""
    known_at = _known_at()


class FundSnapshot(dy.Schema):
    """The head of a holdings file: fund shares outstanding (creations and redemptions)."""

    asof = dy.Date(primary_key=True, min=date(2000, 1, 1), max=LAST_SESSION)
    fund = _text(primary_key=True)
    """IWM, IWB, IWV or IWC."""
    shares_outstanding = dy.Float64(nullable=True, min=0.0, max=1e13)
    known_at = _known_at()


class Announcement(dy.Schema):
    """One line of a list of additions or deletions that FTSE Russell published."""

    event = dy.String(primary_key=True, regex=r"^(ipo:)?\d{4}-\d{2}$")
    """Event id as in `recon.calendar`."""
    index = dy.Enum(INDEXES, primary_key=True)
    action = dy.Enum(("add", "delete"), primary_key=True)
    ticker = dy.String(primary_key=True, regex=SYMBOL)
    name = _text(nullable=True)
    industry = _text(nullable=True)
    stage = dy.Enum(("preliminary", "updated", "final"), primary_key=True)
    listed_on = dy.Date(primary_key=True, min=FIRST_SESSION, max=LAST_SESSION)
    """Publication date of the list."""
    origin = _text()
    known_at = _known_at()


class DerivedMigration(dy.Schema):
    """A move between Russell 1000 and Russell 2000, inferred afterwards from two lists."""

    event = dy.String(primary_key=True, regex=r"^\d{4}-\d{2}$")
    """Event id as in `recon.calendar`."""
    ticker = dy.String(primary_key=True, regex=SYMBOL)
    """Without separators."""
    from_index = dy.Enum(("R1000", "R2000"))
    to_index = dy.Enum(("R1000", "R2000"))
    origin = _text()
    """Which lists were compared."""
    known_at = _known_at()

    @dy.rule()
    def moves(cls) -> pl.Expr:  # noqa: N805 - a rule is given the class
        """Whoever stays where it was has not moved."""
        return cls.from_index.col != cls.to_index.col


class Filer(dy.Schema):
    """What EDGAR shows of a company, as happenings."""

    cik = dy.String(primary_key=True, regex=r"^\d{10}$")
    session = dy.Date(primary_key=True, min=FIRST_SESSION, max=LAST_SESSION)
    happening = dy.Enum(("seen", "vanished"), primary_key=True)
    name = _text(nullable=True)
    entity_type = _text(nullable=True)
    sic = _text(nullable=True)
    filer_category = _text(nullable=True)
    state_of_incorporation = _text(nullable=True)
    """EDGAR place code."""
    business_state_or_country = _text(nullable=True)
    """EDGAR place code."""
    business_city = _text(nullable=True)
    ein = _text(nullable=True)
    insider_transactions = dy.Bool(nullable=True)
    """Whether insiders report under section 16, as they do for domestic filers only."""
    origin = _text(primary_key=True)
    known_at = _known_at()


class AnnualReport(dy.Schema):
    """An annual report, whose form tells a domestic filer (10-K) from a foreign one."""

    cik = dy.String(primary_key=True, regex=r"^\d{10}$")
    filed = dy.Date(primary_key=True, min=FIRST_DAY, max=LAST_SESSION)
    form = dy.Enum(("10-K", "20-F", "40-F"), primary_key=True)
    """Without its variant: 10-KT and 10-K/A are 10-K."""
    origin = _text(primary_key=True)
    known_at = _known_at()


class FormerName(dy.Schema):
    """A name under which a company filed before."""

    cik = dy.String(primary_key=True, regex=r"^\d{10}$")
    name = _text(primary_key=True)
    valid_from = dy.Date(nullable=True, min=FIRST_DAY, max=LAST_SESSION)
    valid_to = dy.Date(nullable=True, min=FIRST_DAY, max=LAST_SESSION)
    origin = _text(primary_key=True)
    known_at = _known_at()


class TickerCik(dy.Schema):
    """A ticker's company at EDGAR, as happenings. Tickers are reused: read as of a moment."""

    ticker = dy.String(primary_key=True, regex=CODE)
    cik = dy.String(primary_key=True, regex=r"^\d{10}$")
    session = dy.Date(primary_key=True, min=FIRST_SESSION, max=LAST_SESSION)
    happening = dy.Enum(("seen", "vanished"), primary_key=True)
    name = _text(nullable=True)
    origin = _text(primary_key=True)
    known_at = _known_at()


class Directory(dy.Schema):
    """A line of a Nasdaq Trader symbol directory, as happenings."""

    directory = dy.Enum(("nasdaqlisted", "otherlisted", "symbol_list"), primary_key=True)
    symbol = dy.String(primary_key=True, regex=CODE)
    """As the directory writes it: classes with `.`, preferreds with `$`."""
    session = dy.Date(primary_key=True, min=FIRST_SESSION, max=LAST_SESSION)
    happening = dy.Enum(("seen", "vanished"), primary_key=True)
    security_name = _text(nullable=True)
    exchange = _text(nullable=True)
    etf = dy.Bool(nullable=True)
    test_issue = dy.Bool(nullable=True)
    financial_status = _text(nullable=True)
    known_at = _known_at()


class Profile(dy.Schema):
    """Sector, industry and place of a line on one date (financedatabase)."""

    symbol = dy.String(primary_key=True, regex=CODE)
    session = dy.Date(primary_key=True, min=FIRST_SESSION, max=LAST_SESSION)
    name = _text(nullable=True)
    sector = _text(nullable=True)
    industry = _text(nullable=True)
    country = _text(nullable=True)
    state = _text(nullable=True)
    city = _text(nullable=True)
    known_at = _known_at()


class SymbolChange(dy.Schema):
    """A ticker that became another one."""

    effective_on = dy.Date(primary_key=True, min=FIRST_SESSION, max=LAST_SESSION)
    old_symbol = dy.String(primary_key=True, regex=CODE)
    new_symbol = dy.String(primary_key=True, regex=CODE)
    name = _text(nullable=True)
    known_at = _known_at()


class CusipTicker(dy.Schema):
    """CUSIP of a line; the source bears no date."""

    cusip = dy.String(primary_key=True, regex=r"^[0-9A-Z*@#]{9}$")
    ticker = dy.String(primary_key=True, regex=CODE)
    known_at = _known_at()


class Place(dy.Schema):
    """An EDGAR place code: US states, Canadian provinces, countries."""

    code = _text(primary_key=True)
    place = _text()
    type = _text(nullable=True)
    iso = _text(nullable=True)
    known_at = _known_at()


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
    origin = _text(primary_key=True)
    """Form and accession number, or the vendor's own word for where the count is from."""
    known_at = _known_at(primary_key=True)
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
    origin = _text()
    """Where the user has it from."""
    known_at = _known_at(primary_key=True)
    """Part of the key: a later answer goes before an earlier one."""


class QuotedSpread(dy.Schema):
    """Quoted bid-ask spread of a line, from a user's own vendor."""

    symbol = dy.String(primary_key=True, regex=SYMBOL)
    """As the line was written on `session`."""
    session = dy.Date(primary_key=True, min=FIRST_SESSION, max=LAST_SESSION)
    quoted_spread_bps = dy.Float64(min=0.0, max=1e4)
    """Ask less bid, basis points of the mid; of the close or the day's mean, as the vendor says."""
    origin = _text()
    """Where the user has it from."""
    known_at = _known_at(primary_key=True)
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
    origin = _text()
    """Where the user has it from."""
    known_at = _known_at(primary_key=True)
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
    origin = _text()
    """Where the user has it from."""
    known_at = _known_at(primary_key=True)
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
