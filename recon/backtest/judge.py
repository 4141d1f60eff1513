"""Every company of a moment held against the official list, and the names behind the errors.

A name of the list that resolves to no line, or to one that did not trade, is a company of its
own that nobody could have called.
"""

from dataclasses import dataclass

import polars as pl

from recon.backtest.calls import lines
from recon.backtest.official import Action, Official, check_forecast
from recon.backtest.seen import Seen


@dataclass(frozen=True, slots=True)
class Judged:
    """One action of one event, judged.

    Attributes
    ----------
    companies : pl.DataFrame
        The universe: `key` (`company_id`, or the ticker of a name without a company),
        `symbol`, `name`, `official`, `called`, `probability`, `strength` (of the rules),
        `member`, `rank`, `total_cap_usd`, `verdict_reasons`, `why` (of an error).
    lines : pl.DataFrame
        `key` of each line that is official or called, `official`, `called`.
    """

    companies: pl.DataFrame
    lines: pl.DataFrame


def judge(
    run: Seen, truth: Official, action: Action, calls: pl.DataFrame, chances: pl.DataFrame
) -> Judged:
    """Hold calls against the official list.

    Parameters
    ----------
    run : Seen
        The moment of the calls, run or archived: its companies are the universe.
    truth : Official
        The official list.
    action : {"add", "delete"}
        Which side.
    calls : pl.DataFrame
        `action`, `security_id`, `company_id`, `call`; one row a line.
    chances : pl.DataFrame
        `action`, `company_id`, `probability`; companies without a row have none.

    Raises
    ------
    InputError
        If the run is of the preliminary date or later.
    """
    check_forecast(run.event, run.as_of)
    names = (
        truth.names.filter(pl.col("action") == action)
        .join(lines(run, truth.securities).drop("symbol"), on="security_id", how="left")
        .with_columns(
            line=pl.coalesce("security_id", "ticker"), key=pl.coalesce("company_id", "ticker")
        )
    )
    own = calls.filter(pl.col("action") == action)
    called = own.filter("call")
    both = (
        names.select(key="line", official=pl.lit(True))
        .join(
            called.select(key="security_id", called=pl.lit(True)).unique(),
            on="key",
            how="full",
            coalesce=True,
        )
        .with_columns(pl.col("official", "called").fill_null(False))
        .sort("key")
    )
    wanted = names.group_by("key", maintain_order=True).agg(
        pl.col("ticker", "name", "security_id").first(), official=pl.lit(True)
    )
    chance = (
        chances.filter(pl.col("action") == action)
        .group_by(key="company_id")
        .agg(pl.col("probability").max())
    )
    universe = (
        _companies(run, action)
        .join(wanted, on="key", how="full", coalesce=True, suffix="_printed")
        .join(
            called.select(key="company_id", called=pl.lit(True)).unique(),
            on="key",
            how="full",
            coalesce=True,
        )
        .join(chance, on="key", how="left")
        .with_columns(
            pl.col("official", "called").fill_null(False),
            pl.col("probability").fill_null(0.0),
            pl.col("strength").fill_null(pl.col("strength").min()),
            symbol=pl.coalesce("ticker", "symbol", "key"),
            name=pl.coalesce("name", "name_printed"),
        )
    )
    judged = universe.with_columns(why=_why(run, action)).select(
        "key",
        "symbol",
        "name",
        "official",
        "called",
        "probability",
        "strength",
        "member",
        "rank",
        "total_cap_usd",
        "verdict_reasons",
        "why",
    )
    return Judged(judged.sort("key"), both)


def _companies(run: Seen, action: Action) -> pl.DataFrame:
    """Companies of the moment with the strength of the rules' answer, larger for likelier."""
    distance = pl.col("total_cap_usd").log() - pl.lit(run.cut_cap_usd, pl.Float64).log()
    toward = pl.when("eligible").then(distance if action == "add" else -distance)
    # Who fails a rule is last to enter and first to leave; who cannot do either is last.
    failed = toward.min() - 1 if action == "add" else toward.max() + 1
    possible = pl.col("member") if action == "delete" else ~pl.col("member")
    return run.companies.select(
        "symbol",
        "name",
        "member",
        "eligible",
        "rank",
        "total_cap_usd",
        key="company_id",
        verdict_reasons="reasons",
        strength=pl.when(possible)
        .then(toward.fill_nan(None).fill_null(failed).fill_null(0.0))
        .otherwise(toward.min().fill_null(0.0) - 2),
    )


def _why(run: Seen, action: Action) -> pl.Expr:
    """Say what made the rules answer as they did, for the names behind the errors."""
    last = run.last_rank
    missing = pl.col("member").is_null()
    can = pl.col("member") if action == "delete" else ~pl.col("member")
    cannot = "no member before" if action == "delete" else "a member before"
    return (
        pl.when(missing & pl.col("official") & pl.col("security_id").is_null())
        .then(pl.lit("no line near rank day has this ticker"))
        .when(missing)
        .then(pl.lit(f"no company on {run.session}"))
        .when(~can)
        .then(pl.lit(cannot))
        .when(pl.col("total_cap_usd").is_null())
        .then(pl.lit("no share count"))
        .when(~pl.col("eligible"))
        .then(pl.lit("fails a rule"))
        .when(pl.col("rank") > last)
        .then(pl.lit(f"ranks below {last:,}"))
        .otherwise(pl.lit(f"ranks in the first {last:,}"))
    )


def errors(judged: Judged) -> pl.DataFrame:
    """Names behind the errors.

    Returns
    -------
    pl.DataFrame
        `error` (`false`: called and not official; `missed`: official and not called),
        `symbol`, `name`, `rank`, `total_cap_usd`, `probability`, `why`, `verdict_reasons`;
        false ones first, by rank.
    """
    wrong = judged.companies.filter(pl.col("official") != pl.col("called"))
    return (
        wrong.with_columns(
            error=pl.when("called").then(pl.lit("false")).otherwise(pl.lit("missed"))
        )
        .sort("error", "rank", "symbol", nulls_last=True)
        .select(
            "error",
            "symbol",
            "name",
            "rank",
            "total_cap_usd",
            "probability",
            "why",
            "verdict_reasons",
        )
    )
