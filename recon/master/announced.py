"""The official list of an event that counts at a moment, each name with the line that it means."""

from dataclasses import dataclass
from typing import Final, Literal

import polars as pl

from recon.calendar import Event
from recon.master.build import Master
from recon.master.resolve import resolve
from recon.master.symbols import bare

Stage = Literal["preliminary", "updated", "final"]
Status = Literal["forecast", "preliminary", "updated", "final"]
STAGES: Final[tuple[Stage, ...]] = ("final", "updated", "preliminary")
"""Stages of a list, the one that counts first."""
EMPTY: Final = pl.DataFrame(
    schema={
        "action": pl.String,
        "ticker": pl.String,
        "name": pl.String,
        "security_id": pl.String,
        "company_id": pl.String,
    }
)
"""No official list."""


@dataclass(frozen=True, slots=True)
class Announced:
    """What is official of an event at a moment.

    Attributes
    ----------
    status : str
        `forecast` before the preliminary list.
    names : pl.DataFrame
        Russell 3000 names of the newest list of each action: `action`, `ticker`, `name`,
        `security_id`, `company_id` (null where the ticker means no line of the moment).
    """

    status: Status
    names: pl.DataFrame


def announced(lists: pl.DataFrame, event: Event, master: Master) -> Announced:
    """Read what is official of an event.

    Parameters
    ----------
    lists : pl.DataFrame
        Official changes of the event known at the moment: `index`, `action`, `ticker`, `name`,
        `stage`, `listed_on`.
    event : Event
        The event.
    master : Master
        Of the moment, at rank day.
    """
    stages = set(lists["stage"].cast(pl.String))
    status: Status = next((s for s in STAGES if s in stages), "forecast")
    named = newest(lists.filter(pl.col("index") == "R3000"))
    if named.is_empty():
        return Announced(status, EMPTY)
    owners = master.lines.select("security_id", "company_id").drop_nulls().unique("security_id")
    names = identify(named, event, master.securities).join(
        owners, on="security_id", how="left", maintain_order="left"
    )
    return Announced(status, names.select(EMPTY.columns))


def newest(lists: pl.DataFrame) -> pl.DataFrame:
    """List of the latest stage, and of that the latest day, for each action.

    Parameters
    ----------
    lists : pl.DataFrame
        Of one event and index: `action`, `ticker`, `name`, `stage`, `listed_on`.

    Returns
    -------
    pl.DataFrame
        `action`, `ticker`, `name`, `stage`.
    """
    text = lists.with_columns(pl.col("action", "stage").cast(pl.String))
    order = pl.col("stage").replace_strict({s: i for i, s in enumerate(STAGES)}, default=None)
    staged = text.with_columns(order=order).filter(
        pl.col("order") == pl.col("order").min().over("action")
    )
    latest = pl.col("listed_on") == pl.col("listed_on").max().over("action")
    return staged.filter(latest).select("action", "ticker", "name", "stage")


def identify(names: pl.DataFrame, event: Event, securities: pl.DataFrame) -> pl.DataFrame:
    """Line behind each ticker: as of rank day, else as of the effective day.

    Parameters
    ----------
    names : pl.DataFrame
        `action`, `ticker`, `name` as printed.
    event : Event
        The event.
    securities : pl.DataFrame
        Lives of all symbols.

    Returns
    -------
    pl.DataFrame
        `action`, `ticker`, `name`, `security_id` (null where the ticker belongs to no line near
        either day); each ticker or line once an action, from however many files.
    """
    spelled = names.with_columns(spelling=pl.coalesce(bare("ticker"), "ticker")).sort(
        "action", "ticker", "name", nulls_last=True
    )
    distinct = spelled.unique(["action", "spelling"], keep="first", maintain_order=True)
    at_rank_day = resolve(distinct.with_columns(day=pl.lit(event.rank_day)), securities)
    at_effective = resolve(distinct.with_columns(day=pl.lit(event.effective)), securities)
    found = at_rank_day.drop("life", "day").with_columns(
        security_id=pl.coalesce("security_id", at_effective["security_id"])
    )
    line = pl.coalesce("security_id", "spelling")
    return found.filter(pl.struct("action", line).is_first_distinct()).select(
        "action", "ticker", "name", "security_id"
    )
