"""Total shares of the company behind each listed line, repaired, as of a session.

The screener gives a market cap and a close; their ratio is the company's share count (every
line of a company carries the company's total times that line's own price; Berkshire is the
exception and is left as it is). The series lags and leads splits, replays old ones, goes
wrong for weeks, is empty for some lines and counts only the listed class for others. This
module turns a window of quotes into one count per line and wanted session, using nothing
after that session, and says where each count comes from.

The longer the window, the more is known: 60 sessions repair splits and glitches, two years
show what a company counted before its units were dropped. Older sessions may be samples
(month ends); the trials then run on calendar time.
"""

from collections.abc import Sequence
from datetime import date

import numpy as np
import polars as pl

from recon.errors import InputError
from recon.master.share_dense import dense_breaks, dense_quotes
from recon.master.share_scan import Scan
from recon.master.share_splits import price_breaks
from recon.master.share_state import Answer, Observed
from recon.master.share_trials import KINDS, LAG
from recon.master.share_units import may_have_units

CARRY_DAYS = 370
"""Calendar days for which the last good count stands in for a missing one."""
SPLIT_DAYS = 20
"""A count held back within so many days of a split is put down to the split."""
UNITS_DOUBT = 0.3
"""Of the log distance between all units and the listed class: the rule errs in a tenth of
the cases, and sqrt(0.1) is 0.3."""
YEARLY_DOUBT = 0.1
"""Log count: how far counts drift in a year that is not seen."""
PROVENANCES = (
    "reported",
    "repaired:split",
    "repaired:glitch",
    "carried",
    "carried:units",
    "filled:holdings",
    "missing",
)
NEEDED = ("session", "exchange", "close", "netchange", "market_cap")


def repair(quotes: pl.DataFrame, sessions: Sequence[date], key: str = "symbol") -> pl.DataFrame:
    """Repaired share counts of all lines for some sessions.

    Parameters
    ----------
    quotes : polars.DataFrame
        `session`, `key`, `symbol`, `exchange`, `close`, `netchange` (USD) and `market_cap`
        (USD; 0 and null mean unknown), one row per session and line, the wanted sessions and
        any number before them. Optional: `name` (of the security) or `has_units` (Boolean, the
        caller's own verdict, which takes precedence): without either no count of all units
        is carried.
    sessions : sequence of datetime.date
        Wanted sessions. Each answer depends on quotes up to that session alone, and on the
        first session of the window.
    key : str
        Column that names a line through time: the symbol, or a security id that survives
        renames and is not reused.

    Returns
    -------
    polars.DataFrame
        One row per quote of a wanted session: `session`, `symbol`, `exchange`, (`key`),
        `close`, `shares` (company total; null when missing), `provenance` (see
        `PROVENANCES`), `shares_reported` (market cap / close), `shares_units` (count of all
        units seen earlier, whether used or not), `note` (codes joined by `;`: `trial:KIND`
        for a reported count that is not believed yet, `age:DAYS` of a carried count,
        `units:unproven`), `log_shares_dispersion` (standard deviation, roughly, of the log
        count).

    Raises
    ------
    InputError
        A needed column is absent.
    """
    absent = [c for c in (*NEEDED, "symbol", key) if c not in quotes.columns]
    if absent:
        raise InputError("quotes lack a column", field="quotes", value=absent, expected=str(NEEDED))
    wanted = sorted(set(sessions))
    quotes = quotes.filter(pl.col("session") <= (wanted[-1] if wanted else date.min))
    if quotes.is_empty():
        return _rows(quotes, [], key)
    grid = quotes["session"].unique().sort()
    lines = quotes[key].unique().sort()
    spots = quotes.select(
        row=pl.col("session").replace_strict(grid, pl.int_range(len(grid), eager=True)),
        line=pl.col(key).replace_strict(lines, pl.int_range(len(lines), eager=True)),
    )
    row, line = spots["row"].to_numpy(), spots["line"].to_numpy()
    price, count = dense_quotes(quotes, row, line, (len(grid), len(lines)))
    split, renewed = dense_breaks(price_breaks(quotes, key), grid, lines, key)
    days = grid.cast(pl.Int32).to_numpy()
    last = {day: i for i, day in enumerate(grid) if day in set(wanted)}
    scan, found = Scan(len(lines)), []
    for i, day in enumerate(grid):
        answer = scan.step(Observed(int(days[i]), count[i], price[i], split[i], renewed[i]))
        if day in last:
            found.append(_answers(day, int(days[i]), answer).with_columns(lines.alias(key)))
    return _rows(quotes, found, key)


def _answers(session: date, day: int, answer: Answer) -> pl.DataFrame:
    """State of the pass after one session as a frame, in the order of the lines."""
    return pl.DataFrame(
        {
            "level": np.exp(answer.level),
            "units": np.exp(answer.units),
            "doubt": answer.doubt,
            "age": day - answer.level_day,
            "since_split": day - answer.split_day,
            "trial": answer.trial,
        }
    ).select(pl.lit(session).alias("session"), pl.all().fill_nan(None))


def _rows(quotes: pl.DataFrame, found: list[pl.DataFrame], key: str) -> pl.DataFrame:
    """Join the state to the quotes of the wanted sessions and say where counts come from."""
    empty: dict[str, pl.DataType | type[pl.DataType]] = {
        "session": pl.Date,
        key: quotes.schema[key],
        **dict.fromkeys(("level", "units", "doubt", "age", "since_split"), pl.Float64),
        "trial": pl.Int64,
    }
    state = pl.concat(found) if found else pl.DataFrame(schema=empty)
    proven = (
        pl.col("has_units").fill_null(False)
        if "has_units" in quotes.columns
        else may_have_units(pl.col("name"))
        if "name" in quotes.columns
        else pl.lit(False)
    )
    reported = pl.when(pl.col("market_cap") > 0, pl.col("close") > 0).then(
        pl.col("market_cap") / pl.col("close")
    )
    late = quotes.filter(pl.col("session").is_in(state["session"].unique().implode()))
    rows = late.join(state, on=["session", key], how="inner").with_columns(
        shares_reported=reported, use_units=proven & pl.col("units").is_not_null()
    )
    stale = pl.col("shares_reported").is_null() & (pl.col("age") > CARRY_DAYS)
    held = pl.col("trial") >= 0
    by_split = (pl.col("trial") == LAG) | (pl.col("since_split") <= SPLIT_DAYS)
    provenance = (
        pl.when(pl.col("level").is_null() | stale)
        .then(pl.lit("missing"))
        .when("use_units")
        .then(pl.lit("carried:units"))
        .when(pl.col("shares_reported").is_null())
        .then(pl.lit("carried"))
        .when(held & by_split)
        .then(pl.lit("repaired:split"))
        .when(held)
        .then(pl.lit("repaired:glitch"))
        .otherwise(pl.lit("reported"))
    )
    note = pl.concat_str(
        pl.when(held & pl.col("shares_reported").is_not_null()).then(
            pl.format(
                "trial:{}",
                pl.col("trial").replace_strict(list(range(len(KINDS))), KINDS, default=None),
            )
        ),
        pl.when(pl.col("provenance") == "carried").then(
            pl.format("age:{}", pl.col("age").cast(pl.Int64))
        ),
        pl.when(pl.col("units").is_not_null() & ~pl.col("use_units")).then(
            pl.lit("units:unproven")
        ),
        separator=";",
        ignore_nulls=True,
    )
    unseen = YEARLY_DOUBT * (pl.col("age").clip(0) / 365).sqrt()
    spread = (
        pl.when("use_units")
        .then(UNITS_DOUBT * (pl.col("units") / pl.col("level")).log())
        .otherwise(pl.max_horizontal("doubt", unseen))
    )
    known = pl.col("provenance") != "missing"
    return rows.with_columns(provenance=provenance).select(
        *dict.fromkeys(("session", "symbol", "exchange", key)),
        "close",
        shares=pl.when(known).then(
            pl.when("use_units")
            .then("units")
            .when(pl.col("provenance") == "reported")
            .then("shares_reported")
            .otherwise("level")
        ),
        provenance=pl.col("provenance"),
        shares_reported=pl.col("shares_reported"),
        shares_units=pl.col("units"),
        note=note,
        log_shares_dispersion=pl.when(known).then(spread),
    )
