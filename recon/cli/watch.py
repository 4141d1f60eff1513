"""`recon watch`: make the list, compare it with the last archived run, and wake the desk."""

from datetime import date
from pathlib import Path
from typing import Final

import click

from recon.cli import clock
from recon.cli.archiving import last_run, put_by
from recon.cli.diff import tell
from recon.cli.foresight import foresee, whole_list
from recon.cli.options import (
    assets_option,
    examples,
    form,
    format_option,
    open_store,
    output_option,
    run_options,
    store_option,
    threshold_option,
)
from recon.cli.output import notice
from recon.publish import freshness
from recon.store import Hindsight

FLIPPED: Final = 3
"""Exit code when a call flipped; 1 and 2 are errors (recon.errors)."""
THRESHOLD: Final = 0.1
"""Move of a probability that is named: a watch runs unasked, so it says less than `diff`."""


@click.command(
    epilog=examples(
        "recon watch",
        "recon watch --event 2026-06 --threshold 0.2 --format json",
        "recon watch --output changes.csv || test $? -ne 3 || mail -s flipped desk < changes.csv",
    )
)
@run_options
@assets_option
@threshold_option(THRESHOLD)
@format_option
@output_option
@store_option
def watch(
    *,
    event: str | None,
    as_of: date | None,
    hindsight: Hindsight,
    own: Path | None,
    models: str,
    assets: Path | None,
    threshold: float,
    format_: str | None,
    output: Path | None,
    store: Path,
) -> int:
    """Say what changed since the last archived run of the event, and archive this one.

    Exits 3 when a call flipped and 0 when none did, for cron; 1 and 2 are errors. The last run is
    the newest one of the same event and hindsight, of this moment or before, with a model or
    without as this one, and under the same rulebook of your own, if any. Run again on the same
    data, it compares with the same run and says the same.
    """
    settled = form(format_, output)
    with open_store(store) as opened:
        done, said = foresee(opened, event, as_of, hindsight, models=models, rulebook=own)
        rows, _ = whole_list(opened, done, said, assets)
        last = last_run(opened, done, rows, said)
        before = None if last is None else last.rows()
        put_by(opened, done, rows, said)
    top = [freshness.line(done.as_of, done.event, clock.today(), simulated=done.simulated)]
    if last is None:
        top.append("no earlier run of this event is archived; there is nothing to compare with")
    notice("\n".join(top))
    return FLIPPED if tell(before, rows, threshold, settled, output) else 0
