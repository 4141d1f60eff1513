"""What is monitored, for reading on a terminal: the move in parts, crowding, liquidity, flows."""

from collections.abc import Callable, Mapping
from typing import Any, Final

import polars as pl
from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from recon.cli.tables import grid, head
from recon.monitor.attribution import PARTS
from recon.publish.words import money

UNKNOWN: Final = "–"
OWN: Final = {
    "quoted_spread_bps": "quoted spread",
    "implied_volatility_percent": "implied volatility",
    "shares_short": "short interest",
}
"""Figures that only the user's own files have."""
LEGEND: Final = (
    "– unknown: --format csv says why, in the column reasons. log points: 100 × log of a ratio, so "
    "that parts add up;\n+10 is +10.5 %, -50 is -39.3 %, -100 is -63.2 %. before and now: cap over "
    "line, above it positive. own: beyond the styles.\nbreak: price moves that daily changes do "
    "not show (spin-off, gap). count: shares. line: the line's own move, turned.\nspent: move "
    "since near over the one to expect, which is known at rank 3,000 only; z: in standard "
    "deviations of the past.\nvolume: a week over its usual; turnover: a session; to trade: days "
    "of median volume. Amihud: bp for $1m; Roll, quoted: spreads, bp."
)

Cell = Callable[[Mapping[str, Any]], str]


def flows_line(funds: pl.DataFrame) -> str:
    """Say what came into the funds or went.

    Parameters
    ----------
    funds : pl.DataFrame
        As from `recon.monitor.funds_now`.
    """
    return "fund flows: " + "; ".join(_flow(row) for row in funds.iter_rows(named=True))


def _flow(row: Mapping[str, Any]) -> str:
    usd = row["flow_usd"]
    if usd is None:
        day = "" if row["asof"] is None else f", newest {row['asof']}"
        return f"{row['fund']} unknown ({row['reason'].replace('_', ' ')}{day})"
    share = row["flow_volume_percent"]
    traded = "" if share is None else f", {share:+.2f} % of the volume of its lines"
    return (
        f"{row['fund']} {'-' if usd < 0 else '+'}{money(abs(usd))} ({row['flow_percent']:+.2f} %) "
        f"from {row['previous']} to {row['asof']}{traded}"
    )


def own_line(rows: pl.DataFrame) -> str:
    """Say how many rows have figures from the user's own files."""
    known = {name: rows[column].count() for column, name in OWN.items()}
    said = ", ".join(f"{name} {count:,}" for name, count in known.items() if count)
    absent = ", ".join(name for name, count in known.items() if not count)
    parts = [f"{said} of {rows.height:,} rows"] if said else []
    parts += [f"{absent} unknown, as no file of yours says them"] if absent else []
    return "your own figures: " + "; ".join(parts)


def monitor_text(rows: pl.DataFrame, limit: int | None, *, by_day: bool = False) -> RenderableType:
    """Lay signals out: for each index and action the move, crowding and liquidity.

    Parameters
    ----------
    rows : pl.DataFrame
        Columns of `recon.monitor.SIGNALS`, `company`, `probability`, `call`, `usd_to_trade`,
        `days_of_volume`.
    limit : int or None
        Rows of each index and action, those with the largest expected trade; None for all.
    by_day : bool
        Whether rows are of one name on many days, and not of many names on one.
    """
    expected = (pl.col("probability") * pl.col("usd_to_trade").abs()).fill_null(0.0)
    largest = [-expected, -pl.col("probability"), pl.col("symbol")]
    keys, order, first = ["index", "action"], largest, "symbol"
    if by_day:
        keys, order, first = ["symbol", "index", "action"], [pl.col("day")], "day"
    parts: list[RenderableType] = []
    for said, group in rows.sort(*keys, *order).group_by(keys, maintain_order=True):
        shown = group if limit is None else group.head(limit)
        title = " ".join(str(one) for one in said)
        line = ", ".join(
            one.removeprefix("band_").replace("_", " ")
            for one in shown["breakpoint"].drop_nulls().unique(maintain_order=True)
        )
        parts += [
            _laid(f"{title}: distance to {line or 'its line'}, log points", shown, first, MOVED),
            _laid(f"{title}: crowding", shown, first, CROWDING),
            _laid(f"{title}: liquidity", shown, first, _liquidity(rows)),
        ]
        if left := group.height - shown.height:
            parts.append(Text(f"  … {left:,} more, use --format csv or --limit 0"))
        parts.append(Text())
    return Group(*parts) if parts else Text("no candidates")


def _points(name: str) -> Cell:
    return lambda row: UNKNOWN if row[name] is None else f"{100 * row[name]:+.1f}"


def _figure(name: str, form: str, times: float = 1.0) -> Cell:
    return lambda row: UNKNOWN if row[name] is None else form.format(times * row[name])


def _said(name: str, words: Callable[[Any], str] = str) -> Cell:
    return lambda row: UNKNOWN if row[name] is None else words(row[name])


def _doubts(row: Mapping[str, Any]) -> str:
    codes = [one.partition(":") for one in row["reasons"]]
    return ", ".join(why.replace("_", " ") for what, _, why in codes if what == "attribution")


MOVED: Final[dict[str, Cell]] = {
    "prob": _figure("probability", "{:.2f}"),
    "before": _points("distance_before"),
    **{
        {
            "volatility": "vola",
            "price_break": "break",
            "share_count": "count",
            "line_moved": "line",
        }.get(name, name): _points(name)
        for name in PARTS
    },
    "now": _points("distance"),
    "doubts": _doubts,
}
"""Columns of the attribution: `before` and the parts add up to `now`."""
CROWDING: Final[dict[str, Cell]] = {
    "near since": _said("near_since"),
    "moved since": _points("move_since_near"),
    "z": _figure("move_since_near_z", "{:+.1f}"),
    "to expect": _points("expected_move"),
    "spent": _figure("move_spent", "{:,.1f} ×"),
    "since rank day": _points("return_since_rank_day"),
    "volume": _figure("abnormal_volume", "{:,.1f} ×"),
    "volume z": _figure("abnormal_volume_z", "{:+.1f}"),
    "turnover": _figure("turnover", "{:.2f} %", 100),
}
LIQUIDITY: Final[dict[str, Cell]] = {
    "median a day": _said("median_dollar_volume_usd", money),
    "mean a day": _said("mean_dollar_volume_usd", money),
    "to trade": _figure("days_of_volume", "{:.1f} d"),
    "Amihud": _figure("amihud", "{:,.1f}", 1e4),
    "Roll": _figure("roll_spread", "{:,.0f}", 1e4),
}
OWN_CELLS: Final[dict[str, dict[str, Cell]]] = {
    "quoted_spread_bps": {"quoted": _figure("quoted_spread_bps", "{:,.1f}")},
    "implied_volatility_percent": {
        "implied vol": _figure("implied_volatility_percent", "{:.1f} %"),
        "tenor": _figure("implied_volatility_days", "{:.0f} d"),
    },
    "shares_short": {
        "short": _figure("short_percent", "{:.1f} %"),
        "to cover": _figure("days_to_cover", "{:.1f} d"),
    },
}
FLOW_CELLS: Final[dict[str, Cell]] = {
    "funds' flow": _figure("fund_flow_usd", "{:+,.0f} $"),
    "of volume": _figure("fund_flow_percent", "{:+.2f} %"),
}


def _liquidity(rows: pl.DataFrame) -> dict[str, Cell]:
    """Columns of liquidity, with those of the user's own and of the funds that anything has."""
    cells = dict(LIQUIDITY)
    for column, own in OWN_CELLS.items():
        if rows[column].count():
            cells |= own
    return cells | (FLOW_CELLS if rows["fund_flow_usd"].count() else {})


def _laid(title: str, rows: pl.DataFrame, first: str, cells: Mapping[str, Cell]) -> Table:
    laid = grid(title)
    head(laid, [first, *cells], left=(first, "doubts"))
    for row in rows.iter_rows(named=True):
        laid.add_row(Text(str(row[first])), *(cell(row) for cell in cells.values()))
    return laid
