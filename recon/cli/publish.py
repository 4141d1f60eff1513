"""`recon publish`: the store for a team, as files that any reader of Parquet reads."""

from pathlib import Path

import click

from recon.cli.copying import COLUMNS
from recon.cli.options import examples, open_store, store_option
from recon.cli.output import bar, emit
from recon.publish.freshness import mark
from recon.store import Published


@click.command(
    epilog=examples(
        "recon publish s3://desk/recon",
        "recon publish /mnt/shared/recon --store /data/recon",
        "recon watchlist --store s3://desk/recon",
    )
)
@click.argument("address", metavar="FOLDER|ADDRESS")
@store_option
def publish(address: str, store: Path) -> None:
    """Publish the store's newest generation, for others to read with --store.

    Parquet files with checksums in a folder or an object store, none of which ever changes; a
    manifest, which goes last, names those of a generation. Only what is not there yet is written,
    so the same again changes nothing. An S3 server takes AWS_ACCESS_KEY_ID,
    AWS_SECRET_ACCESS_KEY, AWS_REGION and AWS_ENDPOINT_URL from the environment.
    """
    with open_store(store) as opened, bar(*COLUMNS) as shown:
        task = shown.add_task("publishing", total=None)
        done = opened.publish(
            address, lambda here, wanted: shown.update(task, completed=here, total=wanted)
        )
    emit(f"{said(done)}; {address}\n".encode(), None)


def said(done: Published) -> str:
    """What became of a call, in one line."""
    manifest = done.manifest
    label = mark(manifest.simulated)
    whole = (
        f"{label}generation {manifest.generation}, schema {manifest.schema_version}, "
        f"{len(manifest.files):,} files, {sum(one.rows for one in manifest.files):,} rows, "
        f"{manifest.size / 2**20:,.1f} MiB"
    )
    if not done.changed:
        return f"{whole}; published before, nothing changed"
    return f"{whole}; new {done.files:,} files, {done.size / 2**20:,.1f} MiB"
