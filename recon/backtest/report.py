"""A walk-forward put together: predictions, score cards, calibration and break-points."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

import polars as pl

from recon.backtest.answers import ADD, DELETE, DOWN, MOMENT, UP, answers
from recon.backtest.calibration import calibration, calibration_error, clustered
from recon.backtest.lines import line_errors, lines_by_lead
from recon.backtest.parallel import Progress
from recon.backtest.scorecard import summary
from recon.backtest.walk_forward import walk_forward
from recon.store import Hindsight

SCOPES: Final = {
    "Russell 3000": (ADD, DELETE),
    "additions": (ADD,),
    "deletions": (DELETE,),
    "moves": (UP, DOWN),
}
"""Questions whose chances are looked at together."""


@dataclass(frozen=True, slots=True)
class Backtest:
    """A walk-forward over events, leads and hindsights.

    Attributes
    ----------
    events : list of str
        Scored, in order.
    leads : list of int
        Sessions before rank day.
    hindsights : list of str
        `strict`, `slow-facts` or both.
    simulated : bool
        Whether the market is the simulated one.
    predicted : pl.DataFrame
        As from `recon.backtest.walk_forward.walk_forward`.
    figures : pl.DataFrame
        As from `recon.backtest.scorecard.summary`.
    bins : pl.DataFrame
        `hindsight`, `scope` (one of `SCOPES`) and the columns of
        `recon.backtest.calibration.clustered`, pooled over events and leads.
    card_bins : pl.DataFrame
        `event`, `lead`, `hindsight`, `action` and the columns of
        `recon.backtest.calibration.calibration`.
    lines, line_means : pl.DataFrame
        As from `recon.backtest.lines.line_errors` and `lines_by_lead`.
    """

    events: list[str]
    leads: list[int]
    hindsights: list[Hindsight]
    simulated: bool
    predicted: pl.DataFrame
    figures: pl.DataFrame
    bins: pl.DataFrame
    card_bins: pl.DataFrame
    lines: pl.DataFrame
    line_means: pl.DataFrame

    def trained_on(self) -> dict[str, int]:
        """Number of events that each event's model learned from."""
        said = self.predicted.select("event", "trained_on").unique(maintain_order=True)
        return dict(said.iter_rows())

    def errors(self) -> list[dict[str, Any]]:
        """Expected calibration error of each hindsight and scope, and bins inside intervals."""
        return [
            {
                "hindsight": hindsight,
                "scope": scope,
                "n": int(own["n"].sum()),
                "calibration_error": calibration_error(own),
                "bins": own.height,
                "inside": int(own["inside"].sum()),
                "inside_clustered": int(own["inside_clustered"].sum()),
            }
            for (hindsight, scope), own in self.bins.group_by(
                "hindsight", "scope", maintain_order=True
            )
        ]

    def as_dict(self) -> dict[str, Any]:
        """All of it for JSON but the single companies, which are `predicted`."""
        return {
            "events": self.events,
            "leads": self.leads,
            "hindsights": self.hindsights,
            "simulated": self.simulated,
            "trained_on": self.trained_on(),
            "figures": self.figures.to_dicts(),
            "calibration": {
                "errors": self.errors(),
                "bins": self.bins.to_dicts(),
                "by_card": self.card_bins.to_dicts(),
            },
            "break_points": {
                "by_lead": self.line_means.to_dicts(),
                "by_event": self.lines.to_dicts(),
            },
        }


def backtest(
    frame: pl.DataFrame,
    lines: pl.DataFrame,
    events: Sequence[str],
    leads: Sequence[int],
    *,
    simulated: bool = False,
    jobs: int = 1,
    progress: Progress | None = None,
) -> Backtest:
    """Walk forward and put together what it shows.

    Parameters
    ----------
    frame, lines : pl.DataFrame
        As from `recon.backtest.frames.collect` and `collect_lines`, lead 0 among them: the lines
        of rank day are the truth for the others.
    events : sequence of str
        Events to score; all in `frame` may train.
    leads : sequence of int
        Leads to score; all in `frame` train.
    simulated : bool
        Whether the market is the simulated one.
    jobs, progress
        As for `walk_forward`.
    """
    predicted = walk_forward(frame, events, jobs=jobs, progress=progress).filter(
        pl.col("lead").is_in(list(leads))
    )
    answered = answers(predicted)
    errors = line_errors(lines.filter(pl.col("event").is_in(list(events)))).filter(
        pl.col("lead").is_in(list(leads))
    )
    return Backtest(
        events=list(events),
        leads=list(leads),
        hindsights=predicted["hindsight"].unique(maintain_order=True).to_list(),
        simulated=simulated,
        predicted=predicted,
        figures=summary(answered),
        bins=reliability(answered),
        card_bins=pl.concat(
            [
                calibration(rows).select(
                    *(pl.lit(v).alias(k) for k, v in zip(_CARD, key, strict=True)), pl.all()
                )
                for key, rows in answered.group_by(*_CARD, maintain_order=True)
            ]
        ),
        lines=errors,
        line_means=lines_by_lead(errors),
    )


_CARD: Final = (*MOMENT, "action")


def reliability(answered: pl.DataFrame) -> pl.DataFrame:
    """Clustered calibration of each hindsight and scope that has answers.

    Parameters
    ----------
    answered : pl.DataFrame
        As from `recon.backtest.answers.answers`, with at least one row.

    Returns
    -------
    pl.DataFrame
        As `Backtest.bins`.
    """
    return pl.concat(
        [
            clustered(own).select(
                pl.lit(hindsight).alias("hindsight"), pl.lit(scope).alias("scope"), pl.all()
            )
            for (hindsight,), rows in answered.group_by("hindsight", maintain_order=True)
            for scope, actions in SCOPES.items()
            if (own := rows.filter(pl.col("action").is_in(actions))).height
        ]
    )
