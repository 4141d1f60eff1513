"""The score of a list against the official one (design, The score).

Russell 3000 additions and deletions by company, with the count by line beside it. A name that
resolves to no line, or to one that did not trade, is a miss. Average precision and Brier run
over all companies of the moment, also those with no chance at all.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl
from pydantic import BaseModel, ConfigDict
from sklearn.metrics import average_precision_score

from recon.backtest.official import Action, Official, check_forecast
from recon.errors import InputError
from recon.master.resolve import resolve
from recon.pipeline import Run
from recon.publish.candidates import candidates, company_rows

INDEX = "R3000"


class Figures(BaseModel):
    """Figures of one action, of one event or pooled over several.

    Counts are of companies, those that end in `_lines` of lines. Precision is hits over
    called, recall hits over official; null where nothing was called, or nothing official.
    `average_precision` ranks all `universe` companies by probability,
    `rules_average_precision` by signed log distance to the line; `brier` is the mean square
    of probability less outcome.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    official: int
    called: int
    hits: int
    precision: float | None
    recall: float | None
    official_lines: int
    called_lines: int
    hits_lines: int
    precision_lines: float | None
    recall_lines: float | None
    universe: int
    average_precision: float | None
    rules_average_precision: float | None
    brier: float | None


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


def calls_of_run(run: Run) -> pl.DataFrame:
    """Lines that a run lists: `action`, `security_id`, `company_id`, `call`."""
    return (
        candidates(run)
        .filter(pl.col("index") == INDEX)
        .select("action", "security_id", "company_id", "call")
    )


def chances_of_run(run: Run) -> pl.DataFrame:
    """Chance of every company of a run: `action`, `company_id`, `probability`."""
    return (
        company_rows(run)
        .filter(pl.col("index") == INDEX)
        .select("action", "company_id", "probability")
    )


def calls_of_list(rows: pl.DataFrame, run: Run, securities: pl.DataFrame) -> pl.DataFrame:
    """Lines of a list from a file.

    Parameters
    ----------
    rows : pl.DataFrame
        As from `recon.publish.formats.read_list`.
    run : Run
        Of the list's own moment; it says which company a line belongs to.
    securities : pl.DataFrame
        As from `recon.backtest.official.history`.

    Returns
    -------
    pl.DataFrame
        `action`, `security_id`, `company_id` (the symbol where it is no line of the moment),
        `call`, `probability`.

    Raises
    ------
    InputError
        The list has no Russell 3000 rows, or is of another event or moment than the run.
    """
    wanted = rows.filter(pl.col("index") == INDEX)
    if wanted.is_empty():
        raise InputError(
            f"the list has no rows of {INDEX}", field="list", expected="the whole list"
        )
    for column, expected in (("event", run.event.id), ("as_of", run.as_of)):
        others = wanted.filter(pl.col(column) != expected)[column]
        if len(others):
            raise InputError(
                f"the list is of another {column}",
                field=column,
                value=others[0],
                expected=str(expected),
            )
    found = resolve(
        wanted.select("action", "call", "probability", ticker="symbol", day="as_of"), securities
    )
    return found.join(_owners(run), on="security_id", how="left").select(
        "action",
        pl.coalesce("security_id", "ticker").alias("security_id"),
        pl.coalesce("company_id", "ticker").alias("company_id"),
        "call",
        "probability",
    )


def _owners(run: Run) -> pl.DataFrame:
    return run.lines.select("security_id", "company_id").unique(
        "security_id", keep="first", maintain_order=True
    )


def judge(
    run: Run, truth: Official, action: Action, calls: pl.DataFrame, chances: pl.DataFrame
) -> Judged:
    """Hold calls against the official list.

    Parameters
    ----------
    run : Run
        The moment of the calls: its companies are the universe.
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
        .join(_owners(run), on="security_id", how="left")
        .with_columns(
            line=pl.coalesce("security_id", "ticker"), key=pl.coalesce("company_id", "ticker")
        )
    )
    own = calls.filter(pl.col("action") == action)
    called = own.filter("call")
    lines = (
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
    wanted = names.group_by("key").agg(
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
    return Judged(judged.sort("key"), lines)


def _companies(run: Run, action: Action) -> pl.DataFrame:
    """Companies of the moment with the strength of the rules' answer, larger for likelier."""
    ranks = run.rulebook.ranks
    cut = next((b.cap_usd for b in run.breakpoints if b.name == f"rank_{ranks.russell_3000}"), None)
    distance = pl.col("total_cap_usd").log() - pl.lit(cut, pl.Float64).log()
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


def _why(run: Run, action: Action) -> pl.Expr:
    """Say what made the rules answer as they did, for the names behind the errors."""
    last = run.rulebook.ranks.russell_3000
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


def figures(parts: Sequence[Judged]) -> Figures:
    """Figures of one action: of one event, or pooled where several are given."""
    companies = pl.concat([one.companies for one in parts])
    lines = pl.concat([one.lines for one in parts])
    outcome = companies["official"].to_numpy()
    chance = companies["probability"].to_numpy()
    strength = companies["strength"].to_numpy()
    counts = {
        f"{name}{suffix}": int(frame.select(column.sum()).item())
        for suffix, frame in (("", companies), ("_lines", lines))
        for name, column in (
            ("official", pl.col("official")),
            ("called", pl.col("called")),
            ("hits", pl.col("official") & pl.col("called")),
        )
    }
    rates = {
        f"{name}{suffix}": counts[f"hits{suffix}"] / counts[f"{of}{suffix}"]
        if counts[f"{of}{suffix}"]
        else None
        for suffix in ("", "_lines")
        for name, of in (("precision", "called"), ("recall", "official"))
    }
    some = bool(outcome.any())
    return Figures(
        **counts,
        **rates,
        universe=companies.height,
        average_precision=float(average_precision_score(outcome, chance)) if some else None,
        rules_average_precision=float(average_precision_score(outcome, strength)) if some else None,
        brier=float(np.mean((chance - outcome) ** 2)) if len(outcome) else None,
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


def mean(scores: Sequence[Figures]) -> dict[str, float | None]:
    """Plain mean over events of every rate; null where an event has none."""
    names = (
        "precision",
        "recall",
        "precision_lines",
        "recall_lines",
        "average_precision",
        "rules_average_precision",
        "brier",
    )
    found: dict[str, float | None] = {}
    for name in names:
        values = [getattr(one, name) for one in scores]
        known = [value for value in values if value is not None]
        found[name] = sum(known) / len(known) if known and len(known) == len(values) else None
    return found
