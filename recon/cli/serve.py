"""`recon serve`: the list and the page, live, with a JSON API."""

import os
from datetime import date
from importlib.util import find_spec
from pathlib import Path

import click

from recon.cli.handover import private_folder
from recon.cli.options import (
    assets_option,
    examples,
    load_settings,
    run_options,
    store_option,
)
from recon.cli.output import notice
from recon.errors import InputError
from recon.store import Hindsight


@click.command(
    epilog=examples(
        "recon serve",
        "recon serve --event 2025-06 --as-of 2025-04-30 --port 8080",
        "RECON_TOKEN=$(openssl rand -hex 32) recon serve --host 0.0.0.0",
    )
)
@run_options
@assets_option
@click.option(
    "--host",
    default="127.0.0.1",
    show_default=True,
    help="Address to listen on; beyond this machine's loopback a token is required.",
)
@click.option(
    "--port", type=click.IntRange(1, 65535), default=8000, show_default=True, help="Port."
)
@click.option(
    "--workers",
    type=click.IntRange(1, 64),
    default=2,
    show_default=True,
    help="Processes that answer; they share one list.",
)
@click.option(
    "--token-file",
    type=click.Path(path_type=Path, dir_okay=False),
    help="File with the token that readers must bear; else RECON_TOKEN.",
)
@store_option
def serve(
    *,
    event: str | None,
    as_of: date | None,
    hindsight: Hindsight,
    own: Path | None,
    models: str,
    assets: Path | None,
    host: str,
    port: int,
    workers: int,
    token_file: Path | None,
    store: Path,
) -> None:
    """Serve the list of an event: the page at /, a JSON API below /api/v1.

    Read-only. The list is made anew when the store holds newer data; until it is there, readers
    see the one before. What the API offers is at /api/v1/openapi.json, and whether there is a
    list yet at /api/v1/health. Nothing is archived.
    """
    if any(find_spec(name) is None for name in ("fastapi", "uvicorn")):
        raise InputError(
            "the server is not installed",
            field="extra",
            value="serve",
            expected="pip install 'recon[serve]'",
        )
    # An extra that other verbs do without.
    import uvicorn  # noqa: PLC0415

    from recon.cli.serving import TOKEN, TOLD, Wanted  # noqa: PLC0415
    from recon.serve.guard import Access  # noqa: PLC0415

    token = os.environ.get(TOKEN) if token_file is None else _token(token_file)
    access = Access(host, token)
    if token is not None:
        os.environ[TOKEN] = token
    with private_folder() as folder:
        wanted = Wanted(
            store=store.resolve(),
            folder=folder,
            host=host,
            event=event,
            as_of=as_of,
            hindsight=hindsight,
            models=models,
            rulebook=own or load_settings().rulebook,
            assets=assets,
        )
        wanted.check()
        os.environ[TOLD] = wanted.model_dump_json()
        at = f"[{host}]" if ":" in host else host
        notice(f"serving http://{at}:{port}/, the API below /api/v1; the first list takes a while")
        if not access.local:
            notice("note: the token travels in the clear; put TLS in front")
        uvicorn.run(
            "recon.cli.serving:worker",
            factory=True,
            host=host,
            port=port,
            workers=workers,
            log_level="warning",
            access_log=False,
            server_header=False,
            date_header=True,
            proxy_headers=False,
            ws="none",
        )


def _token(file: Path) -> str:
    try:
        return file.read_text(encoding="ascii").strip()
    except (OSError, UnicodeDecodeError) as error:
        raise InputError("the token cannot be read", field="--token-file", value=file) from error
