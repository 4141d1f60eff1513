"""Sessions and their quotes as they were known at one moment."""

from bisect import bisect_right
from collections.abc import Sequence
from datetime import date
from functools import cached_property

import polars as pl

from recon.contracts import CONTRACTS, EXCHANGES
from recon.resources import query
from recon.store.reads import Reads
from recon.store.supply import chosen, supplies


class Quotes(Reads):
    """The quotes that were known at a moment; parameters as in `recon.store.reads.Reads`."""

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
            end = bisect_right(known, session)
            wanted.update(known[max(0, end - before) : end])
        return self._quotes(sorted(wanted), columns, symbols)

    def life_marks(self, lives: pl.DataFrame) -> pl.DataFrame:
        """Close and implied share count at both ends of lives of symbols.

        Parameters
        ----------
        lives : pl.DataFrame
            `life`, `symbol`, `first`, `gone` (null while listed).

        Returns
        -------
        pl.DataFrame
            `life`, `first_close`, `first_shares`, `last_close`, `last_shares`, `last_dollars` (of
            the busiest session); USD, shares. A life without a close near either end has no row.
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

    @cached_property
    def _chosen(self) -> pl.DataFrame:
        """Which source counts for each session: nothing that could change at one moment."""
        return chosen(self._generation.books, self._naive, self._precedence)

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
