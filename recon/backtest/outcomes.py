"""What became of each name of a basket in each window.

Outcomes are read as of the end of the last window and are used for nothing but to be reported.
"""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Final

import numpy as np
import polars as pl

from recon.backtest.baskets import GROUPS
from recon.backtest.calls import lines
from recon.backtest.costs import Costs
from recon.backtest.holding import betas, held, market
from recon.backtest.windows import Window
from recon.forecast.growth import QUOTED, Panel, growth, panel
from recon.master.window import borne
from recon.pipeline import Run
from recon.store import AsOf

MEASURES: Final = ("raw", "adjusted", "net")
"""`raw`: change of the price; `adjusted`: less beta times the index; `net`: what the position
made, adjusted and after costs: a bought addition, a sold deletion."""
PAST: Final = timedelta(days=370)
"""Calendar days read before the first entry: the year of a beta."""

OUTCOMES: Final = {
    "group": pl.String,
    "basket": pl.String,
    "action": pl.String,
    "security_id": pl.String,
    "symbol": pl.String,
    "company": pl.String,
    "matched_to": pl.String,
    "weight": pl.Float64,
    "total_cap_usd": pl.Float64,
    "beta": pl.Float64,
    "window": pl.String,
    "raw": pl.Float64,
    "adjusted": pl.Float64,
    "net": pl.Float64,
    "exit": pl.Date,
    "exit_price_usd": pl.Float64,
    "ended": pl.Boolean,
}
"""Outcomes of names: one row a name and window. Returns are fractions, null where the name had no
close at the entry; `exit` is the session of the last price used, `ended` whether the line was
delisted in the window and went out at that price."""


def members_before(done: Run, lives: pl.DataFrame) -> pl.DataFrame:
    """Members before the event with their cap: the universe of the indexes.

    Parameters
    ----------
    done : Run
        The moment of the calls.
    lives : pl.DataFrame
        Lives that the study knows.

    Returns
    -------
    pl.DataFrame
        `company_id`, `symbol`, `security_id` (the pricing vehicle), `total_cap_usd`,
        `was_r1000`, `was_r2000`.
    """
    owned = lines(done, lives)
    return (
        done.companies.filter(pl.col("member") & (pl.col("total_cap_usd") > 0))
        .select("company_id", "symbol", "total_cap_usd", "was_r1000", "was_r2000")
        .join(owned, on=["company_id", "symbol"])
    )


def read_panel(
    later: AsOf,
    first: date,
    last: date,
    lives: pl.DataFrame,
    frame: pl.DataFrame,
    members: pl.DataFrame,
) -> Panel:
    """Read the changes of all names and members; of other lines and columns nothing is read.

    Parameters
    ----------
    later : AsOf
        The store as of the end of the last window.
    first, last : date
        Sessions read.
    lives : pl.DataFrame
        Lives as known at that moment.
    frame, members : pl.DataFrame
        With `security_id`.
    """
    wanted = (
        pl.concat([frame.select("security_id"), members.select("security_id")])
        .unique(maintain_order=True)
        .with_row_index("line")
    )
    bearers = lives.join(wanted, on="security_id").select(
        "symbol", "line", "security_id", "first", "gone"
    )
    quotes = later.quotes(first, last, QUOTED, bearers["symbol"].unique().to_list())
    return panel(growth(borne(quotes, bearers)))


def outcomes(
    frame: pl.DataFrame,
    members: pl.DataFrame,
    quoted: Panel,
    lives: pl.DataFrame,
    spans: Sequence[Window],
    costs: Costs,
    session: date,
) -> pl.DataFrame:
    """Hold every name through every window.

    Parameters
    ----------
    frame : pl.DataFrame
        Baskets, with `basket`.
    members : pl.DataFrame
        As from `members_before`: each group is held against an index of its own members.
    quoted : Panel
        As from `read_panel`.
    lives : pl.DataFrame
        Lives as known at the end of the last window: they say what was delisted.
    spans : sequence of Window
        Windows that end in the data.
    costs : Costs
        Of the net figures.
    session : date
        Of the caps.

    Returns
    -------
    pl.DataFrame
        Columns of `OUTCOMES`.
    """
    gone = lives.group_by("security_id").agg(
        gone=pl.when(pl.col("gone").is_null().any()).then(None).otherwise(pl.col("gone").max())
    )
    row, begin = quoted.row(session), quoted.row(spans[0].first)
    days = np.array(quoted.sessions, dtype="datetime64[D]")
    universes = {
        "R1000": members.filter("was_r1000"),
        "R2000": members.filter("was_r2000"),
        "R3000": members,
    }
    parts = []
    for group in GROUPS:
        own = frame.filter(pl.col("group") == group).join(gone, on="security_id", how="left")
        index = market(quoted, universes[group], row)
        place = quoted.columns(own["security_id"])
        beta = betas(quoted, index, begin)[place]
        cap = own["total_cap_usd"].fill_null(np.nan).to_numpy()
        sold = (own["action"] == "delete").to_numpy()
        for span in spans:
            first, last = quoted.row(span.first), quoted.row(span.last)
            found = held(quoted, index, beta, place, first, last)
            price = quoted.close[first, place]
            length = (days[found.exit] - days[first]).astype(np.float64)
            cost = np.where(
                sold,
                costs.of_holding(price, cap, beta, length, short=True),
                costs.of_holding(price, cap, beta, length, short=False),
            )
            parts.append(
                own.with_columns(
                    window=pl.lit(span.name),
                    beta=pl.Series(beta),
                    raw=pl.Series(found.raw),
                    adjusted=pl.Series(found.adjusted),
                    net=pl.Series(np.where(sold, -found.adjusted, found.adjusted) - cost),
                    exit=pl.Series(days[found.exit]),
                    exit_price_usd=pl.Series(quoted.close[found.exit, place]),
                )
                .with_columns(
                    pl.col("raw", "adjusted", "net", "exit_price_usd").fill_nan(None),
                    ended=pl.col("gone") <= span.last,
                )
                .with_columns(
                    exit=pl.when(pl.col("raw").is_not_null()).then("exit"),
                    exit_price_usd=pl.when(pl.col("raw").is_not_null()).then("exit_price_usd"),
                    ended=(pl.col("ended") & pl.col("raw").is_not_null()).fill_null(False),
                )
            )
    return pl.concat(parts).select(pl.col(name).cast(kind) for name, kind in OUTCOMES.items())
