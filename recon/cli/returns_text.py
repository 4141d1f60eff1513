"""An event study for reading on a terminal: figures in percent, each with its n."""

from collections.abc import Sequence
from typing import Any, Final

import polars as pl
from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from recon.backtest.costs import Costs
from recon.backtest.findings import MAIN, Study
from recon.backtest.literature import beside
from recon.backtest.tally import EVENTS, POOLED
from recon.cli.tables import fold, grid
from recon.publish.freshness import mark

GROUPS: Final = {
    "R2000": "Russell 2000 from and to outside the Russell 3000",
    "R3000": "Russell 3000",
    "R1000": "Russell 1000, moves from and to the Russell 2000 among them",
}
SHOWN: Final = ("adjusted", "net")
"""Measures that are shown event by event."""
SIDES: Final = {"add": "additions", "delete": "deletions", "spread": "spread"}


def study_text(study: Study) -> RenderableType:
    """Lay a study out: what it is, each group by event and by window, literature, who left.

    Parameters
    ----------
    study : Study
        As from `recon.backtest.study.study`.
    """
    figures = study.figures
    events = [one.event for one in study.events]
    parts: list[RenderableType] = [Text(line) for line in _head(study)]
    parts += [Text(), _windows(study), Text()]
    for group, name in GROUPS.items():
        own = figures.filter(pl.col("group") == group)
        if not own.is_empty():
            parts += [Text(f"{group}: {name}", style="bold"), Text()]
            parts += [
                *(_by_event(own, events, one) for one in SHOWN),
                Text(),
                _by_window(own),
                Text(),
            ]
    parts += [_literature(beside(figures)), Text(), _ended(study.ended())]
    return Group(*parts)


def _head(study: Study) -> list[str]:
    simulated = any(one.simulated for one in study.events)
    when = "rank day" if study.lead == 0 else f"{study.lead} sessions before rank day"
    lines = [
        f"{mark(simulated)}event study of calls as of {when}, hindsight {study.hindsight}, "
        f"calls weighted {study.terms.words()}",
        "model: the calls of the day's list, by a model that knew only events that were over then; "
        "rules: the rules' own; official: the published lists, weighted equally; placebo: for each "
        "of the model's calls a name as near to the line that did not change",
        "outcomes are later than the calls; entry at the close of a window's first day, exit at "
        "the close of its last",
        "raw: change of the price; adjusted: less beta times an index of the members before, "
        "weighted by cap, beta of the year before; net: of the position, after costs",
        "[…]: 95 % interval; over names it is too narrow, as names of an event move together: "
        f"trust that of the {EVENTS}",
        _costs(study.terms.costs),
    ]
    return lines + [f"{one.event}: {said}" for one in study.events for said in one.remarks]


def _costs(costs: Costs) -> str:
    return (
        f"costs a side: fee {costs.fee_bps:g} bps; half-spread {costs.half_spread_bps:g} bps at a "
        f"cap of ${costs.reference_cap_usd / 1e9:g}bn, to the power {costs.size_power:g} of the "
        f"cap, at least half of ${costs.tick_usd:g}, at most {costs.widest_bps:g} bps; hedge "
        f"{costs.hedge_bps:g} bps; borrowing {costs.borrow_percent:g} % a year; no impact"
    )


def _windows(study: Study) -> Table:
    laid = grid("entry and exit, at the close; * entered before the calls were known")
    names = [window.name for window in study.events[0].windows]
    _columns(laid, ["event", "calls of", *names], right=())
    for one in study.events:
        spans = [f"{w.first} – {w.last}{' *' if w.looks_back else ''}" for w in one.windows]
        laid.add_row(one.event, str(one.as_of), *spans)
    return laid


def _by_event(own: pl.DataFrame, studied: Sequence[str], measure: str) -> Table:
    """Means of the main window, event by event, additions and deletions apart."""
    rows = own.filter((pl.col("window") == MAIN) & (pl.col("measure") == measure))
    events = [*studied, POOLED]
    laid = grid(
        f"{MAIN}, {measure}: mean in % ± half of its 95 % interval over names (n); then over events"
    )
    _columns(laid, ["", "basket", *events, EVENTS, "95 %"], right=(*events, EVENTS))
    for (side, basket), part in rows.group_by("action", "basket", maintain_order=True):
        said = {row["event"]: row for row in part.iter_rows(named=True)}
        cells = [_mean(said.get(event), within=True) for event in events]
        over = said.get(EVENTS)
        laid.add_row(SIDES[str(side)], str(basket), *cells, _mean(over), _interval(over))
    return laid


def _by_window(own: pl.DataFrame) -> Table:
    """Pooled figures of every window, with the mean over events beside them."""
    laid = grid("all windows, pooled over names, in %")
    columns = ("n", "raw", "adjusted", "95 % names", "median", "trimmed", "t")
    last = (EVENTS, "95 % events", "net", "net 95 %")
    _columns(laid, ["", "window", "basket", *columns, *last], right=(*columns, *last))
    keys = ["action", "window", "basket"]
    for (side, window, basket), part in own.group_by(keys, maintain_order=True):
        said = {(row["event"], row["measure"]): row for row in part.iter_rows(named=True)}
        main, net = said.get((POOLED, "adjusted")), said.get((POOLED, "net"))
        if main is None or net is None:
            continue
        over = said.get((EVENTS, "adjusted"))
        laid.add_row(
            SIDES[str(side)],
            str(window),
            str(basket),
            f"{main['n']:,}",
            _percent(said[POOLED, "raw"]["mean"]),
            _percent(main["mean"]),
            _interval(main),
            _percent(main["median"]),
            _percent(main["trimmed_mean"]),
            "–" if main["t"] is None else f"{main['t']:+.1f}",
            _mean(over),
            _interval(over),
            _percent(net["mean"]),
            _interval(net),
        )
    return laid


def _literature(compared: pl.DataFrame) -> Table:
    laid = grid(
        "beside the literature, in %; interval of our adjusted mean, over events if several; a "
        "wide one holds almost any figure, and agrees with none"
    )
    right = ("theirs", "raw", "adjusted", "95 %", "n")
    _columns(
        laid,
        [
            "what",
            "period",
            "read",
            "theirs",
            "ours",
            "raw",
            "adjusted",
            "95 %",
            "n",
            "in interval",
            "differs",
        ],
        right=right,
    )
    for row in compared.iter_rows(named=True):
        laid.add_row(
            row["what"],
            row["period"],
            row["confidence"],
            _percent(row["reference"])
            + (f" ({row['reference_n']:,})" if row["reference_n"] is not None else ""),
            row["basket"],
            _percent(row["raw"]),
            _percent(row["adjusted"]),
            _interval(row),
            f"{row['n']:,}",
            {True: "yes", False: "no", None: "–"}[row["within"]],
            row["differs"],
        )
    return laid


def _ended(ended: pl.DataFrame) -> Table:
    laid = grid(f"delisted in a window, out at the last price: {ended.height}")
    columns = ["event", "action", "symbol", "company", "exit", "exit_price_usd", "baskets"]
    _columns(laid, columns, right=("exit_price_usd",))
    for row in ended.select(columns).iter_rows():
        laid.add_row(*(Text("" if cell is None else str(cell)) for cell in row))
    return laid


def _columns(laid: Table, names: Sequence[str], right: Sequence[str]) -> None:
    fold(laid, names, right, wide=("what", "differs", "company"))


def _percent(value: float | None) -> str:
    return "–" if value is None else f"{100 * value:+.1f}"


def _mean(row: dict[str, Any] | None, *, within: bool = False) -> str:
    if row is None:
        return "–"
    half = f" ±{50 * (row['high'] - row['low']):.1f}" if within and row["low"] is not None else ""
    return f"{_percent(row['mean'])}{half} ({row['n']:,})"


def _interval(row: dict[str, Any] | None) -> str:
    if row is None or row["low"] is None:
        return "–"
    return f"[{_percent(row['low'])}, {_percent(row['high'])}]"
