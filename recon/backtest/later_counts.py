"""Share counts that became known after a call, in shares of the call's session.

Part of looking back (`recon.backtest.later`): nothing here may be used to make a call.
"""

from datetime import date, timedelta

import polars as pl

from recon.calendar import end_of_day, session_on_or_before
from recon.master.share_splits import price_breaks
from recon.master.share_units import may_have_units
from recon.master.shares import repair
from recon.master.window import two_years
from recon.pipeline import Run
from recon.store import Store

UNITS_WITHIN = timedelta(days=420)
"""After the run: the screener showed all units of Up-C companies again in June 2023."""
UNITS_RATIO = 1.4
"""By how much a count of all units exceeds that of the listed class."""
LINES_BESIDE = 600
"""Lines that are read beside those in question: `price_breaks` compares whole sessions."""


def vehicles(run: Run, securities: pl.DataFrame) -> pl.DataFrame:
    """Pricing vehicle of each company under the identity that all moments share."""
    return run.companies.select(
        "life",
        "price_usd",
        "security_type",
        key="company_id",
        vehicle_name="name",
        cap_reported=pl.col("shares_reported") * pl.col("price_usd"),
    ).join(securities.select("life", vehicle="security_id"), on="life", how="left")


def counts_later(
    store: Store, run: Run, securities: pl.DataFrame, companies: pl.DataFrame
) -> pl.DataFrame:
    """Caps at the run's close with counts that the run did not use.

    Parameters
    ----------
    store : Store
        Open store.
    run : Run
        Whose closes are used.
    securities : pl.DataFrame
        Lives as known by the newest moment.
    companies : pl.DataFrame
        `key`, `vehicle`, `vehicle_name`, `security_type`, `price_usd`.

    Returns
    -------
    pl.DataFrame
        `key`, `cap_units` (all units seen up to the run's session), `cap_later` (the repaired
        count of the last session up to the effective day), `cap_year` (that of a year after the
        run, of lines of one class of several whose count is then larger by `UNITS_RATIO`); USD,
        counts in shares of the run's session.
    """
    wanted = companies.drop_nulls("vehicle").select(
        "key", "price_usd", "security_type", security_id="vehicle", name="vehicle_name"
    )
    beside = pl.concat([wanted, _large(run, securities).select(wanted.columns)]).unique(
        "security_id", keep="first", maintain_order=True
    )
    last = session_on_or_before(run.event.effective or run.session)
    answers, factors = _repaired(store, run, securities, beside, last)
    units = answers.filter(pl.col("session") == run.session).select("security_id", "shares_units")
    then = answers.filter(pl.col("session") == run.session).select("security_id", then="shares")
    year = session_on_or_before(min(store.newest_session(), run.session + UNITS_WITHIN))
    found = wanted.join(units, on="security_id", how="left").join(
        then, on="security_id", how="left"
    )
    for column, day, counts, splits in (
        ("later", last, answers, factors),
        ("year", year, *_repaired(store, run, securities, beside, year)),
    ):
        counted = counts.filter(pl.col("session") == day).join(splits, on="security_id", how="left")
        found = found.join(
            counted.select(
                "security_id",
                (pl.col("shares") / pl.col("factor").fill_null(1.0)).alias(column),
            ),
            on="security_id",
            how="left",
        )
    has_units = may_have_units(pl.col("name")) & (pl.col("year") >= pl.col("then") * UNITS_RATIO)
    return found.select(
        "key",
        cap_units=pl.col("shares_units") * pl.col("price_usd"),
        cap_later=pl.col("later") * pl.col("price_usd"),
        cap_year=pl.when(has_units).then(pl.col("year") * pl.col("price_usd")),
    )


def _large(run: Run, securities: pl.DataFrame) -> pl.DataFrame:
    """Large companies, beside which a split is told from a session that restates all closes."""
    largest = run.companies.top_k(LINES_BESIDE, by="total_cap_usd")
    return (
        vehicles(run, securities)
        .join(largest.select("company_id"), left_on="key", right_on="company_id", how="semi")
        .drop_nulls("vehicle")
        .select("key", "price_usd", "security_type", security_id="vehicle", name="vehicle_name")
    )


def _repaired(
    store: Store, run: Run, securities: pl.DataFrame, lines: pl.DataFrame, last: date
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Repaired counts of the run's session and a later one, and the splits between the two."""
    years = run.rulebook.pricing_vehicle.volume_years
    window = two_years(store.as_of(end_of_day(last)), last, securities, lines, years=years)
    splits = (
        price_breaks(window.filter(pl.col("session") >= run.session), "security_id")
        .filter(pl.col("factor").is_not_null())
        .group_by("security_id")
        .agg(pl.col("factor").product())
    )
    return repair(window, [run.session, last], key="security_id"), splits
