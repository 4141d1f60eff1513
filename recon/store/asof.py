"""The store as it was known at one moment: the only way in which anything is read from it.

Every frame holds rows with `known_at` at or before the moment and nothing else, so no result
changes when something known later is added. The exception is asked for by name: with
hindsight `slow-facts`, the slow facts (filer, ticker ↔ CIK, former name, profile) of a subject
of which nothing was known yet come from its earliest later rows, marked in a column
`hindsight` (design, Time).
"""

from datetime import date

import polars as pl

from recon.resources import query
from recon.store.quotes import Quotes


class AsOf(Quotes):
    """What was known at a moment: quotes, listings, members and lists, EDGAR's facts, one's own.

    Parameters as in `recon.store.reads.Reads`.
    """

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

    def ticker_cik_history(self) -> pl.DataFrame:
        """Pairs of ticker and CIK as intervals: `valid_from`, `valid_to` (null while so)."""
        return self._history("ticker_cik")

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
