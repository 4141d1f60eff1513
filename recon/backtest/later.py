"""What became known after a call, gathered to judge its errors: hindsight on purpose.

Nothing here may be used to make a call. Prices are those of the run; only share counts, lists of
members, facts of filers and the ends of lines are read from later (design, Time, allows none of
it to a forecast).
"""

from collections.abc import Mapping
from datetime import timedelta

import polars as pl
import polars.selectors as cs

from recon.backtest.calls import lines
from recon.backtest.evidence import EVIDENCE, OFFERING
from recon.backtest.judge import Judged
from recon.backtest.later_counts import counts_later, vehicles
from recon.backtest.official import Action, Official
from recon.calendar import Event, end_of_day, event, events
from recon.master import facts, membership
from recon.master.build import known_securities
from recon.master.identity import ciks_of_lines
from recon.master.types import classify
from recon.pipeline import Run
from recon.screen import IPO_RULES, RULES, screen
from recon.store import Store

FACTS_WITHIN = timedelta(days=365)
"""After rank day: later facts drift away from those that were true then. In March 2026 insiders of
foreign issuers began to report under section 16 too, so that `domestic_filer` says nothing from
then on (true for 23 % of filers abroad in February 2026, for 51 % on 1 April)."""
_FACTS = ("incorporation", "headquarters", "domestic_filer")
_OF_EDGAR = (*_FACTS, "entity_type", "sic", "filer_category", "filer_name")
_OF_DIRECTORIES = ("directory_name", "etf_flag")
_TYPES = ("security_type", "structure", "type_reason", "structure_reason")
_KEEPS_OUT = (pl.col("verdict") == "fail") | (
    (pl.col("verdict") == "unknown") & (pl.col("rule") == OFFERING)
)
"""What stands against a company: a rule that it fails, or an offering that nothing shows."""


def evidence(
    store: Store, run: Run, truth: Official, judged: Mapping[Action, Judged]
) -> pl.DataFrame:
    """Gather what the tests of `recon.backtest.causes` look at, for every error of a run.

    Parameters
    ----------
    store : Store
        Open store; read as of its newest session.
    run : Run
        The run whose calls were judged.
    truth : Official
        The official list.
    judged : mapping of Action to Judged
        As from `recon.backtest.judge.judge`.

    Returns
    -------
    pl.DataFrame
        Columns of `EVIDENCE`, with `hindsight`, `why` and `verdict_reasons`.
    """
    wrong = _wrong(run, truth, judged)
    owned = vehicles(run, truth.securities)
    cut = run.cut_cap_usd
    spans = truth.securities.group_by("security_id").agg(
        begun=pl.col("first").min(),
        gone=pl.when(pl.col("gone").is_null().any()).then(None).otherwise(pl.col("gone").max()),
    )
    listed = _names(store, truth)
    later = members_later(store, run.event, truth.securities)
    own_lines = lines(run, truth.securities)
    held = own_lines.join(later, on="security_id")["company_id"].unique()
    members = _shared(run.membership.lines.filter(pl.col("size").is_not_null()), truth.securities)[
        "security_id"
    ]
    named = wrong.join(owned, on="key", how="left").with_columns(
        line=pl.coalesce("official_line", "vehicle")
    )
    sized = named.join(
        counts_later(store, run, truth.securities, owned.join(wrong, on="key", how="semi")),
        on="key",
        how="left",
    )
    return (
        sized.join(spans, left_on="line", right_on="security_id", how="left")
        .join(listed, left_on="line", right_on="security_id", how="left")
        .join(_failed(run.verdicts, "failed"), left_on="key", right_on="company_id", how="left")
        .join(
            _failed(verdicts_later(store, run), "failed_later"),
            left_on="key",
            right_on="company_id",
            how="left",
        )
        .with_columns(
            event=pl.lit(run.event.id),
            hindsight=pl.lit(run.hindsight),
            rank_day=pl.lit(run.event.rank_day),
            effective=pl.lit(run.event.effective),
            cut_usd=pl.lit(cut, pl.Float64),
            # The lines of an IPO event are those of an earlier ranking: no error moves them.
            cut_corrected_usd=pl.lit(
                corrected_cut(run, wrong, cut) if run.carried is None else cut, pl.Float64
            ),
            resolved=~pl.col("official") | pl.col("official_line").is_not_null(),
            quoted=pl.col("vehicle").is_not_null(),
            member_later=pl.col("key").is_in(held.implode())
            | pl.col("official_line").is_in(later["security_id"].implode()).fill_null(False),
            line_was_member=pl.col("official_line").is_in(members.implode()).fill_null(False),
            failed=pl.col("failed").fill_null([]),
            failed_later=pl.col("failed_later").fill_null([]),
        )
        .select(
            *(pl.col(name).cast(kind) for name, kind in EVIDENCE.items()),
            "hindsight",
            "why",
            "verdict_reasons",
        )
    )


def _wrong(run: Run, truth: Official, judged: Mapping[Action, Judged]) -> pl.DataFrame:
    """Companies called and not official, or official and not called, both sides."""
    owners = lines(run, truth.securities).select("security_id", "company_id")
    frames = []
    for action, side in judged.items():
        noun = "addition" if action == "add" else "deletion"
        official = (
            truth.names.filter(pl.col("action") == action)
            .join(owners, on="security_id", how="left")
            .group_by(key=pl.coalesce("company_id", "ticker"), maintain_order=True)
            .agg(official_line=pl.col("security_id").first())
        )
        frames.append(
            side.companies.filter(pl.col("official") != pl.col("called"))
            .with_columns(
                error=pl.when("called")
                .then(pl.lit(f"false {noun}"))
                .otherwise(pl.lit(f"missed {noun}"))
            )
            .join(official, on="key", how="left")
        )
    return pl.concat(frames).with_columns(
        official_in=pl.col("error").is_in(["missed addition", "false deletion"])
    )


def corrected_cut(run: Run, wrong: pl.DataFrame, cut: float | None) -> float | None:
    """Cap at rank 3,000 with every company of the errors on its official side.

    Parameters
    ----------
    run : Run
        The run.
    wrong : pl.DataFrame
        Its errors: `key` (`company_id`), `official_in` (bool).
    cut : float or None
        Its own cap at rank 3,000, USD.
    """
    last = run.rulebook.ranks.russell_3000
    absent = run.absent["total_cap_usd"].drop_nulls()
    ranked = run.companies.filter(pl.col("eligible") & pl.col("total_cap_usd").is_not_null())
    if cut is None:
        return None
    own = pl.concat([ranked["total_cap_usd"], absent])
    unseen = last - int((own >= cut).sum())
    sides = run.companies.drop_nulls("total_cap_usd").join(
        wrong.select("official_in", company_id="key"), on="company_id", how="left"
    )
    kept = sides.filter(pl.coalesce("official_in", "eligible"))["total_cap_usd"]
    caps = pl.concat([kept, absent]).sort(descending=True)
    return float(caps[last - unseen - 1]) if len(caps) >= last - unseen else None


def _names(store: Store, truth: Official) -> pl.DataFrame:
    """Name of each security's line on the effective day."""
    day = truth.event.effective
    listings = store.as_of(end_of_day(day or truth.event.rank_day)).listings()
    bearers = truth.securities.filter(
        (pl.col("first") <= day) & (pl.col("gone").is_null() | (pl.col("gone") > day))
    ).select("symbol", "security_id")
    return (
        bearers.join(listings.select("symbol", name_at_effective="name"), on="symbol")
        .unique("security_id", keep="first", maintain_order=True)
        .select("security_id", "name_at_effective")
    )


def members_later(store: Store, target: Event, securities: pl.DataFrame) -> pl.DataFrame:
    """Members just before an event took effect, by lists dated up to the day before.

    Parameters
    ----------
    store : Store
        Open store; read as of the effective day.
    target : Event
        The event.
    securities : pl.DataFrame
        Lives as known by the newest moment, whose `security_id` is given.

    Returns
    -------
    pl.DataFrame
        `security_id`, `size`.
    """
    day = target.effective or target.rank_day
    known = store.as_of(end_of_day(day))
    lives = known_securities(known)
    announced = known.announcements().with_columns(cs.enum().cast(pl.String))
    days = {name: event(name).effective for name in announced["event"].unique().to_list()}
    found = membership.before(
        day,
        snapshots=known.snapshots()
        .with_columns(cs.enum().cast(pl.String))
        .filter(pl.col("asof") < day),
        lines=known.membership,
        securities=lives,
        announcements=announced.with_columns(
            effective=pl.col("event").replace_strict(days, default=None, return_dtype=pl.Date)
        ).filter(pl.col("effective") < day),
        effective_days=[
            one.effective
            for one in events(2010, day.year, kinds=("recon",))
            if one.effective is not None and one.effective < day
        ],
    )
    return _shared(found.lines.filter(pl.col("size").is_not_null()), securities).select(
        "security_id", "size"
    )


def _shared(members: pl.DataFrame, securities: pl.DataFrame) -> pl.DataFrame:
    """Members under the `security_id` that all moments share; named by a life."""
    same = securities.select(life="life", shared="security_id")
    return (
        members.join(same, left_on="security_id", right_on="life")
        .with_columns(security_id="shared")
        .unique("security_id", keep="first", maintain_order=True)
    )


def verdicts_later(store: Store, run: Run) -> pl.DataFrame:
    """Ask the rules again, with the facts of filers that later files show.

    Returns
    -------
    pl.DataFrame
        As from `recon.screen.screen`. Where no later file knows a company, its facts stay.
    """
    last = min(store.newest_session(), run.event.rank_day + FACTS_WITHIN)
    known = store.as_of(end_of_day(last), "slow-facts")
    then = store.as_of(end_of_day(run.as_of), "slow-facts")
    pairs = pl.concat([then.ticker_cik(), known.ticker_cik()], how="vertical_relaxed")
    found = ciks_of_lines(run.lines, pairs, known.former_names())
    stripped = (
        run.lines.drop(*_OF_EDGAR, *_OF_DIRECTORIES, *_TYPES)
        .join(found.rename({"cik": "later_cik"}), on="symbol", how="left")
        .with_columns(cik=pl.coalesce("cik", "later_cik"))
        .drop("later_cik")
    )
    typed = classify(facts.attach(stripped, known, facts.current_directory(then))).select(
        "symbol", *(pl.col(c).alias(f"{c}_later") for c in (*_FACTS, *_TYPES))
    )
    kept = pl.col("type_reason") == "price_pinned_at_trust"
    companies = run.companies.join(typed, on="symbol", how="left").with_columns(
        *(pl.coalesce(f"{c}_later", c).alias(c) for c in _FACTS),
        *(
            pl.when(kept).then(c).otherwise(pl.coalesce(f"{c}_later", c)).alias(c)
            for c in ("security_type", "structure")
        ),
    )
    rules = RULES if run.carried is None else IPO_RULES
    return screen(companies, run.rulebook, rules=rules)


def _failed(verdicts: pl.DataFrame, column: str) -> pl.DataFrame:
    return (
        verdicts.filter(_KEEPS_OUT).group_by("company_id").agg(pl.col("rule").sort().alias(column))
    )
