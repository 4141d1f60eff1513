"""Everything that is monitored, gathered: one row for each candidate of a run on its day."""

from datetime import date, timedelta
from typing import Final

import polars as pl

from recon.calendar import end_of_day
from recon.errors import InputError
from recon.master.window import SESSIONS_A_YEAR, two_years
from recon.monitor.attribution import PARTS, attribution
from recon.monitor.crowding import since_rank_day, volumes
from recon.monitor.exposures import Styled, styled
from recon.monitor.flow_lines import flows_into
from recon.monitor.liquidity import liquidity
from recon.monitor.nearness import expected_move, nearness
from recon.monitor.own_figures import SHORT_DAYS, own_figures, short_interest
from recon.monitor.panel import Panel, panel
from recon.monitor.styles import HISTORY
from recon.pipeline import Run
from recon.store import AsOf

SIGNALS: Final[dict[str, pl.DataType]] = {
    "as_of": pl.Date(),
    "day": pl.Date(),
    "company_id": pl.String(),
    "security_id": pl.String(),
    "symbol": pl.String(),
    "index": pl.String(),
    "action": pl.String(),
    "breakpoint": pl.String(),
    "since": pl.Date(),
    "distance_before": pl.Float64(),
    "distance": pl.Float64(),
    "distance_change": pl.Float64(),
    **dict.fromkeys(PARTS, pl.Float64()),
    "near_since": pl.Date(),
    "move_since_near": pl.Float64(),
    "move_since_near_z": pl.Float64(),
    "expected_move": pl.Float64(),
    "move_spent": pl.Float64(),
    "return_since_rank_day": pl.Float64(),
    "abnormal_volume": pl.Float64(),
    "abnormal_volume_z": pl.Float64(),
    "turnover": pl.Float64(),
    "median_dollar_volume_usd": pl.Float64(),
    "mean_dollar_volume_usd": pl.Float64(),
    "amihud": pl.Float64(),
    "roll_spread": pl.Float64(),
    "volume_sessions": pl.Int64(),
    "quoted_spread_bps": pl.Float64(),
    "quoted_spread_on": pl.Date(),
    "implied_volatility_percent": pl.Float64(),
    "implied_volatility_days": pl.Int16(),
    "implied_volatility_on": pl.Date(),
    "shares_short": pl.Float64(),
    "shares_short_on": pl.Date(),
    "short_percent": pl.Float64(),
    "days_to_cover": pl.Float64(),
    "fund_flow_usd": pl.Float64(),
    "fund_flow_percent": pl.Float64(),
    "reasons": pl.List(pl.String()),
}
"""Columns of `signals`, in order."""
_KEY: Final = ("company_id", "security_id", "symbol", "index", "action", "breakpoint")


def signals(
    run: Run, known: AsOf, candidates: pl.DataFrame, *, earlier: Run | None = None
) -> pl.DataFrame:
    """All signals of each candidate of a run.

    Parameters
    ----------
    run : Run
        As from `recon.pipeline.run`.
    known : AsOf
        What was known at the end of the run's day, of the same store.
    candidates : pl.DataFrame
        The run's candidate list: `company_id`, `security_id`, `symbol`, `index`, `action`,
        `from_index`, `breakpoint`; and, where a desk has measured it, `expected_move` (log; by
        default that of `recon.monitor.nearness.expected_move`).
    earlier : Run, optional
        The run since which the change of the distance is attributed: commonly that of
        `recon.calendar.previous_event(run.event)` as of its rank day. Without it nothing is
        attributed, and styles are of the companies of `run`.

    Returns
    -------
    pl.DataFrame
        The rows of `candidates` in their order, with the columns of `SIGNALS`: those of
        `attribution` (to the session of the run, rank day at the latest), of `nearness`,
        `volumes`, `liquidity`, `own_figures` and `short_interest` (to `day`, the newest session
        known), `return_since_rank_day` (log), and those of `flows_into`. `reasons` are codes
        `SIGNAL:WHY` of what is unknown or doubtful.

    Raises
    ------
    InputError
        If `known` is not the store at the end of the run's day, `earlier` is not earlier, or a
        candidate is of another run.
    NoDataError
        If no line that is looked at is quoted.
    """
    _check(run, known, candidates, earlier)
    base = run if earlier is None else earlier
    day = max(session for session in known.sessions() if session <= run.as_of)
    prices = _prices(run, base, known, candidates, day)
    companies = styled(run, base, prices, candidates["company_id"])
    lines = prices.columns(candidates["security_id"].to_list())
    expecting = (
        candidates
        if "expected_move" in candidates.columns
        else candidates.with_columns(expected_move=expected_move(run))
    )
    own = companies.of(candidates["company_id"])
    figures = own_figures(known, run.securities, candidates["security_id"], run.as_of)
    traded = liquidity(prices, lines)
    gathered = pl.concat(
        [
            candidates.select(_KEY).with_columns(as_of=pl.lit(run.as_of), day=pl.lit(day)),
            _attributed(run, earlier, prices, candidates, companies),
            nearness(run, prices, expecting, own.columns, own.caps, own.own),
            since_rank_day(prices, lines, run.event).to_frame("return_since_rank_day"),
            volumes(prices, lines, own.caps),
            traded,
            figures.drop("security_id"),
            short_interest(run, prices, lines, figures, traded["mean_dollar_volume_usd"]),
            flows_into(
                run,
                known,
                candidates.select("security_id").with_columns(traded["median_dollar_volume_usd"]),
            ),
        ],
        how="horizontal",
    )
    return gathered.with_columns(reasons=_reasons(run)).select(
        pl.col(name).cast(kind) for name, kind in SIGNALS.items()
    )


def _check(run: Run, known: AsOf, candidates: pl.DataFrame, earlier: Run | None) -> None:
    if known.moment != end_of_day(run.as_of):
        raise InputError(
            "signals are of the run's own moment",
            field="known",
            value=known.moment,
            expected=f"the store as of {end_of_day(run.as_of)}",
        )
    if earlier is not None and earlier.session >= run.session:
        raise InputError(
            "the run to compare with is not earlier",
            field="earlier",
            value=earlier.session,
            expected=f"a run of a session before {run.session}",
        )
    strange = candidates.join(run.companies, on="company_id", how="anti")["company_id"]
    if not strange.is_empty():
        raise InputError(
            "a candidate is no company of the run",
            field="company_id",
            value=strange[0],
            expected="the candidate list of the same run",
        )


def _prices(run: Run, base: Run, known: AsOf, candidates: pl.DataFrame, day: date) -> Panel:
    """Quotes of the candidates and of all that are ranked, from long enough before the base."""
    ranked = [one.companies.filter("eligible")["security_id"] for one in (run, base)]
    mine = run.companies.join(candidates.select("company_id"), on="company_id", how="semi")
    wanted = pl.concat([*ranked, mine["security_id"], candidates["security_id"]]).unique()
    named = ("security_id", "name", "security_type")
    lines = (
        pl.concat([one.lines.select(named) for one in (run, base)])
        .unique("security_id", keep="first", maintain_order=True)
        .filter(pl.col("security_id").is_in(wanted.implode()))
    )
    # Exposures take the year before the base, and in its first session momentum half a year more.
    since = sum(base.session < session <= day for session in known.sessions())
    years = -(-(HISTORY + SESSIONS_A_YEAR + since) // SESSIONS_A_YEAR)
    quotes = two_years(known, day, run.securities, lines, years=years)
    return panel(quotes, min(base.session, day - timedelta(days=SHORT_DAYS)))


def _attributed(
    run: Run, earlier: Run | None, prices: Panel, candidates: pl.DataFrame, companies: Styled
) -> pl.DataFrame:
    """Attribution of each candidate, by its company and line."""
    names = ("since", "distance_before", "distance", "distance_change", *PARTS)
    if earlier is None:
        empty = [pl.lit(None, SIGNALS[name]).alias(name) for name in names]
        none = pl.lit(["no_earlier_run"], pl.List(pl.String)).alias("attribution_reasons")
        return candidates.with_columns(*empty, none).select(*names, "attribution_reasons")
    wanted = candidates.select("company_id", "breakpoint").unique(maintain_order=True)
    found = attribution(run, earlier, prices, wanted, companies.of(wanted["company_id"]))
    return candidates.join(
        found, on=["company_id", "breakpoint"], how="left", nulls_equal=True, maintain_order="left"
    ).select(*names, "attribution_reasons")


def _reasons(run: Run) -> pl.Expr:
    """Everything that is unknown or doubtful, as `SIGNAL:WHY`."""
    attributed = pl.col("attribution_reasons").list.eval(pl.format("attribution:{}", pl.element()))
    ahead = pl.lit(run.as_of < run.event.rank_day)
    named = {
        "move_spent:no_expected_move": pl.col("expected_move").is_null(),
        "return_since_rank_day:rank_day_ahead": ahead,
        "return_since_rank_day:not_quoted": ~ahead & pl.col("return_since_rank_day").is_null(),
        "abnormal_volume:too_few_sessions": pl.col("abnormal_volume").is_null(),
        "turnover:no_cap_or_volume": pl.col("turnover").is_null(),
    }
    found = [
        pl.format("near_since:{}", "near_reason"),
        *(pl.when(holds).then(pl.lit(code)) for code, holds in named.items()),
    ]
    crowding = pl.concat_list(found).list.drop_nulls()
    return pl.concat_list(attributed, crowding, "liquidity_reasons", "own_reasons", "flow_reasons")
