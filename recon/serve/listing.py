"""All that is served of one generation of the store, made once and never changed."""

from dataclasses import dataclass
from datetime import date
from typing import Any

import polars as pl

from recon.calendar import next_event
from recon.forecast.card import ModelCard
from recon.forecast.outlook import Outlook
from recon.master.snapshots import Snapshot
from recon.pipeline import Run
from recon.publish.sides import STAND_IN
from recon.store import StoreStatus


@dataclass(frozen=True, slots=True)
class Listing:
    """One candidate list with what it was made from.

    Attributes
    ----------
    name : str
        Under which `recon watchlist` archives the same list (`recon.publish.archive.name_of`).
    generation : int
        Of the store, from which all of it was read.
    today : date
        The day in New York from which ages are counted.
    sessions_old : int
        NYSE sessions from `run.as_of` to `today`.
    run, outlook
        As from `recon.cli.foresight.foresee`.
    rows : pl.DataFrame
        The whole candidate list.
    demand_rows, funds : pl.DataFrame
        As in `recon.demand.build.Demand`; `demand_rows` with `company` besides.
    status : StoreStatus
        What the store holds.
    words : tuple of str
        What stands above the list in every verb.
    card : ModelCard or None
        Of the model whose chances these are.
    page : str
        The page, HTML.
    """

    name: str
    generation: int
    today: date
    sessions_old: int
    run: Run
    outlook: Outlook | None
    rows: pl.DataFrame
    demand_rows: pl.DataFrame
    funds: pl.DataFrame
    status: StoreStatus
    words: tuple[str, ...]
    card: ModelCard | None
    page: str = ""

    def head(self) -> dict[str, Any]:
        """Say of which moment and from what the list is; fields of `recon.serve.models.Head`."""
        run, event = self.run, self.run.event
        micro = run.membership.micro
        return {
            "list": self.name,
            "run_id": run.run_id,
            "event": event.id,
            "kind": event.kind,
            "leg": event.leg,
            "status": run.status,
            "as_of": run.as_of,
            "data_cutoff": run.session,
            "rank_day": event.rank_day,
            "preliminary": event.preliminary,
            "effective": event.effective,
            "sessions_to_rank_day": run.sessions_to_rank_day,
            "hindsight": run.hindsight,
            "simulated": run.simulated,
            "rulebook_version": run.rulebook.version,
            "model_version": self.model_version,
            "generation": self.generation,
            "today": self.today,
            "sessions_old": self.sessions_old,
            "members_before": [_list(one, run.as_of) for one in run.membership.snapshots],
            "microcap_before": None if micro is None else _list(micro, run.as_of),
            "members_not_quoted": run.absent.height,
            "eligible_companies": int(run.companies["eligible"].sum()),
            "counts": self.rows.group_by("index", "action", maintain_order=True)
            .agg(rows=pl.len(), calls=pl.col("call").sum())
            .to_dicts(),
            "words": self.words,
        }

    @property
    def model_version(self) -> str:
        """Name of the model, or of the stand-in for one."""
        return STAND_IN if self.outlook is None else self.outlook.model_version

    def breakpoints(self) -> list[dict[str, Any]]:
        """Give the lines of the ranking, each with where the simulation sees it on rank day.

        Returns
        -------
        list of dict
            Fields of `recon.serve.models.BreakPointLine`, by rank.
        """
        found: dict[str, list[dict[str, float]]] = {}
        if self.outlook is not None:
            simulated = self.outlook.breakpoints.sort("name", "quantile")
            for name, quantile, cap in simulated.select("name", "quantile", "cap_usd").iter_rows():
                found.setdefault(name, []).append({"quantile": quantile, "cap_usd": cap})
        return [
            {
                "name": one.name,
                "rank": one.rank,
                "cap_usd": one.cap_usd,
                "percent": one.percent,
                "on_rank_day": found.get(one.name, []),
            }
            for one in sorted(self.run.breakpoints, key=lambda line: line.rank)
        ]

    def store(self) -> dict[str, Any]:
        """Say what the store holds; fields of `recon.serve.models_past.StoreHolds`."""
        held = self.status
        # Not its path: who reads the list need not know the folders of this machine.
        return {
            "generation": held.generation,
            "schema_version": held.schema_version,
            "size_bytes": held.size,
            "simulated": held.simulated,
            "tables": held.tables,
            "sources": held.sources,
            "first_session": held.first,
            "last_session": held.last,
            "missing_sessions": held.missing,
            "quarantined": held.quarantined,
            "conflicts": held.conflicts,
            "differences": held.differences,
            "default_event": None if held.last is None else next_event(held.last).id,
        }


def _list(one: Snapshot, day: date) -> dict[str, Any]:
    return {"index": one.index, "asof": one.asof, "kind": one.kind, "age_days": one.age(day)}
