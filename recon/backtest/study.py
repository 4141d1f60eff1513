"""Whether the calls pay: what became of baskets of names around past events.

The calls are those of the day, the model's and the rules'; everything after them is an
**outcome**, read as of the end of the last window and used for nothing but to be reported. Beside
the calls stand the official lists (perfect foresight) and a placebo (names as near to the line
that did not change).
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

import polars as pl

from recon.backtest import baskets
from recon.backtest import official as truth
from recon.backtest.callers import MODEL, RULES, callers
from recon.backtest.findings import MAIN, EventStudy, Study
from recon.backtest.moment import Cell
from recon.backtest.official import Official
from recon.backtest.outcomes import PAST, members_before, outcomes, read_panel
from recon.backtest.tally import figures
from recon.backtest.terms import Terms
from recon.backtest.windows import Window, windows
from recon.calendar import end_of_day
from recon.calendar import event as event_of
from recon.errors import InputError, NoDataError
from recon.master.build import known_securities
from recon.master.window import SESSIONS_A_YEAR
from recon.pipeline import Run, run
from recon.store import Hindsight, Store


def study(
    store: Store,
    events: Sequence[str],
    lead: int,
    hindsight: Hindsight,
    *,
    terms: Terms | None = None,
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
    terms : Terms, optional
        By default equal weights, the shipped models and the stated costs.
    rulebook : Path, optional
        The user's own values.

    Raises
    ------
    InputError
        An event is no reconstitution, or the lead or the weighting is none.
    NoDataError
        The store ends before the event took effect.
    """
    held = terms or Terms()
    found = [
        study_cell(store, Cell(event_of(one).id, lead, hindsight), held, rulebook=rulebook)
        for one in events
    ]
    return together(found, lead, hindsight, held)


def together(events: Sequence[EventStudy], lead: int, hindsight: Hindsight, terms: Terms) -> Study:
    """Say what events, studied on the same terms, say together.

    Raises
    ------
    InputError
        No call of any event has the figure that is to weigh it.
    """
    whole = pl.concat([one.outcomes for one in events])
    calls = whole.filter(pl.col("basket").is_in([MODEL, RULES]))
    if not calls.is_empty() and not calls["weight"].sum() > 0:
        raise InputError(
            "no call has the figure that is to weigh it",
            field="weighting",
            value=terms.weighs,
            expected="another weighting, or a table of assets known then (RECON_ASSETS)",
        )
    return Study(list(events), lead, hindsight, terms, whole, figures(whole))


def study_cell(
    store: Store, cell: Cell, terms: Terms, *, rulebook: Path | None = None
) -> EventStudy:
    """Study one event from one lead; parameters and errors as for `study`."""
    target = event_of(cell.event)
    truth.check_event(target, ("recon",))
    day = cell.day()
    now = truth.history(store, [target])
    done = run(store, target.id, day, hindsight=cell.hindsight, rulebook_override=rulebook)
    called = callers(store, done, terms)
    found = study_event(store, done, called.lists, now, terms=terms)
    return replace(found, remarks=[called.remark, *found.remarks])


def study_event(
    store: Store,
    done: Run,
    lists: Mapping[str, pl.DataFrame],
    now: pl.DataFrame,
    *,
    terms: Terms,
) -> EventStudy:
    """Study one event with given calls.

    Parameters
    ----------
    store : Store
        Open store.
    done : Run
        The moment of the calls.
    lists : mapping of str to pl.DataFrame
        Candidate lists of that moment by the name of their basket, as
        `recon.backtest.baskets.called` takes them. The placebo is matched to the first.
    now : pl.DataFrame
        Lives as known now, as from `recon.backtest.official.history`: only the official lists
        are read with them.
    terms : Terms
        Of the weights and the costs.

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
    chosen = {
        name: baskets.called(done, calls, lives, terms.weighs) for name, calls in lists.items()
    }
    calls = next(iter(chosen.values()))
    if calls.is_empty():
        remarks.append("nothing was called, or ordered under the profile: left out")
    elif not calls["weight"].sum() > 0:
        remarks.append(f"no call can be weighed by {terms.weighs}, not known then: left out")
    try:
        official = truth.official(store, done.event, lives)
        labelled = truth.official(store, done.event, now)
    except NoDataError as error:
        remarks.append(f"{error.message}: no official basket, and a placebo of the calls alone")
    else:
        chosen["official"] = _official(store, done, official, labelled, remarks)
    changed = pl.concat([one.select("company_id") for one in chosen.values()])
    chosen["placebo"] = baskets.placebo(done, calls, changed, lives)
    remarks.append(_unmatched(calls, chosen["placebo"]))
    frame = pl.concat(
        [one.with_columns(basket=pl.lit(name)) for name, one in chosen.items()]
    ).filter(pl.col("security_id").is_not_null())
    members = members_before(done, lives)
    quoted = read_panel(later, whole[0].first - PAST, whole[-1].last, lives, frame, members)
    if (known := quoted.row(whole[0].first)) < SESSIONS_A_YEAR:
        remarks.append(f"betas rest on {known + 1} sessions, as the data begin then")
    became = outcomes(frame, members, quoted, lives, whole, terms.costs, done.session)
    remarks += _missing(became, whole)
    return EventStudy(
        done.event.id,
        done.as_of,
        done.run_id,
        done.simulated,
        spans,
        became.select(pl.lit(done.event.id).alias("event"), pl.all()),
        remarks,
    )


def _missing(became: pl.DataFrame, spans: Sequence[Window]) -> list[str]:
    """Names without a close where one was needed, though they were listed."""
    lost = became.filter(pl.col("raw").is_null() & (pl.col("window") == MAIN))
    ends = {one.name: one.last for one in spans}
    last = pl.col("window").replace_strict(ends, return_dtype=pl.Date)
    early = became.filter((pl.col("exit") < last) & ~pl.col("ended"))
    remarks = []
    if count := lost["security_id"].n_unique():
        remarks.append(f"{count} names had no close on rank day: not bought")
    if not early.is_empty():
        names = ", ".join(early["symbol"].unique().sort())
        remarks.append(f"no close on a window's last day, out at the last before: {names}")
    return remarks


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
