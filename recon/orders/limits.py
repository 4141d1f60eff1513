"""Limits that stop a name, and those that bound its size.

A limit that cannot be checked because its figure is missing stops the name: a desk's limit holds
or there is no order.
"""

from typing import Final

import polars as pl

from recon.orders.ideas import TRADEABLE
from recon.orders.profile import Profile

BELOW_MIN_ORDER: Final = "below_min_order"
"""The one code that is known only once a leg is split."""
BOUNDS: Final = ("name", "volume", "demand")
"""Bounds of a size, in USD, in columns `bound_name` and so on."""


def checked(priced: pl.DataFrame, profile: Profile, sessions: int) -> pl.DataFrame:
    """Say which limits stop each name, and how large it may be.

    Parameters
    ----------
    priced : pl.DataFrame
        As from `recon.orders.market.priced`.
    profile : Profile
        Its limits.
    sessions : int
        Sessions over which an order is staged; 0 where the time of entry is over.

    Returns
    -------
    pl.DataFrame
        `priced` with `leg` (long, short, null), `blocked_by` (list of codes), `session_shares`
        (shares a session at the limit of participation), `bound_name`, `bound_volume`,
        `bound_demand` and `cap` (USD, the least of them), `weight` (of its leg, any unit).
    """
    limits, demand = profile.limits, pl.col("demand_usd").abs()
    weights = {
        "equal": pl.lit(1.0),
        "probability": pl.col("probability"),
        "demand": demand * pl.col("probability"),
    }
    a_name = profile.book.book_usd * limits.max_name_percent_of_book / 100
    a_session = pl.col("median_volume_usd") * profile.entry.max_participation_percent / 100
    legged = priced.with_columns(
        leg=pl.when(pl.col("side") > 0)
        .then(pl.lit("long"))
        .when(pl.col("side") < 0)
        .then(pl.lit("short")),
        session_shares=(a_session / pl.col("price_usd")).floor(),
    ).with_columns(blocked_by=_blocked(profile, sessions))
    # A company's lines share what a name may be.
    alike = (pl.col("blocked_by").list.len() == 0).sum().over("company_id").clip(lower_bound=1)
    return legged.with_columns(
        bound_name=a_name / alike,
        bound_volume=pl.col("session_shares") * pl.col("price_usd") * sessions,
        bound_demand=demand * limits.max_percent_of_demand / 100,
        weight=weights[profile.sizing.weighting].fill_null(0.0),
    ).with_columns(cap=pl.min_horizontal(*(f"bound_{name}" for name in BOUNDS)))


def _blocked(profile: Profile, sessions: int) -> pl.Expr:
    """Codes of the limits that stop a name."""
    limits, days = profile.limits, pl.col("demand_days")
    other = {"long": "short", "short": "long"}.get(profile.book.legs, "")
    stops: dict[str, pl.Expr] = {
        "entry_closed": pl.lit(sessions == 0),
        "side_unknown": pl.col("leg").is_null(),
        "leg_not_traded": (pl.col("leg") == other).fill_null(False),
        "symbol_not_tradeable": ~pl.col("symbol").str.contains(TRADEABLE),
        "not_quoted": pl.col("price_usd").is_null(),
        "below_min_probability": pl.col("probability") < limits.min_probability,
        "below_min_price": pl.col("price_usd") < limits.min_price_usd,
        "cap_unknown": pl.col("total_cap_usd").is_null(),
        "below_min_cap": pl.col("total_cap_usd") < limits.min_cap_usd,
        "count_unsteady": pl.col("log_shares_dispersion").fill_null(0.0)
        > limits.max_count_dispersion,
        "volume_unknown": pl.col("median_volume_usd").is_null()
        | pl.col("abnormal_volume").is_null(),
        "too_few_volume_sessions": pl.col("volume_sessions") < limits.min_volume_sessions,
        "below_min_volume": pl.col("median_volume_usd") < limits.min_volume_usd,
        "volume_doubtful": pl.col("abnormal_volume") > limits.max_abnormal_volume,
        "demand_unknown": pl.col("demand_usd").is_null() | days.is_null(),
        "below_min_demand": days < limits.min_demand_days,
        "above_max_demand": days > limits.max_demand_days,
    }
    stops |= {doubt: pl.col("doubts").list.contains(doubt) for doubt in limits.stopped_by}
    found = [pl.when(said).then(pl.lit(code)) for code, said in stops.items()]
    return pl.concat_list(found).list.drop_nulls()
