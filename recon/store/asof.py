"""The store as it was known at one moment: the only way in which anything is read from it.

Every frame holds rows with `known_at` at or before the moment and nothing else, so no result
changes when something known later is added. The exception is asked for by name: with
hindsight `slow-facts`, the slow facts (filer, ticker ↔ CIK, former name, profile) of a subject
of which nothing was known yet come from its earliest later rows, marked in a column
`hindsight` (design, Time).
"""

from collections.abc import Sequence
from datetime import UTC, date, datetime
from functools import cached_property
from typing import Any, Literal, get_args

import polars as pl

from recon.contracts import CONTRACTS, EXCHANGES
from recon.errors import InputError
from recon.resources import query
from recon.store.database import reading
from recon.store.generations import Generation
from recon.store.supply import chosen, supplies

Hindsight = Literal["strict", "slow-facts"]
_HAPPENINGS = {
    "listing": (["symbol", "exchange"], ["symbol", "exchange"]),
    "directory": (["directory", "symbol"], ["directory", "symbol"]),
    "ticker_cik": (["ticker", "cik"], ["ticker"]),
}
"""Key of a life, and the subject for which hindsight stands in."""


class AsOf:
    """What was known at a moment.

    Parameters
    ----------
    generation : Generation
        Held open for as long as this object lives.
    moment : datetime
        Aware; what is known later is not seen.
    hindsight : {"strict", "slow-facts"}
        Whether earliest later rows may stand in for slow facts.
    precedence : sequence of str
        Sources of the same subject and session, the most trusted first; sources not named
        come after, by name.

    Raises
    ------
    InputError
        If the moment has no time zone or the hindsight no such name.
    """

    def __init__(
        self,
        generation: Generation,
        moment: datetime,
        hindsight: Hindsight,
        precedence: Sequence[str],
    ) -> None:
        if moment.tzinfo is None:
            raise InputError(
                "a moment needs a time zone",
                field="moment",
                value=moment,
                expected="an aware datetime, as recon.calendar.end_of_day returns",
            )
        if hindsight not in get_args(Hindsight):
            raise InputError(
                "no such hindsight",
                field="hindsight",
                value=hindsight,
                expected=" or ".join(get_args(Hindsight)),
            )
        self.moment = moment.astimezone(UTC)
        self.hindsight = hindsight
        self._generation = generation
        self._precedence = list(precedence)

    def sessions(self) -> list[date]:
        """Sessions with quotes, ascending."""
        return self._chosen["session"].unique().sort().to_list()

    def quotes(
        self,
        first: date,
        last: date,
        columns: Sequence[str] | None = None,
        symbols: Sequence[str] | None = None,
    ) -> pl.DataFrame:
        """Quotes of all sessions from `first` to `last`, both included.

        Each session comes whole from the first source, by precedence, that has it.

        Parameters
        ----------
        first, last : date
            Range of sessions.
        columns : sequence of str, optional
            Columns of `recon.contracts.Quote` to read; all by default.
        symbols : sequence of str, optional
            Only these lines.

        Returns
        -------
        pl.DataFrame
            By session, symbol and exchange; USD, shares.
        """
        sessions = [session for session in self.sessions() if first <= session <= last]
        return self._quotes(sessions, columns, symbols)

    def cross_section(self, session: date) -> pl.DataFrame:
        """Quotes of one session, by symbol and exchange; empty if it is not known."""
        return self._quotes([session])

    def slices(
        self,
        sessions: Sequence[date],
        before: int,
        columns: Sequence[str] | None = None,
        symbols: Sequence[str] | None = None,
    ) -> pl.DataFrame:
        """Quotes of the windows that end at each of the given sessions, in one query.

        Parameters
        ----------
        sessions : sequence of date
            Last session of each window; one without quotes ends at the session before it.
        before : int
            Sessions in each window, its last included.
        columns, symbols : optional
            As in `quotes`.

        Returns
        -------
        pl.DataFrame
            The union of the windows, each row once, by session, symbol and exchange.
        """
        known = self.sessions()
        wanted: set[date] = set()
        for session in sessions:
            wanted.update([one for one in known if one <= session][-before:])
        return self._quotes(sorted(wanted), columns, symbols)

    def listings(self) -> pl.DataFrame:
        """Lines listed at the moment, by symbol and exchange.

        Returns
        -------
        pl.DataFrame
            The attributes of `recon.contracts.Listing`, `since` (first session of the
            current unbroken life), `last_changed` (session of these attributes), `known_at`.
        """
        return self._live("listing")

    def listing_history(self) -> pl.DataFrame:
        """Intervals of the listing attributes, as known at the moment.

        Returns
        -------
        pl.DataFrame
            The attributes, `valid_from`, `valid_to` (first session on which they no longer
            held; null while no end was known), `known_at`.
        """
        return self._history("listing")

    def life_marks(self, lives: pl.DataFrame) -> pl.DataFrame:
        """Close and implied share count at both ends of lives of symbols.

        Parameters
        ----------
        lives : pl.DataFrame
            `life`, `symbol`, `first`, `gone` (null while listed).

        Returns
        -------
        pl.DataFrame
            `life`, `first_close`, `first_shares`, `last_close`, `last_shares`; USD, shares. A
            life without a cap near either end has no row.
        """
        marks = self._fetch(
            query("life_marks"),
            precedence=self._precedence,
            lives=lives["life"].to_list(),
            symbols=lives["symbol"].to_list(),
            firsts=lives["first"].to_list(),
            gones=lives["gone"].to_list(),
        )
        return marks.cast({"life": lives.schema["life"]})

    def directory(self) -> pl.DataFrame:
        """Lines in the Nasdaq Trader directories at the moment; columns as in `listings`."""
        return self._live("directory")

    def directory_history(self) -> pl.DataFrame:
        """Intervals of the directories' lines; columns as in `listing_history`."""
        return self._history("directory")

    def snapshots(self) -> pl.DataFrame:
        """Index snapshots: `asof`, `index`, `kind`, `origin`, `lines`, `known_at`."""
        return self._typed("membership", self._fetch(query("snapshots")))

    def membership(self, asof: date, index: str, kind: str, origin: str) -> pl.DataFrame:
        """Lines of one snapshot, chosen from `snapshots()`; see `recon.contracts.Membership`."""
        return self._rows(
            "membership",
            '"asof" = $asof AND "index" = $index AND kind = $kind AND origin = $origin',
            asof=asof,
            index=index,
            kind=kind,
            origin=origin,
        )

    def memberships(self, index: str | None = None) -> pl.DataFrame:
        """Lines of all snapshots, of one index or of all."""
        if index is None:
            return self._rows("membership")
        return self._rows("membership", '"index" = $index', index=index)

    def holdings(self) -> pl.DataFrame:
        """Lines of full fund holdings, with the shares that the fund holds."""
        return self._rows("membership", "kind = 'etf_ishares' AND shares IS NOT NULL")

    def announcements(self, event: str | None = None) -> pl.DataFrame:
        """Published additions and deletions, of one event or of all."""
        if event is None:
            return self._rows("announcement")
        return self._rows("announcement", "event = $event", event=event)

    def derived_migrations(self, event: str | None = None) -> pl.DataFrame:
        """Inferred moves between Russell 1000 and Russell 2000: labels, known afterwards."""
        if event is None:
            return self._rows("derived_migration")
        return self._rows("derived_migration", "event = $event", event=event)

    def fund_snapshots(self) -> pl.DataFrame:
        """Fund shares outstanding by date and fund, as the heads of holdings files say."""
        return self._rows("fund_snapshot")

    def filers(self, until: date | None = None) -> pl.DataFrame:
        """Companies at EDGAR, one row each, by CIK.

        Parameters
        ----------
        until : date, optional
            Only what EDGAR showed up to this day; by default everything known.

        Returns
        -------
        pl.DataFrame
            The latest stated value of each attribute of `recon.contracts.Filer`, `session`
            (of the newest statement), `live` (whether the newest file that follows the
            company still had it), `known_at`, `hindsight`.
        """
        sql = query("filers")
        return self._typed("filer", self._fetch(sql, slow_facts=self._slow_facts, until=until))

    def cities_abroad(self) -> pl.DataFrame:
        """Countries of cities outside the United States, as EDGAR's filers give them.

        Returns
        -------
        pl.DataFrame
            `city` (upper case), `iso` (ISO code), `filers` (companies that say so).
        """
        return self._fetch(query("cities_abroad"), slow_facts=self._slow_facts)

    def ticker_cik(self) -> pl.DataFrame:
        """Live pairs of ticker and CIK.

        With hindsight `slow-facts`, the stand-in for a ticker is its earliest later pair,
        which may belong to a company that took the ticker over: `since` is then later than
        the moment, and the caller decides.

        Returns
        -------
        pl.DataFrame
            `ticker`, `cik`, `name`, `origin`, `since`, `session` (of the newest statement),
            `known_at`, `hindsight`.
        """
        pairs = self._live("ticker_cik", slow_facts=self._slow_facts)
        return pairs.rename({"last_changed": "session"})

    def former_names(self) -> pl.DataFrame:
        """Names under which companies filed before, with `hindsight`; no end is in the future."""
        sql = query("former_names")
        return self._typed("former_name", self._fetch(sql, slow_facts=self._slow_facts))

    def annual_forms(self) -> pl.DataFrame:
        """Newest annual report of each company: `cik`, `form` (10-K, 20-F or 40-F), `filed`."""
        return self._typed("annual_report", self._fetch(query("annual_forms")))

    def share_counts(self, first: date, last: date) -> pl.DataFrame:
        """Newest count of each company by each counter, of a day from `first` to `last`.

        Returns
        -------
        pl.DataFrame
            Columns of `recon.contracts.ShareCount`; shares of the day `as_of`.
        """
        counts = self._fetch(query("share_counts"), first=first, last=last)
        return self._typed("share_count", counts)

    def own_facts(self) -> pl.DataFrame:
        """Every answer of the user's own known at the moment; see `recon.contracts.OwnFact`."""
        return self._rows("own_fact")

    def quoted_spreads(self) -> pl.DataFrame:
        """Every quoted spread of the user's own; see `recon.contracts.QuotedSpread`."""
        return self._rows("quoted_spread")

    def implied_volatilities(self) -> pl.DataFrame:
        """Every implied volatility of the user's own; see `recon.contracts.ImpliedVolatility`."""
        return self._rows("implied_volatility")

    def short_interests(self) -> pl.DataFrame:
        """Every short interest of the user's own; see `recon.contracts.ShortInterest`."""
        return self._rows("short_interest")

    def symbol_changes(self) -> pl.DataFrame:
        """Tickers that became others."""
        return self._rows("symbol_change")

    def places(self) -> pl.DataFrame:
        """EDGAR place codes."""
        return self._rows("place")

    @property
    def _naive(self) -> datetime:
        """The moment as the database writes it: UTC, without a zone."""
        return self.moment.replace(tzinfo=None)

    @cached_property
    def _chosen(self) -> pl.DataFrame:
        """Which source counts for each session: nothing that could change at one moment."""
        return chosen(self._generation.books, self._naive, self._precedence)

    @property
    def _slow_facts(self) -> bool:
        return self.hindsight == "slow-facts"

    def _quotes(
        self,
        sessions: Sequence[date],
        columns: Sequence[str] | None = None,
        symbols: Sequence[str] | None = None,
    ) -> pl.DataFrame:
        key = CONTRACTS["quote"].primary_key()
        wanted = list(columns) if columns is not None else CONTRACTS["quote"].column_names()
        needed = dict.fromkeys([*wanted, *key, "known_at"])
        sql = query("quotes").format(columns=", ".join(f'"{name}"' for name in needed))
        asked = None if symbols is None else list(symbols)
        frames = []
        for one in supplies(self._chosen, sessions):
            frame = self._fetch(sql, sessions=one.sessions, batches=one.batches, symbols=asked)
            if one.revised:
                frame = frame.sort("known_at").unique(key, keep="last")
            frames.append(self._typed("quote", frame))
        if not frames:
            return CONTRACTS["quote"].create_empty().select(wanted)
        return _in_order(pl.concat(frames)).select(wanted)

    def _live(self, table: str, *, slow_facts: bool | None = None) -> pl.DataFrame:
        key, subject = _HAPPENINGS[table]
        sql = query("live").format(
            outranked=query("outranked"),
            table=table,
            key=", ".join(key),
            subject=", ".join(subject),
            columns=", ".join(_attributes(table)),
        )
        frame = self._fetch(sql, precedence=self._precedence, slow_facts=bool(slow_facts))
        if slow_facts is None:
            frame = frame.drop("hindsight")
        return self._typed(table, frame)

    def _history(self, table: str) -> pl.DataFrame:
        key, _ = _HAPPENINGS[table]
        sql = query("history").format(
            outranked=query("outranked"),
            table=table,
            key=", ".join(key),
            columns=", ".join(_attributes(table)),
        )
        return self._typed(table, self._fetch(sql, precedence=self._precedence))

    def _rows(self, table: str, condition: str = "TRUE", **parameters: Any) -> pl.DataFrame:
        key = ", ".join(f'"{name}"' for name in CONTRACTS[table].primary_key())
        sql = query("rows").format(table=table, key=key, condition=condition)
        return self._typed(table, self._fetch(sql, precedence=self._precedence, **parameters))

    def _fetch(self, sql: str, **parameters: Any) -> pl.DataFrame:
        with reading(self._generation.file):
            cursor = self._generation.cursor()
            frame: pl.DataFrame = cursor.sql(sql, params={"moment": self._naive, **parameters}).pl()
        return frame

    def _typed(self, table: str, frame: pl.DataFrame) -> pl.DataFrame:
        columns = CONTRACTS[table].columns()
        return frame.cast({name: columns[name].dtype for name in frame.columns if name in columns})


def _attributes(table: str) -> list[str]:
    """Columns of a table of happenings but those that say when."""
    times = ("session", "happening", "known_at")
    return [name for name in CONTRACTS[table].column_names() if name not in times]


def _in_order(quotes: pl.DataFrame) -> pl.DataFrame:
    """Quotes by session, symbol and exchange, since sums in any order differ in their last bits.

    One number a row sorts several times as fast as its texts. A session of one batch is stored
    in order already.
    """
    if quotes["session"].is_sorted() and _is_in_order(quotes):
        return quotes
    symbols = quotes["symbol"].unique().sort()
    parts = (
        pl.col("session"),
        pl.col("symbol").cast(pl.Enum(symbols)),
        pl.col("exchange"),
    )
    day, symbol, exchange = (part.to_physical().cast(pl.Int64) for part in parts)
    return quotes.sort((day * len(symbols) + symbol) * len(EXCHANGES) + exchange)


def _is_in_order(quotes: pl.DataFrame) -> bool:
    later: pl.Expr = pl.lit(value=False)
    for name in ("exchange", "symbol", "session"):
        this = pl.col(name).to_physical()
        later = (this > this.shift()) | ((this == this.shift()) & later)
    return bool(quotes.select(later.slice(1).all()).item())
