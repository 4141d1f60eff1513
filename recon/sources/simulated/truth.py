"""What is true in a simulated market: the answers that the pipe is held against."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import polars as pl

from recon.sources.simulated.book import Book
from recon.sources.simulated.history import Standing
from recon.sources.simulated.oracle import Members

INDEXES = ("R1000", "R2000", "R3000", "RMICRO")


@dataclass(frozen=True, slots=True)
class SimulatedTruth:
    """The truth behind a folder of simulated data; the frames are also in `truth/*.parquet`.

    Attributes
    ----------
    folder : Path
        Where the simulated data is.
    seed : int
        The seed that it was made from.
    lines : DataFrame
        `line`, `cik`, `symbol`, `exchange`, `name`, `share_type` (common, additional_class,
        adr, unit, warrant, right, preferred, note), `structure` (operating, bank, reit, up_c,
        foreign, foreign_adr, closed_end_fund, bdc, spac, limited_partnership, royalty_trust),
        `nationality`, `first_session`, `last_session` (null: listed at the end), one row a
        line and symbol.
    companies : DataFrame
        One row an event and company listed on its rank day: `event`, `cik`, `name`,
        `structure`, `nationality`, `total_shares`, `price_usd` (pricing vehicle's close),
        `total_cap_usd`, `eligible`, `rank`, `percentile` (null where not ranked),
        `index_before`, `index_after` (R1000, R2000, or null), `micro_before`, `micro_after`.
    event_lines : DataFrame
        One row an event and common line of an eligible company: `event`, `line`, `cik`,
        `symbol` (rank day), `exchange`, `share_type`, `role` (pricing_vehicle or
        additional_class), `eligible`.
    changes : DataFrame
        True additions and deletions by line: `event`, `index`, `action` (add, delete), `cik`,
        `line`, `symbol` (effective day), `exchange`, `name`, `from_index`, `to_index`: set
        both for moves between the Russell 1000 and 2000.
    events : DataFrame
        `event`, `kind`, `rank_day`, `effective`, `cap_1000_usd`, `cap_2000_usd`,
        `cap_3000_usd`, `cap_smallest_usd`, `band_low`, `band_high` (percentiles, null for
        IPO events), `eligible` (companies).
    """

    folder: Path
    seed: int
    lines: pl.DataFrame
    companies: pl.DataFrame
    event_lines: pl.DataFrame
    changes: pl.DataFrame
    events: pl.DataFrame

    def write(self) -> None:
        """Write every frame as `truth/<name>.parquet`."""
        target = self.folder / "truth"
        target.mkdir(parents=True, exist_ok=True)
        for name in ("lines", "companies", "event_lines", "changes", "events"):
            frame: pl.DataFrame = getattr(self, name)
            frame.write_parquet(target / f"{name}.parquet")


def gather(folder: Path, seed: int, book: Book) -> SimulatedTruth:
    """Collect the truth of a simulated market.

    Parameters
    ----------
    folder : Path
        Where the simulated data is.
    seed : int
        The seed that it was made from.
    book : Book
        The market and its membership history.

    Returns
    -------
    SimulatedTruth
    """
    standings = book.history.standings
    return SimulatedTruth(
        folder=folder,
        seed=seed,
        lines=_lines(book),
        companies=_stack([_companies(book, s) for s in standings]),
        event_lines=_stack([_event_lines(book, s) for s in standings]),
        changes=_stack([_changes(book, s) for s in standings]),
        events=_stack([_event(s) for s in standings]),
    )


def _stack(frames: list[pl.DataFrame]) -> pl.DataFrame:
    return pl.concat(frames) if frames else pl.DataFrame({"event": pl.Series([], dtype=pl.String)})


def _lines(book: Book) -> pl.DataFrame:
    days = pl.Series(book.market.sessions)
    facts = book.market.companies.select("company", "cik", "structure", "nationality")
    joined = book.market.periods.join(facts, on="company").join(
        book.market.lines.select("line", "share_type"), on="line"
    )
    return joined.select(
        "line", "cik", "symbol", "exchange", "name", "share_type", "structure", "nationality",
        first_session=days.gather(joined["since"]),
        last_session=pl.when(pl.col("until") < len(days)).then(
            days.gather(joined["until"] - 1)
        ),
    ).sort("line", "first_session")  # fmt: skip


def _index(members: Members) -> pl.Series:
    names = np.select([members.r1000, members.r2000], ["R1000", "R2000"], "")
    return pl.Series(names).replace("", None)


def _companies(book: Book, standing: Standing) -> pl.DataFrame:
    at = standing.ranked_at
    frame = book.market.companies.select(
        "company", "cik", "name", "structure", "nationality", "born", "gone"
    )
    ranked = standing.rank > 0
    return (
        frame.with_columns(
            event=pl.lit(standing.event.id),
            total_shares=pl.Series(book.market.paths.shares[:, at]),
            price_usd=pl.Series(standing.price),
            total_cap_usd=pl.Series(standing.cap),
            eligible=pl.Series(standing.eligible),
            rank=pl.when(pl.Series(ranked)).then(pl.Series(standing.rank)),
            percentile=pl.Series(standing.percentile).fill_nan(None),
            index_before=_index(standing.before),
            index_after=_index(standing.after),
            micro_before=pl.Series(standing.before.rmicro),
            micro_after=pl.Series(standing.after.rmicro),
        )
        .filter(pl.col("born") <= at, at < pl.col("gone"))
        .select(
            "event", "cik", "name", "structure", "nationality", "total_shares", "price_usd",
            "total_cap_usd", "eligible", "rank", "percentile", "index_before", "index_after",
            "micro_before", "micro_after",
        )
    )  # fmt: skip


def _event_lines(book: Book, standing: Standing) -> pl.DataFrame:
    owner = book.market.lines["company"].to_numpy()
    vehicle = standing.vehicle[owner] == np.arange(book.market.lines.height)
    facts = book.market.lines.select(
        "line",
        "share_type",
        cik=book.market.companies["cik"].gather(book.market.lines["company"]),
        fits=pl.Series(standing.line_fits),
        company_eligible=pl.Series(standing.eligible[owner]),
        role=pl.Series(np.where(vehicle, "pricing_vehicle", "additional_class")),
    )
    return (
        book.symbols(standing.ranked_at)
        .join(facts, on="line")
        .filter("company_eligible", pl.col("share_type").is_in(["common", "additional_class"]))
        .select(
            "line", "cik", "symbol", "exchange", "share_type", "role",
            event=pl.lit(standing.event.id), eligible="fits",
        )
        .sort("line")
    )  # fmt: skip


def _changes(book: Book, standing: Standing) -> pl.DataFrame:
    before, after = _index(standing.before), _index(standing.after)
    moved = (before != after) & before.is_not_null() & after.is_not_null()
    frames = []
    for index in INDEXES:
        pair = moved if index in ("R1000", "R2000") else moved & pl.Series([False])
        for action in ("add", "delete"):
            rows = book.changed(standing, index, action)
            who = rows["company"]
            frames.append(
                rows.select(
                    "line", "symbol", "exchange", "name",
                    event=pl.lit(standing.event.id),
                    index=pl.lit(index),
                    action=pl.lit(action),
                    cik=book.market.companies["cik"].gather(who),
                    from_index=pl.when(pair.gather(who)).then(before.gather(who)),
                    to_index=pl.when(pair.gather(who)).then(after.gather(who)),
                )
            )  # fmt: skip
    return pl.concat(frames)


def _event(standing: Standing) -> pl.DataFrame:
    event = standing.event
    caps = [standing.cap_at[place] for place in sorted(standing.cap_at)]
    low, high = standing.band or (None, None)
    return pl.DataFrame(
        {
            "event": [event.id],
            "kind": [event.kind],
            "rank_day": [event.rank_day],
            "effective": pl.Series([event.effective], dtype=pl.Date),
            "cap_1000_usd": [caps[0]],
            "cap_2000_usd": [caps[1]],
            "cap_3000_usd": [caps[2]],
            "cap_smallest_usd": [caps[3]],
            "band_low": pl.Series([low], dtype=pl.Float64),
            "band_high": pl.Series([high], dtype=pl.Float64),
            "eligible": [int(standing.eligible.sum())],
        }
    )
