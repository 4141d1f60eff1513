"""Orders of a candidate list under a desk's profile: ideas, prices, limits, sizes, days, risk."""

from dataclasses import dataclass

import polars as pl

from recon.calendar import end_of_day
from recon.demand.build import Demand
from recon.errors import InputError
from recon.orders.ideas import ideas
from recon.orders.limits import checked
from recon.orders.market import Market, priced
from recon.orders.order import SCHEMA_VERSION, Book, Document, LegBook, Order, Slice, columns
from recon.orders.profile import Profile
from recon.orders.risk import Basket, basket, stopped
from recon.orders.sizing import sized
from recon.orders.staging import Stages, schedule, stages, urgent
from recon.pipeline import Run
from recon.store import AsOf


@dataclass(frozen=True, slots=True)
class Orders:
    """What a desk does with a list.

    Attributes
    ----------
    rows : pl.DataFrame
        Columns of `recon.orders.order.Order`: orders by leg and size, then what is blocked.
    schedule : pl.DataFrame
        Columns of `recon.orders.order.Slice`.
    book : Book
        All of it together.
    """

    rows: pl.DataFrame
    schedule: pl.DataFrame
    book: Book

    def document(self) -> Document:
        """All of it in one document, checked against the contract."""
        return Document(
            book=self.book,
            orders=[Order.model_validate(row) for row in self.rows.to_dicts()],
            schedule=[Slice.model_validate(row) for row in self.schedule.to_dicts()],
        )


def orders(run: Run, rows: pl.DataFrame, found: Demand, known: AsOf, profile: Profile) -> Orders:
    """Turn a candidate list into orders.

    Parameters
    ----------
    run : Run
        As from `recon.pipeline.run`.
    rows : pl.DataFrame
        The whole candidate list of the run, in the columns of its contract.
    found : Demand
        As from `recon.demand.build.demand` on that list.
    known : AsOf
        The store at the run's moment: `store.as_of(end_of_day(run.as_of), run.hindsight)`.
    profile : Profile
        As from `recon.orders.profile.read_profile`.

    Returns
    -------
    Orders
        The plan of one day for a desk that holds nothing: positions held are not known here.

    Raises
    ------
    InputError
        `known` is of another moment, or the event has no day that the profile trades around.
    """
    if known.moment != end_of_day(run.as_of):
        raise InputError(
            "orders are of the run's own moment",
            field="known",
            value=known.moment,
            expected=f"the store as of {end_of_day(run.as_of)}",
        )
    plan = stages(run.event, run.as_of, profile)
    seen, market = priced(ideas(rows, found, profile), run, known, profile.hedge.index)
    planned = urgent(sized(checked(seen, profile, len(plan.entry)), profile), plan, profile)
    told = stopped(planned, profile)
    return Orders(
        _rows(told, run, market, profile),
        schedule(told, plan),
        _book(told, run, market, plan, basket(told, market, profile), profile),
    )


def _rows(told: pl.DataFrame, run: Run, market: Market, profile: Profile) -> pl.DataFrame:
    """Bring orders to the columns and the order of the contract."""
    grade = (
        pl.when(pl.col("probability") >= profile.confidence.high)
        .then(pl.lit("high"))
        .when(pl.col("probability") >= profile.confidence.medium)
        .then(pl.lit("medium"))
        .otherwise(pl.lit("low"))
    )
    share = 100 * pl.col("target_usd") / pl.col("demand_usd").abs()
    return (
        told.with_columns(
            schema_version=pl.lit(SCHEMA_VERSION),
            run_id=pl.lit(run.run_id),
            profile=pl.lit(profile.id),
            event=pl.lit(run.event.id),
            as_of=pl.lit(run.as_of),
            priced_on=pl.lit(market.day),
            side=pl.when(pl.col("leg") == "long")
            .then(pl.lit("BUY"))
            .when(pl.col("leg") == "short")
            .then(pl.lit("SHORT")),
            confidence=grade,
            percent_of_book=100 * pl.col("target_usd") / profile.book.book_usd,
            percent_of_demand=pl.when(pl.col("demand_usd") != 0).then(share),
        )
        .sort(
            pl.col("state") == "blocked",
            "leg",
            pl.col("target_usd"),
            pl.col("demand_usd").abs(),
            "symbol",
            descending=[False, False, True, True, False],
            nulls_last=True,
        )
        .select(pl.col(name).cast(kind) for name, kind in columns(Order).items())
    )


def _book(
    told: pl.DataFrame, run: Run, market: Market, plan: Stages, risk: Basket, profile: Profile
) -> Book:
    """Add everything up."""
    held = told.filter(pl.col("state") == "order")
    legs = {leg: _leg(held.filter(pl.col("leg") == leg), leg, profile) for leg in ("long", "short")}
    gross = legs["long"].filled_usd + legs["short"].filled_usd
    stops = (
        told.explode("blocked_by")
        .drop_nulls("blocked_by")
        .group_by("blocked_by")
        .len()
        .sort("len", "blocked_by", descending=[True, False])
    )
    return Book(
        run_id=run.run_id,
        profile=profile.id,
        event=run.event.id,
        as_of=run.as_of,
        data_cutoff=run.session,
        priced_on=market.day,
        status=run.status,
        simulated=run.simulated,
        phase=plan.phase,
        next_date=plan.next_date,
        next_day=plan.next_day,
        sessions_to_next=plan.sessions_to_next,
        entry_sessions=plan.entry,
        exit_sessions=plan.exit,
        sessions_left=plan.left,
        long=legs["long"],
        short=legs["short"],
        gross_usd=gross,
        net_usd=legs["long"].filled_usd - legs["short"].filled_usd,
        beta_usd=risk.beta_usd,
        hedge_instrument=profile.hedge.instrument if profile.hedge.enabled else None,
        hedge_usd=risk.hedge_usd,
        hedge_ratio=risk.hedge_usd / gross if gross else None,
        daily_volatility_usd=risk.daily_volatility_usd,
        stop_loss_usd=risk.stop_loss_usd,
        loss_at_name_stops_usd=float(held["loss_at_stop_usd"].sum()),
        blocked=dict(stops.iter_rows()),
    )


def _leg(held: pl.DataFrame, leg: str, profile: Profile) -> LegBook:
    percent = 100 / profile.book.book_usd
    sectors = (
        held.group_by(pl.col("sector").fill_null("unknown"), maintain_order=True)
        .agg(pl.col("target_usd").sum())
        .sort("target_usd", "sector", descending=True)
    )
    largest = sectors.row(0) if sectors.height else (None, 0.0)
    of_company = (
        held.group_by("company_id", maintain_order=True)
        .agg(pl.col("target_usd").sum())["target_usd"]
        .max()
    )
    return LegBook(
        budget_usd=profile.leg_usd(leg),
        filled_usd=float(held["target_usd"].sum()),
        names=held.height,
        beta_usd=float((held["side"] * held["target_usd"] * held["beta"]).sum()),
        largest_percent_of_book=percent * float(of_company or 0.0),  # type: ignore[arg-type]
        largest_sector=largest[0],
        largest_sector_percent_of_book=percent * largest[1],
    )
