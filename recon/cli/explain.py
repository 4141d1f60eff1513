"""`recon explain`: one company of the list, and why."""

from datetime import date
from pathlib import Path

import click
from rich.console import Group
from rich.text import Text

from recon.cli import clock
from recon.cli.explain_text import layout
from recon.cli.foresight import foresee
from recon.cli.options import examples, open_store, output_option, run_options, store_option
from recon.cli.output import emit, render
from recon.publish.explain import explain as explain_company
from recon.publish.head import head
from recon.store import Hindsight


@click.command(
    epilog=examples(
        "recon explain GOOGL --event 2025-06 --as-of 2025-04-30",
        "recon explain BRK.B --format json",
    )
)
@click.argument("symbol")
@run_options
@click.option(
    "--format", "format_", type=click.Choice(["table", "json"]), default="table", show_default=True
)
@output_option
@store_option
def explain(
    *,
    symbol: str,
    event: str | None,
    as_of: date | None,
    hindsight: Hindsight,
    own: Path | None,
    models: str,
    format_: str,
    output: Path | None,
    store: Path,
) -> None:
    """Explain one company: verdicts, cap, rank, distances, chances.

    SYMBOL in any spelling (BRK.B, BRK/B, BRK-B, BRKB) of any line of the company, or one that
    it traded under before. Prices say where the lines of the ranking are if all other
    companies stay where they are.
    """
    with open_store(store) as opened:
        done, said = foresee(opened, event, as_of, hindsight, models=models, rulebook=own)
    found = explain_company(done, symbol, said)
    if format_ == "json":
        emit(found.model_dump_json(indent=2).encode() + b"\n", output)
        return
    text = Text("\n".join(head(done, clock.today(), said)))
    emit(render(Group(text, Text(), layout(found)), to_file=output is not None).encode(), output)
