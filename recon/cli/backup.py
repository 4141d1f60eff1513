"""`recon backup` and `recon restore`: the store copied, and made again from a copy."""

from pathlib import Path

import click

from recon.cli import clock
from recon.cli.options import examples, open_store, own_store_option, store_option
from recon.cli.output import notice
from recon.store import BackupManifest


@click.command(epilog=examples("recon backup /backups/2026-05-01"))
@click.argument("destination", type=click.Path(path_type=Path))
@store_option
def backup(destination: Path, store: Path) -> None:
    """Copy the store and its archive to DESTINATION, a new folder, with checksums.

    It may be made while somebody reads or writes. `sha256sum --check SHA256SUMS` checks it
    without this program. Feature frames are left out: training makes them again.
    """
    with open_store(store) as opened:
        made = opened.backup(destination, now=clock.now())
    notice(f"{_said(made)} of {store} copied to {destination}")


@click.command(epilog=examples("recon restore /backups/2026-05-01 --store /data/recon"))
@click.argument("source", type=click.Path(path_type=Path))
@own_store_option
def restore(source: Path, store: Path) -> None:
    """Make the store named by --store from SOURCE, a folder that `recon backup` made.

    Every file is checked against its checksum, and every table against its number of rows,
    before the store appears. What is there already is never overwritten.
    """
    with open_store(store) as opened:
        made = opened.restore(source)
    notice(f"{_said(made)}, backed up at {made.made_at:%Y-%m-%d %H:%M} UTC, restored to {store}")


def _said(made: BackupManifest) -> str:
    rows = sum(made.rows.values())
    return f"generation {made.generation}: {rows:,} rows, {made.archived:,} archived files"
