"""Moves between Russell 1000 and Russell 2000 that a run calls, held against inferred ones.

The labels come from lists before and after a reconstitution (`derived_migrations.csv`), not from
FTSE Russell. They hold some noise: a spin-off or a new ticker between the two lists looks like a
move. A label whose line did not trade on rank day, or whose company was not in the index that
the move leaves, could not have been called by anybody; the figures are printed with and without.
"""

from dataclasses import asdict, dataclass
from typing import Any, Final

import polars as pl

from recon.backtest.calls import lines
from recon.backtest.events import Scored
from recon.calendar import end_of_day
from recon.master.resolve import resolve
from recon.pipeline import Run
from recon.store import Store

DIRECTIONS: Final = {"up": ("R2000", "R1000"), "down": ("R1000", "R2000")}
NOISE: Final = ("no line of this ticker", "no company on rank day", "not in the index it leaves")
"""What is wrong with a label that nobody could have called."""


@dataclass(frozen=True, slots=True)
class MigrationScore:
    """Figures of one direction.

    Attributes
    ----------
    direction : str
        `up` (Russell 2000 to Russell 1000) or `down`.
    labels, called, hits : int
        Companies.
    noise : int
        Labels that nobody could have called.
    ended : int
        False calls whose line stopped trading before the event took effect.
    precision, recall : float or None
        Over all calls and labels; None without any.
    precision_clean, recall_clean : float or None
        Without the calls that `ended`, and without the labels that are `noise`.
    """

    direction: str
    labels: int
    called: int
    hits: int
    noise: int
    ended: int
    precision: float | None
    recall: float | None
    precision_clean: float | None
    recall_clean: float | None


@dataclass(frozen=True, slots=True)
class Moves:
    """The moves of one run, scored.

    Attributes
    ----------
    scores : list of MigrationScore
        `up`, then `down`; none where the store has no labels of the event.
    names : pl.DataFrame
        As from `score_migrations`.
    """

    scores: list[MigrationScore]
    names: pl.DataFrame

    def as_dict(self) -> dict[str, Any]:
        """All of it for JSON, under `migrations`."""
        names = self.names if self.scores else self.names.clear()
        return {
            "migrations": {
                "scores": [asdict(one) for one in self.scores],
                "names": names.to_dicts(),
            }
        }


def migration_score(store: Store, scored: Scored) -> Moves:
    """Score the moves of a run with the labels that the store knows by now."""
    labels = store.as_of(end_of_day(store.newest_session())).derived_migrations(scored.run.event.id)
    return Moves(*score_migrations(scored.run, labels, scored.official.securities))


def score_migrations(
    run: Run, labels: pl.DataFrame, securities: pl.DataFrame
) -> tuple[list[MigrationScore], pl.DataFrame]:
    """Hold a run's moves against the labels of its event.

    Parameters
    ----------
    run : Run
        The moment of the calls.
    labels : pl.DataFrame
        `event`, `ticker`, `from_index`, `to_index`, as from `AsOf.derived_migrations`; those of
        other events are left out.
    securities : pl.DataFrame
        Lives of all symbols, as from `recon.backtest.official.history`.

    Returns
    -------
    scores : list of MigrationScore
        `up`, then `down`; none where the event has no labels.
    names : pl.DataFrame
        Every label and every call: `direction`, `symbol`, `name`, `official`, `called`, `rank`,
        `percent`, `total_cap_usd`, `note` (what is wrong with a label, when a line that was
        called stopped trading, else null); errors first.
    """
    known = labelled(run, labels, securities)
    companies = run.companies.select(
        "symbol",
        "name",
        "rank",
        "percent",
        "total_cap_usd",
        "was_r1000",
        "was_r2000",
        "life",
        key="company_id",
        called_as=pl.when(pl.col("was_r2000") & (pl.col("to_size") == "R1000"))
        .then(pl.lit("up"))
        .when(pl.col("was_r1000") & (pl.col("to_size") == "R2000"))
        .then(pl.lit("down")),
    )
    called = companies.filter(pl.col("called_as").is_not_null()).select(
        "key", direction="called_as", called=pl.lit(True)
    )
    leaves = pl.when(pl.col("direction") == "up").then("was_r2000").otherwise("was_r1000")
    ends = securities.select(
        "life",
        ended=pl.when(pl.col("gone").is_null().any().over("security_id"))
        .then(None)
        .otherwise(pl.col("gone").max().over("security_id")),
    )
    effective = pl.lit(run.event.effective, pl.Date)
    names = (
        known.join(called, on=["key", "direction"], how="full", coalesce=True)
        .join(companies.drop("called_as"), on="key", how="left")
        .join(ends, on="life", how="left")
        .with_columns(pl.col("official", "called").fill_null(False))
        .with_columns(
            note=pl.when("official")
            .then(
                pl.when(~pl.col("resolved"))
                .then(pl.lit(NOISE[0]))
                .when(pl.col("was_r1000").is_null())
                .then(pl.lit(NOISE[1]))
                .when(~leaves)
                .then(pl.lit(NOISE[2]))
            )
            .when(pl.col("ended") <= effective)
            .then(pl.format("stops trading {}", "ended")),
            symbol=pl.coalesce("ticker", "symbol"),
        )
        .sort(
            pl.col("direction") == "down",
            pl.col("official") == pl.col("called"),
            "official",
            "rank",
            "symbol",
            nulls_last=True,
        )
        .select(
            "direction",
            "symbol",
            "name",
            "official",
            "called",
            "rank",
            "percent",
            "total_cap_usd",
            "note",
        )
    )
    if known.is_empty():
        return [], names
    return [_score(names, direction) for direction in DIRECTIONS], names


def labelled(run: Run, labels: pl.DataFrame, securities: pl.DataFrame) -> pl.DataFrame:
    """Company behind each label, once a direction: as of rank day, else of the effective day.

    Parameters
    ----------
    run, labels, securities
        As for `score_migrations`.

    Returns
    -------
    pl.DataFrame
        `key` (`company_id`, or the ticker of a label without a company), `direction`, `ticker`,
        `resolved` (whether a line has the ticker), `official` (true).
    """
    own = labels.filter(pl.col("event") == run.event.id).select(
        "ticker",
        direction=pl.when(pl.col("to_index").cast(pl.String) == "R1000")
        .then(pl.lit("up"))
        .otherwise(pl.lit("down")),
    )
    then = resolve(own.with_columns(day=pl.lit(run.event.rank_day, pl.Date)), securities)
    after = resolve(own.with_columns(day=pl.lit(run.event.effective, pl.Date)), securities)
    return (
        own.with_columns(security_id=pl.coalesce(then["security_id"], after["security_id"]))
        .join(lines(run, securities).drop("symbol"), on="security_id", how="left")
        .with_columns(key=pl.coalesce("company_id", "ticker"))
        .group_by("key", "direction", maintain_order=True)
        .agg(
            pl.col("ticker").first(),
            resolved=pl.col("security_id").is_not_null().any(),
            official=pl.lit(True),
        )
    )


def _score(names: pl.DataFrame, direction: str) -> MigrationScore:
    own = names.filter(pl.col("direction") == direction)
    labels, called = int(own["official"].sum()), int(own["called"].sum())
    hits = int((own["official"] & own["called"]).sum())
    noise = own.filter(pl.col("official") & pl.col("note").is_not_null()).height
    ended = own.filter(~pl.col("official") & pl.col("note").is_not_null()).height
    return MigrationScore(
        direction,
        labels,
        called,
        hits,
        noise,
        ended,
        _rate(hits, called),
        _rate(hits, labels),
        _rate(hits, called - ended),
        _rate(hits, labels - noise),
    )


def _rate(hits: int, of: int) -> float | None:
    return hits / of if of else None
