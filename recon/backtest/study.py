"""Whether the calls pay: what became of baskets of names around past events.

The calls are those of the day, computed or given; everything after them is an **outcome**, read
as of the end of the last window and used for nothing but to be reported. Beside the calls stand
the official lists (perfect foresight) and a placebo (names as near to the line that did not
change).
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import polars as pl

from recon.backtest import baskets
from recon.backtest import official as truth
from recon.backtest.baskets import Weighting
from recon.backtest.costs import Costs
from recon.backtest.literature import beside
from recon.backtest.moment import Cell
from recon.backtest.official import Official
from recon.backtest.outcomes import PAST, members_before, outcomes, read_panel
from recon.backtest.tally import figures
from recon.backtest.windows import Window, windows
from recon.calendar import end_of_day
from recon.calendar import event as event_of
from recon.errors import NoDataError
from recon.master.build import known_securities
from recon.pipeline import Run, run
from recon.publish.candidates import candidates
from recon.store import Hindsight, Store

Calls = Callable[[Run], pl.DataFrame]


@dataclass(frozen=True, slots=True)
class EventStudy:
    """One event.

    Attributes
    ----------
    event : str
        Its id.
    as_of : date
        Day of the calls.
    run_id : str
        The run that they are of.
    simulated : bool
        Whether the market is the simulated one.
    windows : list of Window
        Entry and exit of each.
    outcomes : pl.DataFrame
        `event` and the columns of `recon.backtest.outcomes.OUTCOMES`.
    remarks : list of str
        What the figures rest on, and what is missing.
    """

    event: str
    as_of: date
    run_id: str
    simulated: bool
    windows: list[Window]
    outcomes: pl.DataFrame
    remarks: list[str]


@dataclass(frozen=True, slots=True)
class Study:
    """Several events, and what they say together.

    Attributes
    ----------
    events : list of EventStudy
        In the order asked for.
    lead : int
        Sessions before rank day at which the calls were made.
    hindsight : str
        Of the runs.
    weighting : str
        Of the calls' means; the placebo has the weights of its calls, the official basket equal
        ones.
    costs : Costs
        Of the net figures.
    outcomes : pl.DataFrame
        Of all names of all events: `event` and the columns of
        `recon.backtest.outcomes.OUTCOMES`.
    figures : pl.DataFrame
        Columns of `recon.backtest.tally.FIGURES`.
    """

    events: list[EventStudy]
    lead: int
    hindsight: Hindsight
    weighting: Weighting
    costs: Costs
    outcomes: pl.DataFrame
    figures: pl.DataFrame

    def ended(self) -> pl.DataFrame:
        """Names that were delisted in a window, with the session and price at which they went out.

        Returns
        -------
        pl.DataFrame
            `event`, `basket`, `action`, `symbol`, `company`, `exit`, `exit_price_usd`; once each.
        """
        columns = ("event", "basket", "action", "symbol", "company", "exit", "exit_price_usd")
        return self.outcomes.filter("ended").select(columns).unique(maintain_order=True)

    def as_dict(self) -> dict[str, Any]:
        """All of it for JSON but the outcomes of single names, which are `outcomes`."""
        return {
            "lead": self.lead,
            "hindsight": self.hindsight,
            "weighting": self.weighting,
            "costs": self.costs.model_dump(),
            "events": [
                {
                    "event": one.event,
                    "as_of": one.as_of,
                    "run_id": one.run_id,
                    "simulated": one.simulated,
                    "windows": [
                        {
                            "name": w.name,
                            "entry": w.first,
                            "exit": w.last,
                            "looks_back": w.looks_back,
                        }
                        for w in one.windows
                    ],
                    "remarks": one.remarks,
                }
                for one in self.events
            ],
            "figures": self.figures.to_dicts(),
            "literature": beside(self.figures).to_dicts(),
            "ended": self.ended().to_dicts(),
        }


def study(
    store: Store,
    events: Sequence[str],
    lead: int,
    hindsight: Hindsight,
    *,
    costs: Costs | None = None,
    weighting: Weighting = "equal",
    calls: Calls = candidates,
    rulebook: Path | None = None,
) -> Study:
    """Study past events whose calls were made some sessions before rank day.

    Parameters
    ----------
    store : Store
        Open store.
    events : sequence of str
        Reconstitutions that took effect in the data.
    lead : int
        Sessions before rank day; 0 is rank day.
    hindsight : {"strict", "slow-facts"}
        As for `recon.pipeline.run`.
    costs : Costs, optional
        By default the stated assumptions.
    weighting : {"equal", "probability", "demand"}
        How calls are weighted in a mean.
    calls : callable
        From a run to a candidate list; by default the rules' calls.
    rulebook : Path, optional
        The user's own values.

    Raises
    ------
    InputError
        An event is no reconstitution, or the lead or the weighting is none.
    NoDataError
        The store ends before the event took effect.
    """
    cost = costs or Costs()
    targets = [event_of(one) for one in events]
    for target in targets:
        truth.check_event(target, ("recon",))
    now = truth.history(store, targets)
    found = []
    for target in targets:
        day = Cell(target.id, lead, hindsight).day()
        done = run(store, target.id, day, hindsight=hindsight, rulebook_override=rulebook)
        found.append(study_event(store, done, calls(done), now, costs=cost, weighting=weighting))
    whole = pl.concat([one.outcomes for one in found])
    return Study(found, lead, hindsight, weighting, cost, whole, figures(whole))


def study_event(
    store: Store,
    done: Run,
    calls: pl.DataFrame,
    now: pl.DataFrame,
    *,
    costs: Costs,
    weighting: Weighting = "equal",
) -> EventStudy:
    """Study one event with given calls.

    Parameters
    ----------
    store : Store
        Open store.
    done : Run
        The moment of the calls.
    calls : pl.DataFrame
        A candidate list of that moment, as `recon.backtest.baskets.called` takes it.
    now : pl.DataFrame
        Lives as known now, as from `recon.backtest.official.history`: only the official lists
        are read with them.
    costs, weighting
        As for `study`.

    Raises
    ------
    NoDataError
        The store ends before the event took effect.
    """
    truth.check_forecast(done.event, done.as_of)
    newest = store.newest_session()
    spans = windows(done.event, done.as_of)
    whole = [one for one in spans if one.last <= newest]
    if len(whole) < len(spans) - 1:
        raise NoDataError(
            "the store ends before the event took effect",
            field="event",
            value=done.event.id,
            expected=f"an event effective by {newest}",
        )
    later = store.as_of(end_of_day(whole[-1].last))
    lives = known_securities(later)
    remarks = [f"{one.name}: the data end before {one.last}" for one in spans if one not in whole]
    chosen = {"calls": baskets.called(done, calls, lives, weighting)}
    try:
        lists = truth.official(store, done.event, lives)
        labelled = truth.official(store, done.event, now)
    except NoDataError as error:
        remarks.append(f"{error.message}: no official basket, and a placebo of the calls alone")
    else:
        chosen["official"] = _official(store, done, lists, labelled, remarks)
    changed = chosen.get("official", chosen["calls"])
    chosen["placebo"] = baskets.placebo(done, chosen["calls"], changed, lives)
    remarks.append(_unmatched(chosen["calls"], chosen["placebo"]))
    frame = pl.concat(
        [one.with_columns(basket=pl.lit(name)) for name, one in chosen.items()]
    ).filter(pl.col("security_id").is_not_null())
    members = members_before(done, lives)
    quoted = read_panel(later, whole[0].first - PAST, whole[-1].last, lives, frame, members)
    became = outcomes(frame, members, quoted, lives, whole, costs, done.session)
    lost = became.filter(pl.col("raw").is_null() & (pl.col("window") == "rank to effective"))
    if count := lost["security_id"].n_unique():
        remarks.append(f"{count} names had no close on rank day: not bought")
    return EventStudy(
        done.event.id,
        done.as_of,
        done.run_id,
        done.simulated,
        spans,
        became.select(pl.lit(done.event.id).alias("event"), pl.all()),
        remarks,
    )


def _official(
    store: Store, done: Run, lists: Official, labelled: Official, remarks: list[str]
) -> pl.DataFrame:
    """Baskets of the official lists, with a remark on what they rest on."""
    now = store.as_of(end_of_day(store.newest_session()))
    split = baskets.label(now, labelled)
    remarks += [
        f"{lists.remark}; perfect foresight",
        split.remark(done.event.effective or done.event.rank_day),
    ]
    moves = now.derived_migrations(done.event.id)
    return baskets.official(done, lists, split, moves, lists.securities)


def _unmatched(calls: pl.DataFrame, placebo: pl.DataFrame) -> str:
    keys = ["group", "action"]
    wanted = (
        calls.group_by(keys)
        .len("called")
        .join(placebo.group_by(keys).len("found"), on=keys, how="left")
    )
    said = [
        f"{row['group']} {row['action']} {row['found'] or 0} of {row['called']}"
        for row in wanted.sort(keys).iter_rows(named=True)
    ]
    return "placebo, matched by the cap's distance to the line: " + ", ".join(said)
