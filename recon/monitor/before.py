"""The run that a later one is compared with: the last reconstitution, as it was ranked."""

from pathlib import Path

from recon.calendar import previous_event
from recon.errors import NoDataError
from recon.pipeline import Run
from recon.pipeline import run as compute
from recon.store import Store


def run_before(store: Store, run: Run, *, rulebook: Path | None = None) -> Run | None:
    """Run the last reconstitution that was ranked before a run's session, as of its rank day.

    Parameters
    ----------
    store : Store
        That the run was made from.
    run : Run
        As from `recon.pipeline.run`.
    rulebook : Path, optional
        The user's own values, as for the run.

    Returns
    -------
    Run or None
        None where the data do not reach back to that day: nothing is attributed then.
    """
    last = previous_event(run.event)
    while last.rank_day >= run.session:
        last = previous_event(last)
    try:
        return compute(
            store, last.id, last.rank_day, hindsight=run.hindsight, rulebook_override=rulebook
        )
    except NoDataError:
        return None
