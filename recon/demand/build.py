"""Demand of a run: float, weights, trades and volume put together.

Six columns of the candidate list come from here (`fill`); what lies behind them, for every member
of every index, is in `Demand`.
"""

from dataclasses import dataclass
from typing import Final

import polars as pl

from recon.demand.assets import assets_at, read_assets
from recon.demand.floats import floats, held_parts
from recon.demand.netting import expected, funds, netted, own_weights, reckoned
from recon.demand.trades import flows, if_it_happens, weights
from recon.demand.volume import WINDOW, volumes
from recon.demand.worlds import outcomes, states
from recon.pipeline import Run
from recon.store import AsOf

KEY: Final = ("symbol", "index", "action")
COLUMNS: Final = (
    "weight_before",
    "weight_after",
    "shares_to_trade",
    "usd_to_trade",
    "days_of_volume",
    "volume_window",
)
"""Columns of the candidate list that `fill` fills."""


@dataclass(frozen=True, slots=True)
class Demand:
    """What index funds must trade.

    Attributes
    ----------
    rows : pl.DataFrame
        One row per candidate: `symbol`, `index`, `action`, `company_id`, `probability`, `call`;
        **if it happens**: `weight_before`, `weight_after` (fractions of `index`),
        `shares_to_trade`, `usd_to_trade` (positive: bought; netted over all indexes, so the same
        trade on every row of a line that leads to the same place: never add rows of a line up),
        `days_of_volume` (dollars over the median of `volume_window`), `days_of_mean_volume`;
        **as an expectation**: `expected_weight_after`, `expected_shares`, `expected_usd`,
        `expected_days` (of the line, the same on all its rows but the weight); `float_shares`,
        `float_provenance`, `price_usd`, `median_volume_usd`, `mean_volume_usd`,
        `volume_sessions`, `volume_window`; `not_counted` (indexes whose assets are not known and
        that are left out), `no_demand` (why there is no trade, null where there is one).
    flows : pl.DataFrame
        One row per index and line, members that stay included: as from
        `recon.demand.trades.flows`. Each index adds up to nothing.
    funds : pl.DataFrame
        One row per index: `members`, `without_float` (members that have no weight here),
        `float_cap_usd` (before), `estimated` (share of it that rests on estimates),
        `assets_usd`, `vehicles`, `oldest`, `newest`, `bought_called_usd`,
        `bought_expected_usd`.
    """

    rows: pl.DataFrame
    flows: pl.DataFrame
    funds: pl.DataFrame


def demand(
    run: Run,
    rows: pl.DataFrame,
    known: AsOf,
    assets: pl.DataFrame | None = None,
    *,
    window: int = WINDOW,
) -> Demand:
    """Compute what index funds must trade for each candidate.

    Parameters
    ----------
    run : Run
        As from `recon.pipeline.run`.
    rows : pl.DataFrame
        The whole candidate list of the run, no row left out: `company_id`, `symbol`, `index`,
        `action`, `probability`, `call`.
    known : AsOf
        The store at the run's moment: `store.as_of(end_of_day(run.as_of), run.hindsight)`.
    assets : pl.DataFrame, optional
        As from `recon.demand.assets.read_assets`; by default its default.
    window : int
        Sessions over which volume is taken.

    Returns
    -------
    Demand
    """
    lines = _universe(run, rows)
    sized = _sized(run, lines, known)
    candidates = rows.select(*KEY, "company_id", "probability", "call").with_row_index("row")
    members = states(lines, candidates)
    tracking = assets_at(read_assets() if assets is None else assets, known)
    traded = flows(weights(members, sized), tracking)
    wanted = run.lines.join(candidates.select("symbol").unique(), on="symbol", how="semi")
    facts = sized.select("symbol", "float_shares", "float_provenance", price_usd="close").join(
        volumes(known, run.securities, wanted, sessions=window),
        on="symbol",
        how="left",
    )
    landed = if_it_happens(outcomes(candidates, members), traded)
    told = (
        candidates.join(netted(landed), on="row", how="left", maintain_order="left")
        .join(own_weights(landed), on="row", how="left", maintain_order="left")
        .join(expected(traded), on="symbol", how="left", maintain_order="left")
        .join(
            traded.select("symbol", "index", expected_weight_after="weight_expected"),
            on=["symbol", "index"],
            how="left",
            maintain_order="left",
        )
        .join(facts, on="symbol", how="left", maintain_order="left")
    )
    return Demand(reckoned(told), traded, funds(members, traded, sized, tracking))


def fill(rows: pl.DataFrame, found: Demand) -> pl.DataFrame:
    """Fill the six demand columns of a candidate list, as they are if the change happens.

    Parameters
    ----------
    rows : pl.DataFrame
        The list, or a part of it: `symbol`, `index`, `action` and `COLUMNS`.
    found : Demand
        As from `demand` on the whole list.

    Returns
    -------
    pl.DataFrame
        The same rows and columns in the same order.
    """
    return (
        rows.drop(COLUMNS)
        .join(
            found.rows.select(*KEY, *COLUMNS),
            on=KEY,
            how="left",
            maintain_order="left",
            validate="m:1",
        )
        .select(rows.columns)
    )


def _universe(run: Run, rows: pl.DataFrame) -> pl.DataFrame:
    """Lines that are in an index before or may be after, and members that are not quoted."""
    # Without a recent list nobody is known to be in the Microcap.
    micro = pl.col("micro").fill_null(False) & pl.lit(run.membership.micro is not None)
    smallest = run.companies.filter(pl.col("rank") <= run.rulebook.ranks.top_200)
    line = smallest["total_cap_usd"].min()
    caps = run.companies.select("company_id", "total_cap_usd")
    quoted = (
        run.lines.with_columns(micro=micro)
        .filter(
            pl.col("size").is_not_null()
            | pl.col("micro")
            | pl.col("symbol").is_in(rows["symbol"].unique().implode())
        )
        .join(caps, on="company_id", how="left", maintain_order="left")
        .select("symbol", "company_id", "size", "micro", "total_cap_usd")
    )
    absent = run.absent.filter(pl.col("total_cap_usd").is_not_null()).select(
        symbol=pl.format("absent:{}", "ticker"),
        company_id=pl.format("absent:{}", "ticker"),
        size="size",
        micro=pl.lit(False),
        total_cap_usd="total_cap_usd",
    )
    return pl.concat([quoted, absent]).with_columns(
        top=(pl.col("total_cap_usd") >= pl.lit(line, pl.Float64)).fill_null(False)
    )


def _sized(run: Run, lines: pl.DataFrame, known: AsOf) -> pl.DataFrame:
    """Float of each line of the universe; that of an absent member is what the funds show."""
    there = pl.col("line_eligible") | pl.col("size").is_not_null()
    asked = pl.col("symbol").is_in(lines["symbol"].implode())
    parts = held_parts(known.holdings(), known, run.securities)
    sized = floats(run.lines.filter(there | asked), parts, run.securities)
    absent = lines.filter(pl.col("symbol").str.starts_with("absent:")).select(
        "symbol",
        float_cap_usd="total_cap_usd",
        float_provenance=pl.lit("holdings"),
    )
    return pl.concat([sized, absent], how="diagonal")
