"""Feature frames of invented events, with a truth that can be learned."""

from datetime import UTC, datetime, timedelta

import numpy as np
import polars as pl
from scipy.special import ndtr

from recon.calendar import event
from recon.forecast.features import FEATURES, RULES


def frame(event_id: str, lead: int = 0, n: int = 900, seed: int = 0) -> pl.DataFrame:
    """One event: the larger change sides, and foreign filers are not admitted."""
    rng = np.random.default_rng([seed, int(event_id[:4]), lead])
    member = rng.random(n) < 0.5
    distance = rng.normal(0, 1.2, n) + np.where(member, 1.2, -0.6)
    sigma = np.full(n, 0.03 * np.sqrt(lead + 1))
    later = distance + sigma * rng.standard_normal(n)
    foreign = (rng.random(n) < 0.3) & ~member
    large = member & (distance + rng.normal(0, 0.6, n) > 2)
    rises, falls = member & ~large & (later > 2.3), large & (later < 1.7)
    columns = {name: rng.normal(size=n) for name in FEATURES}
    columns |= {
        "member": member.astype(float),
        "was_r1000": large.astype(float),
        "distance_1000": distance - 2,
        "distance_side": distance - np.where(large, 1.7, 2.3),
        "distance_3000": distance,
        "sigma": sigma,
        "p_r3000": ndtr(distance / sigma),
        "p_r1000": ndtr((distance - np.where(large, 1.7, 2.3)) / sigma),
        "p_priced": np.ones(n),
        "ruled_eligible": np.ones(n),
        "files_as_foreign": foreign.astype(float),
        "sessions_ahead": np.full(n, float(lead)),
    }
    day = event(event_id)
    assert day.effective is not None
    known = datetime.combine(day.effective, datetime.min.time(), UTC) + timedelta(hours=22)
    return (
        pl.DataFrame(columns)
        .with_columns(
            company_id=pl.Series([f"c{i}" for i in range(n)]),
            symbol=pl.Series([f"S{i}" for i in range(n)]),
            event=pl.lit(event_id),
            lead=pl.lit(lead),
            hindsight=pl.lit("strict"),
            as_of=pl.lit(day.rank_day - timedelta(days=lead)),
            added=pl.Series(~member & (later > 0) & ~foreign),
            deleted=pl.Series(member & (later < 0)),
            seen=pl.lit(True),
            moved=pl.Series(np.where(rises, "up", np.where(falls, "down", ""))).replace("", None),
            labels_known_at=pl.lit(known.replace(tzinfo=None)),
            **{name: pl.Series(distance > 0) for name in RULES if name != "stays"},
            stays=pl.lit(False),
            places=pl.lit(float((np.where(foreign, -1, later) > 0).sum())),
        )
        .with_columns(
            rules_large=pl.Series(distance > np.where(large, 1.7, 2.3)),
            rules_unbanded_large=pl.Series(distance > 2),
        )
    )
