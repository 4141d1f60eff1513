"""Index membership as users have it: snapshots, official lists, announced changes, raw files."""

from datetime import date
from pathlib import Path

import polars as pl

from recon.calendar import session_after
from recon.sources.parquet import SIMULATED_STAMP
from recon.sources.simulated.book import FUNDS, Book, flags_of, fund_name
from recon.sources.simulated.history import Standing
from recon.sources.simulated.ishares import write_holdings

_SNAPSHOT = {
    "asof": pl.Date(),
    **dict.fromkeys(("index", "ticker", "ticker_norm", "name"), pl.String()),
    **dict.fromkeys(("weight", "shares", "price", "market_value"), pl.Float64()),
    **dict.fromkeys(("cusip", "isin", "sector", "exchange", "kind", "source", "note"), pl.String()),
}
_ANNOUNCED = (
    "recon", "index", "action", "ticker", "name", "list_date", "preliminary_or_final", "source",
    "kind",
)  # fmt: skip
_FULL_MONTH = 3
_RAW_SESSIONS = 5


def write_membership(folder: Path, book: Book) -> None:
    """Write `membership/membership.parquet`, `announced_changes.csv` and `raw/`.

    Parameters
    ----------
    folder : Path
        Folder of the simulated data.
    book : Book
        What to write from. `raw/` gets the holdings of IWB, IWM and IWV of the last five sessions,
        with the fund's shares outstanding changing from one to the next.
    """
    raw = folder / "membership" / "raw"
    raw.mkdir(parents=True, exist_ok=True)
    snapshots(book).write_parquet(
        folder / "membership" / "membership.parquet", metadata=SIMULATED_STAMP
    )
    announced(book).write_csv(folder / "membership" / "announced_changes.csv")
    for day in book.market.sessions[-_RAW_SESSIONS:]:
        for index in ("R1000", "R2000", "R3000"):
            write_holdings(raw / f"{FUNDS[index]}_holdings_{day}.csv", book, day, index)


def snapshots(book: Book) -> pl.DataFrame:
    """Give `membership.parquet`: fund holdings by month, official lists by event.

    Parameters
    ----------
    book : Book
        What to write from.

    Returns
    -------
    DataFrame
        Columns and types of the real file. Full holdings of all three funds on the first
        session and at every end of March, tickers of IWB and IWM at the other ends of a month,
        the lists of a reconstitution on its effective day.
    """
    days = pl.Series("day", book.market.sessions)
    months = days.to_frame().group_by(pl.col("day").dt.truncate("1mo").alias("month"))
    ends: list[date] = months.agg(pl.col("day").max())["day"].sort().to_list()
    full = sorted({book.market.sessions[0], *(day for day in ends if day.month == _FULL_MONTH)})
    parts = [_full(book, day, index) for day in full for index in ("R1000", "R2000", "RMICRO")]
    parts += [
        _tickers(book, day, index)
        for day in ends
        if day not in full
        for index in ("R1000", "R2000")
    ]
    for standing in book.history.standings:
        effective = standing.event.effective
        if standing.event.kind == "recon" and effective and effective <= book.market.sessions[-1]:
            parts += [
                _official(book, standing, effective, "R3000", "official_membership_list"),
                _official(book, standing, effective, "R2000", "official_membership_list"),
                _official(book, standing, effective, "R1000", "official_derived"),
            ]
    return pl.concat(parts).sort("asof", "index", "kind", "ticker")


def announced(book: Book) -> pl.DataFrame:
    """Give `announced_changes.csv`: what was published by the end of the window.

    Parameters
    ----------
    book : Book
        What to write from.

    Returns
    -------
    DataFrame
        Columns of the real file; `list_date` is the effective day of a reconstitution and the
        session after it for IPO additions, as there.
    """
    parts = [pl.DataFrame(schema={**dict.fromkeys(_ANNOUNCED, pl.String), "list_date": pl.Date})]
    for standing in book.history.standings:
        event = standing.event
        recon = event.kind == "recon"
        published = event.effective if recon else event.preliminary
        if event.effective is None or published is None or published > book.market.sessions[-1]:
            continue
        parts += [
            book.changed(standing, "R3000", action).select(
                recon=pl.lit(event.id.removeprefix("ipo:")),
                index=pl.lit("R3000"),
                action=pl.lit(action),
                ticker=_dotted("symbol"),
                name=fund_name("name"),
                list_date=pl.lit(event.effective if recon else session_after(event.effective)),
                preliminary_or_final=pl.lit("final"),
                source=pl.lit(book.origin),
                kind=pl.lit("reconstitution" if recon else "ipo_addition"),
            )
            for action in (("add", "delete") if recon else ("add",))
        ]
    return pl.concat(parts).sort("recon", "kind", "action", "ticker")


def _full(book: Book, day: date, index: str) -> pl.DataFrame:
    held = book.holding(day, index)
    frame = held.with_columns(ticker=_bare("symbol"), name="fund_name", exchange="venue")
    return _shaped(book, frame, "etf_ishares", f"{FUNDS[index]} holdings")


def _tickers(book: Book, day: date, index: str) -> pl.DataFrame:
    frame = book.holding(day, index).select("asof", "index", ticker=_bare("symbol"))
    kept = index == "R2000" and bool(book.kept(day).any())
    note = f"{FUNDS[index]} month-end, tickers only"
    note += "; some deleted names are still held" if kept else ""
    return _shaped(book, frame, "etf_ishares_tickers", note)


def _official(book: Book, standing: Standing, day: date, index: str, kind: str) -> pl.DataFrame:
    member = flags_of(standing.after, index)[book.market.lines["company"].to_numpy()]
    frame = book.symbols(standing.effective_at, standing.line_fits & member).select(
        asof=pl.lit(day), index=pl.lit(index), ticker=_dotted("symbol"), name=fund_name("name")
    )
    return _shaped(book, frame, kind, None)


def _shaped(book: Book, frame: pl.DataFrame, kind: str, note: str | None) -> pl.DataFrame:
    """Bring a snapshot into the columns and types of the real file."""
    marked = frame.with_columns(
        ticker_norm=pl.col("ticker").str.replace_all(r"[./]", ""),
        kind=pl.lit(kind),
        source=pl.lit(book.origin),
        note=pl.lit(note),
    )
    return marked.select(
        (pl.col(name) if name in marked.columns else pl.lit(None).alias(name)).cast(dtype)
        for name, dtype in _SNAPSHOT.items()
    )


def _bare(column: str) -> pl.Expr:
    """Symbol as funds write it."""
    return pl.col(column).str.replace_all("/", "", literal=True)


def _dotted(column: str) -> pl.Expr:
    """Symbol as official lists write it."""
    return pl.col(column).str.replace_all("/", ".", literal=True)
