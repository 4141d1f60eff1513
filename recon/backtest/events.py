"""Events scored: the pipe run at a past moment, and its list held against the official one."""

from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import polars as pl

from recon.backtest.calls import calls_of_list, calls_of_run, chances_of_run
from recon.backtest.judge import Judged, errors, judge
from recon.backtest.official import Action, Official, check_forecast
from recon.backtest.score import Figures, figures
from recon.calendar import end_of_day
from recon.forecast.outlook import Outlook
from recon.forecast.shelf import look_ahead
from recon.pipeline import Run, run
from recon.publish.sides import STAND_IN
from recon.store import Hindsight, Store


@dataclass(frozen=True, slots=True)
class Scored:
    """One event at one moment, scored.

    Attributes
    ----------
    run : Run
        What was computed at the moment.
    official : Official
        The list it was held against.
    judged : dict of str to Judged
        By action.
    model_version : str
        Whose chances were scored.
    outlook : Outlook or None
        Of that model; None for the rules, and for a list that was given.
    """

    run: Run
    official: Official
    judged: dict[Action, Judged]
    model_version: str = STAND_IN
    outlook: Outlook | None = None

    def figures(self) -> dict[Action, Figures]:
        """Figures by action."""
        return {action: figures([one]) for action, one in self.judged.items()}

    def as_dict(self) -> dict[str, Any]:
        """All of it for JSON: what was run, figures and the names behind the errors."""
        return {
            "event": self.run.event.id,
            "as_of": self.run.as_of,
            "hindsight": self.run.hindsight,
            "simulated": self.run.simulated,
            "run_id": self.run.run_id,
            "rulebook_version": self.run.rulebook.version,
            "model_version": self.model_version,
            "official_stages": self.official.stages,
        } | {
            action: {**one.model_dump(), "errors": errors(self.judged[action]).to_dicts()}
            for action, one in self.figures().items()
        }


def score_event(
    store: Store,
    truth: Official,
    as_of: date,
    hindsight: Hindsight,
    *,
    rows: pl.DataFrame | None = None,
    rulebook: Path | None = None,
    models: Path | None = None,
) -> Scored:
    """Score one event as of one day.

    Parameters
    ----------
    store : Store
        Open store.
    truth : Official
        The official list.
    as_of : date
        The moment's day, before the preliminary list.
    hindsight : {"strict", "slow-facts"}
        As for `recon.pipeline.run`.
    rows : pl.DataFrame, optional
        A list of this event and moment from a file; without it the list is computed.
    rulebook : Path, optional
        The user's own values.
    models : Path, optional
        Folder of models, of which the newest that knew nothing later than the moment says
        chances and calls; without it the rules do.

    Raises
    ------
    InputError
        If the list would be no forecast.
    """
    check_forecast(truth.event, as_of)
    done = run(store, truth.event.id, as_of, hindsight=hindsight, rulebook_override=rulebook)
    said = None
    if rows is None:
        if models is not None:
            said = look_ahead(done, store.as_of(end_of_day(as_of), hindsight), models)
        calls = calls_of_run(done, truth.securities, said)
        chances = chances_of_run(done, said)
    else:
        calls = chances = calls_of_list(rows, done, truth.securities)
    judged = {action: judge(done, truth, action, calls, chances) for action in truth.stages}
    return Scored(
        done, truth, judged, STAND_IN if said is None else said.model_version, outlook=said
    )
